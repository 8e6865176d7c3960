//! The authorize URL, and an authorization code exchanged for tokens (contract auth 1.2, 1.6).

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use base::Secret;
use http::header::CONTENT_TYPE;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AccessToken, AsyncHttpClient, AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{CLIENT_ID, Issuer, PATIENCE, words};
use crate::redact;

/// What a finished sign-in yields. All three are required (contract auth 1.6).
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) id_token: Secret,
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Secret,
}

impl Issuer {
    /// The page a person signs in on.
    pub(crate) fn authorize_url(
        &self,
        redirect: &RedirectUrl,
        state: &Secret,
        verifier: &Secret,
        workspaces: Option<String>,
    ) -> Url {
        let client = self.oauth();
        let verifier = PkceCodeVerifier::new(verifier.reveal().to_owned());
        let state = CsrfToken::new(state.reveal().to_owned());
        let mut request = client
            .authorize_url(|| state)
            .set_redirect_uri(Cow::Borrowed(redirect))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.into())))
            .add_extra_param("id_token_add_organizations", "true")
            .add_extra_param("codex_cli_simplified_flow", "true")
            .add_extra_param("originator", self.identity.originator.clone());
        if let Some(workspaces) = workspaces {
            request = request.add_extra_param("allowed_workspace_id", workspaces);
        }
        let (mut url, _) = request.url();
        // A form encodes a space as `+`; every server reads `%20` (contract auth 0.1, 14).
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        url
    }

    /// Exchanges `code` for tokens. The error is a sentence without any secret of the request.
    pub(crate) async fn exchange(
        &self,
        code: &Secret,
        redirect: &RedirectUrl,
        verifier: &Secret,
    ) -> Result<Grant, String> {
        let (client, carrier) = (self.oauth(), Carrier(self.clone()));
        let asked = client
            .exchange_code(AuthorizationCode::new(code.reveal().to_owned()))
            .set_redirect_uri(Cow::Borrowed(redirect))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.reveal().to_owned()));
        let granted = asked.request_async(&carrier).await;
        match granted {
            Ok(granted) => Ok(granted.into()),
            Err(RequestTokenError::Request(refused)) => {
                Err(redact::text(&refused.0, &[code, verifier]))
            }
            // The other variants may quote the body, and with it the tokens.
            Err(
                RequestTokenError::ServerResponse(_)
                | RequestTokenError::Parse(..)
                | RequestTokenError::Other(_),
            ) => Err("token endpoint sent an answer without the three tokens".into()),
        }
    }

    fn oauth(&self) -> OAuth {
        oauth2::Client::new(ClientId::new(CLIENT_ID.into()))
            .set_auth_uri(AuthUrl::from_url(self.at("/oauth/authorize")))
            .set_token_uri(TokenUrl::from_url(self.at("/oauth/token")))
    }

    /// Sends a request of the `oauth2` crate. A refusal becomes an error here, because the
    /// issuer's refusals have more shapes than RFC 6749 knows.
    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, Refused> {
        let (parts, body) = request.into_parts();
        let sent = self
            .http
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        let answer = self.send(sent, PATIENCE).await.map_err(|lost| {
            Refused(format!(
                "token endpoint could not be reached: {}",
                lost.words()
            ))
        })?;
        if !answer.status.is_success() {
            let (status, detail) = (answer.status, words::detail(&answer.body));
            return Err(Refused(format!(
                "token endpoint returned status {status}: {detail}"
            )));
        }
        let mut response = HttpResponse::new(answer.body);
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        Ok(response)
    }
}

/// The product's one client, as the `oauth2` crate wants it.
struct Carrier(Issuer);

impl<'c> AsyncHttpClient<'c> for Carrier {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Refused>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.carry(request))
    }
}

type OAuth = oauth2::Client<
    BasicErrorResponse,
    Granted,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The answer of the token endpoint. `expires_in` and `token_type` are not read (contract auth 1.6).
#[derive(Debug, Serialize, Deserialize)]
struct Granted {
    id_token: AccessToken,
    access_token: AccessToken,
    refresh_token: RefreshToken,
    #[serde(skip, default = "bearer")]
    token_type: BasicTokenType,
}

impl TokenResponse for Granted {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        Some(&self.refresh_token)
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl From<Granted> for Grant {
    fn from(granted: Granted) -> Self {
        Self {
            id_token: Secret::new(granted.id_token.into_secret()),
            access_token: Secret::new(granted.access_token.into_secret()),
            refresh_token: Secret::new(granted.refresh_token.into_secret()),
        }
    }
}

/// Why the token endpoint gave nothing, as a sentence.
struct Refused(String);

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token endpoint refused")
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refused(..)")
    }
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

/// The four basic scopes; the two for connectors give nothing that Postern uses (contract auth 14).
const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
