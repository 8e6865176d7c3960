//! `GET /backend-api/wham/accounts/check`: where each of a person's accounts is served
//! (contract auth 9.2, contract backend 6.3). What it says is the seats' [`crate::Routing`], true or not.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{refusal, seat_of};
use crate::answer;
use crate::body::Body;
use crate::world::knobs::AccountsForm;
use crate::world::{BearerFault, Entry, Seat, SeatKind, World};

/// Needs a bearer and the account id that goes with it, and the FedRAMP header exactly where due.
pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    if request.method() != Method::GET {
        return answer::wrong_method();
    }
    let headers = request.headers();
    let seat = match seat_of(world, headers) {
        Ok(seat) if seat.kind == SeatKind::Plan => seat,
        Ok(_) => return refusal::bearer(BearerFault::Unknown),
        Err(fault) => return refusal::bearer(fault),
    };
    if text(headers, "chatgpt-account-id") != Some(&seat.account_id) {
        return refusal::forbidden("invalid_workspace_selected");
    }
    if text(headers, "x-openai-fedramp") != seat.fedramp.then_some("true") {
        return refusal::forbidden("invalid_fedramp_header");
    }
    let seats = world.seats_of(&seat.email);
    let body = match world.knobs().accounts_form {
        AccountsForm::List => json!({
            "accounts": entries(&seats).map(|it| entry(it, "id")).collect::<Vec<_>>(),
            "account_ordering": ordering(&seats),
            "default_account_id": seats.first().map(|it| &it.account_id),
        }),
        AccountsForm::Map => json!({
            "accounts": map(&seats),
            "account_ordering": ordering(&seats),
        }),
    };
    answer::json(StatusCode::OK, &body)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|it| it.to_str().unwrap_or(""))
}

/// Every seat as often as it is to be listed.
fn entries(seats: &[Seat]) -> impl Iterator<Item = &Seat> {
    seats.iter().flat_map(|seat| {
        let times = match seat.routing.entry {
            Entry::Once => 1,
            Entry::Missing => 0,
            Entry::Twice => 2,
        };
        std::iter::repeat_n(seat, times)
    })
}

fn ordering(seats: &[Seat]) -> Vec<&str> {
    let listed = seats.iter().filter(|it| it.routing.entry != Entry::Missing);
    listed.map(|it| it.account_id.as_str()).collect()
}

/// A map cannot list an account twice; there the second key names the same account again.
fn map(seats: &[Seat]) -> Value {
    let mut accounts = Map::new();
    for seat in entries(seats) {
        let mut key = seat.account_id.clone();
        if accounts.contains_key(&key) {
            key.push_str("_again");
        }
        accounts.insert(key, json!({"account": entry(seat, "account_id")}));
    }
    Value::Object(accounts)
}

fn entry(seat: &Seat, id: &str) -> Value {
    let mut entry = Map::new();
    entry.insert(id.into(), json!(seat.account_id));
    entry.insert("name".into(), json!(seat.workspace));
    entry.insert("plan_type".into(), json!(seat.plan));
    entry.insert("profile_picture_url".into(), Value::Null);
    entry.insert("structure".into(), json!(seat.structure()));
    let routing = &seat.routing;
    if let Some(origin) = &routing.origin {
        entry.insert("workspace_backend_origin".into(), json!(origin));
    }
    if let Some(told) = &routing.routing_override {
        entry.insert("account_routing_override".into(), json!(told));
    }
    Value::Object(entry)
}
