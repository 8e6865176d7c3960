//! Well-formed JWTs with the claims of contract auth 4.
//!
//! The header says RS256 and the signature is no such thing: nobody verifies it (contract auth 4),
//! and a bearer is looked up, not trusted. Instead the signature begins with a word, so that a
//! search for `standin_` finds every token that leaked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::grants::Issue;
use super::knobs::{AccessForm, Claims};

/// Says who signed in.
pub(crate) fn id_token(issue: &Issue<'_>) -> String {
    let now = issue.now.seconds();
    let mut claims = Map::new();
    claims.insert("aud".into(), json!([issue.client_id]));
    claims.insert("auth_provider".into(), json!("password"));
    claims.insert("auth_time".into(), json!(now));
    claims.insert("azp".into(), json!(issue.client_id));
    claims.insert("exp".into(), json!(now + ID_LIFETIME_SECS));
    claims.insert(
        "sid".into(),
        json!(issue.chance.uuid7(issue.now).to_string()),
    );
    common(&mut claims, issue);
    match issue.knobs.claims {
        Claims::Full => {
            claims.insert("email".into(), json!(issue.seat.email));
            claims.insert("email_verified".into(), json!(true));
            claims.insert(AUTH.into(), auth(issue));
        }
        Claims::ProfileEmail => {
            claims.insert(PROFILE.into(), profile(issue));
            claims.insert(AUTH.into(), auth(issue));
        }
        Claims::WithoutAccount => {
            claims.insert("email".into(), json!(issue.seat.email));
            let mut auth = auth(issue);
            if let Some(auth) = auth.as_object_mut() {
                auth.remove("chatgpt_account_id");
            }
            claims.insert(AUTH.into(), auth);
        }
        Claims::Bare => {}
    }
    jwt(claims, "standin_idtoken_")
}

/// The bearer of backend requests, in the form the knob asks for.
pub(crate) fn access_token(issue: &Issue<'_>) -> String {
    let mut claims = Map::new();
    claims.insert("aud".into(), json!(["https://api.openai.com/v1"]));
    claims.insert("client_id".into(), json!(issue.client_id));
    claims.insert("nbf".into(), json!(issue.now.seconds()));
    let scopes = ["openid", "profile", "email", "offline_access"];
    claims.insert("scp".into(), json!(scopes));
    let session = format!("authsess_{}", issue.chance.alphanumeric(24));
    claims.insert("session_id".into(), json!(session));
    common(&mut claims, issue);
    match issue.knobs.access_form {
        AccessForm::Opaque => {
            return format!("oaistb_at_standin_{}", issue.chance.alphanumeric(43));
        }
        AccessForm::JwtWithoutExp => {}
        AccessForm::Jwt => {
            let end = issue.access_expires_at().seconds();
            claims.insert("exp".into(), json!(end));
        }
    }
    if issue.knobs.claims != Claims::Bare {
        claims.insert(AUTH.into(), auth(issue));
        claims.insert(PROFILE.into(), profile(issue));
    }
    jwt(claims, "standin_access__")
}

fn common(claims: &mut Map<String, Value>, issue: &Issue<'_>) {
    claims.insert("iat".into(), json!(issue.now.seconds()));
    claims.insert(
        "iss".into(),
        json!(issue.issuer.as_str().trim_end_matches('/')),
    );
    claims.insert(
        "jti".into(),
        json!(issue.chance.uuid7(issue.now).to_string()),
    );
    claims.insert("sub".into(), json!(format!("auth0|{}", issue.seat.user_id)));
}

/// The auth object. Its organizations are API organizations, whose ids are no account ids; clients
/// that take one for the other must be caught (contract auth 16).
fn auth(issue: &Issue<'_>) -> Value {
    let seat = issue.seat;
    let organization = format!("org-{}", seat.user_id);
    json!({
        "chatgpt_account_id": seat.account_id,
        "chatgpt_account_is_fedramp": seat.fedramp,
        "chatgpt_account_user_id": format!("{}__{}", seat.user_id, seat.account_id),
        "chatgpt_plan_type": seat.plan,
        "chatgpt_user_id": seat.user_id,
        "completed_platform_onboarding": true,
        "groups": [],
        "is_org_owner": seat.workspace.is_none(),
        "organization_id": organization,
        "organizations": [{
            "id": organization,
            "is_default": true,
            "role": "owner",
            "title": "Personal",
        }],
        "project_id": format!("proj_{}", seat.user_id),
        "user_id": seat.user_id,
    })
}

fn profile(issue: &Issue<'_>) -> Value {
    json!({"email": issue.seat.email, "email_verified": true})
}

/// `mark` is 16 characters of base64url, so that the signature stays well-formed.
fn jwt(claims: Map<String, Value>, mark: &str) -> String {
    let header = json!({"alg": "RS256", "kid": "standin", "typ": "JWT"});
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let payload = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
    let signed = format!("{header}.{payload}");
    let seal = URL_SAFE_NO_PAD.encode(Sha256::digest(signed.as_bytes()));
    format!("{signed}.{mark}{seal}")
}

const AUTH: &str = "https://api.openai.com/auth";
const PROFILE: &str = "https://api.openai.com/profile";
const ID_LIFETIME_SECS: i64 = 3600;
