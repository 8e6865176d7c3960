//! `POST /oauth/revoke` (contract auth 5.5): JSON, two forms, 200 even for a token nobody knows.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::fields::{Bad, Fields};
use super::{is_known_client, media_type, refusal};
use crate::answer;
use crate::body::Body;
use crate::world::{RefreshFault, World};

pub(super) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    if media_type(request.headers()) != "application/json" {
        return refusal::invalid_request(&Bad::new("content-type", "must be application/json"));
    }
    match Fields::json(request.body()).and_then(|fields| revoke(world, &fields)) {
        Ok(answer) => answer,
        Err(bad) => refusal::invalid_request(&bad),
    }
}

fn revoke(world: &World, fields: &Fields) -> Result<Response<Body>, Bad> {
    let token = fields.one("token")?;
    match fields.one("token_type_hint")? {
        "refresh_token" => {
            fields.only(&["token", "token_type_hint", "client_id"])?;
            let client_id = fields.one("client_id")?;
            if !is_known_client(&world.knobs(), client_id) {
                return Ok(refusal::invalid_client());
            }
            if world.revoke_refresh(token, client_id).is_err() {
                let fault = RefreshFault::WrongClient;
                return Ok(refusal::refresh(fault, StatusCode::BAD_REQUEST));
            }
        }
        "access_token" => {
            fields.only(&["token", "token_type_hint"])?;
            world.revoke_access(token);
        }
        _ => return Err(Bad::new("token_type_hint", "is no known type")),
    }
    Ok(answer::json(StatusCode::OK, &json!({})))
}
