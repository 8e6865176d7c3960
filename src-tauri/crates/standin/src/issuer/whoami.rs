//! `GET …/whoami`: who an `at-` token is (contract auth 6.2).

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::{bearer, refusal, seat_of};
use crate::answer;
use crate::body::Body;
use crate::world::{BearerFault, World};

pub(super) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let headers = request.headers();
    if !bearer(headers).is_some_and(|it| it.starts_with("at-")) {
        return refusal::bearer(BearerFault::Unknown);
    }
    let seat = match seat_of(world, headers) {
        Ok(seat) => seat,
        Err(fault) => return refusal::bearer(fault),
    };
    let email = world.knobs().whoami_email.then_some(&seat.email);
    let body = json!({
        "email": email,
        "chatgpt_user_id": seat.user_id,
        "chatgpt_account_id": seat.account_id,
        "chatgpt_plan_type": seat.plan,
        "chatgpt_account_is_fedramp": seat.fedramp,
    });
    answer::json(StatusCode::OK, &body)
}
