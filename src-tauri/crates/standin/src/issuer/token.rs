//! `POST /oauth/token`: a form redeems a code (contract auth 1.6, 2), JSON refreshes (3.1).

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::fields::{Bad, Fields};
use super::{is_known_client, media_type, refusal};
use crate::answer;
use crate::body::Body;
use crate::world::grants::Shown;
use crate::world::knobs::TokenField;
use crate::world::{Knobs, Tokens, World};

pub(super) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let answered = match media_type(request.headers()).as_str() {
        "application/x-www-form-urlencoded" => redeem(world, &Fields::form(request.body())),
        "application/json" => match Fields::json(request.body()) {
            Ok(fields) => refresh(world, &fields),
            Err(bad) => Err(Refused::Request(bad)),
        },
        _ => Err(Refused::Request(Bad::new(
            "content-type",
            "must be application/x-www-form-urlencoded or application/json",
        ))),
    };
    answered.unwrap_or_else(Refused::answer)
}

/// What is wrong before the grant itself is looked at.
enum Refused {
    Request(Bad),
    Client,
    GrantType,
}

impl From<Bad> for Refused {
    fn from(bad: Bad) -> Self {
        Self::Request(bad)
    }
}

impl Refused {
    fn answer(self) -> Response<Body> {
        match self {
            Self::Request(bad) => refusal::invalid_request(&bad),
            Self::Client => refusal::invalid_client(),
            Self::GrantType => {
                let why = "this grant type is not offered in this form";
                refusal::oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type", why)
            }
        }
    }
}

fn redeem(world: &World, fields: &Fields) -> Result<Response<Body>, Refused> {
    let grant_type = fields.one("grant_type")?;
    match grant_type {
        "authorization_code" => {}
        "refresh_token" => {
            let why = "a refresh_token grant must be application/json";
            return Err(Bad::new("content-type", why).into());
        }
        _ => return Err(Refused::GrantType),
    }
    fields.only(&[
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "code_verifier",
    ])?;
    let knobs = world.knobs();
    let shown = Shown {
        client_id: known_client(&knobs, fields)?,
        redirect_uri: fields.one("redirect_uri")?,
        verifier: verifier(fields.one("code_verifier")?)?,
    };
    Ok(match world.redeem(fields.one("code")?, &shown) {
        Ok(tokens) => granted(&tokens, &knobs, &[]),
        Err(fault) => refusal::code(fault),
    })
}

fn refresh(world: &World, fields: &Fields) -> Result<Response<Body>, Refused> {
    let knobs = world.knobs();
    match fields.one("grant_type")? {
        "refresh_token" => {}
        "authorization_code" => {
            let why = "an authorization_code grant must be application/x-www-form-urlencoded";
            return Err(Bad::new("content-type", why).into());
        }
        _ => return Err(Refused::GrantType),
    }
    fields.only(&["client_id", "grant_type", "refresh_token", "refresh_reason"])?;
    let client_id = known_client(&knobs, fields)?;
    if let Some(reason) = fields.maybe("refresh_reason")?
        && !REFRESH_REASONS.contains(&reason)
    {
        return Err(Bad::new("refresh_reason", "is no known reason").into());
    }
    Ok(
        match world.refresh(fields.one("refresh_token")?, client_id) {
            Ok(tokens) => granted(&tokens, &knobs, &knobs.refresh_omits),
            Err(fault) => {
                let status = StatusCode::from_u16(knobs.refresh_refusal_status);
                refusal::refresh(fault, status.unwrap_or(StatusCode::UNAUTHORIZED))
            }
        },
    )
}

fn known_client<'a>(knobs: &Knobs, fields: &'a Fields) -> Result<&'a str, Refused> {
    match fields.one("client_id")? {
        known if is_known_client(knobs, known) => Ok(known),
        _ => Err(Refused::Client),
    }
}

/// RFC 7636, section 4.1.
fn verifier(verifier: &str) -> Result<&str, Bad> {
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    match verifier.len() {
        43..=128 if verifier.bytes().all(unreserved) => Ok(verifier),
        _ => Err(Bad::new(
            "code_verifier",
            "is not 43 to 128 unreserved characters",
        )),
    }
}

fn granted(tokens: &Tokens, knobs: &Knobs, omitted: &[TokenField]) -> Response<Body> {
    let fields = [
        (TokenField::IdToken, "id_token", &tokens.id_token),
        (
            TokenField::AccessToken,
            "access_token",
            &tokens.access_token,
        ),
        (
            TokenField::RefreshToken,
            "refresh_token",
            &tokens.refresh_token,
        ),
    ];
    let mut body = Map::new();
    for (_, name, token) in fields.iter().filter(|(field, ..)| !omitted.contains(field)) {
        body.insert((*name).into(), Value::String(token.reveal().into()));
    }
    body.insert("token_type".into(), json!("Bearer"));
    body.insert("expires_in".into(), json!(knobs.access_lifetime_secs));
    body.insert("scope".into(), json!("openid profile email offline_access"));
    answer::json(StatusCode::OK, &Value::Object(body))
}

/// Contract auth 3.1; the last one is known from strings only.
const REFRESH_REASONS: [&str; 4] = [
    "proactive_expiry",
    "scheduled",
    "unauthorized_recovery",
    "forced",
];
