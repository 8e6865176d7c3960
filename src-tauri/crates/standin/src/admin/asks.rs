//! What the administrator can change: people, grants, device codes, knobs.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Refused, parse};
use crate::world::{DeviceFault, Entry, Knobs, Seat, SeatKind, Tokens, World};

/// `POST` to anything but a script.
pub(super) fn answer(world: &World, path: &str, body: &[u8]) -> Result<Value, Refused> {
    match path {
        "/admin/knobs" => turn(world, parse(body)?),
        "/admin/people" => add_person(world, parse(body)?),
        "/admin/seat" => change_seat(world, &parse(body)?),
        "/admin/sign_in" => sign_in(world, &parse(body)?),
        "/admin/access_token" => {
            let Someone { email } = parse(body)?;
            Ok(json!({"access_token": world.access_token(&email).reveal()}))
        }
        "/admin/api_key" => {
            let Nothing {} = parse(body)?;
            Ok(json!({"api_key": world.api_key().reveal()}))
        }
        "/admin/revoke" => end(body, |token| world.revoke(token)),
        "/admin/invalidate" => end(body, |token| world.invalidate(token)),
        "/admin/expire" => end(body, |token| world.expire(token)),
        "/admin/device/approve" => approve(world, &parse(body)?),
        "/admin/device/deny" => decided(body, |code| world.deny_device(code)),
        "/admin/device/expire" => decided(body, |code| world.expire_device(code)),
        _ => Err(Refused::NoSuchRoute),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Someone {
    email: String,
}

/// A person, and one of their seats unless the default one is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Somewhere {
    email: String,
    account_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    token: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    user_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    user_code: String,
    email: String,
    account_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Newcomer {
    email: String,
    plan: String,
    account_id: Option<String>,
    workspace: Option<String>,
    #[serde(default)]
    fedramp: bool,
}

/// Only what is given changes. `null` leaves a routing field out of `accounts/check`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatChange {
    account_id: String,
    plan: Option<String>,
    fedramp: Option<bool>,
    entry: Option<Entry>,
    #[serde(default, deserialize_with = "given")]
    origin: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    routing_override: Option<Option<String>>,
}

/// Tells `null` from an absent field.
fn given<'de, D>(field: D) -> Result<Option<Option<String>>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Option::<String>::deserialize(field).map(Some)
}

/// The knobs that are named change, all of them or none.
fn turn(world: &World, named: Map<String, Value>) -> Result<Value, Refused> {
    let mut all = json!(world.knobs());
    if let Some(all) = all.as_object_mut() {
        all.extend(named);
    }
    let knobs: Result<Knobs, _> = serde_json::from_value(all);
    let knobs = knobs.map_err(|error| Refused::Malformed(error.to_string()))?;
    let shown = json!(knobs);
    world.turn(|it| *it = knobs);
    Ok(shown)
}

fn add_person(world: &World, new: Newcomer) -> Result<Value, Refused> {
    let personal = Seat::personal(&new.email, &new.plan);
    let added = Seat {
        account_id: new
            .account_id
            .unwrap_or_else(|| personal.account_id.clone()),
        workspace: new.workspace,
        fedramp: new.fedramp,
        ..personal
    };
    let shown = seat(&added);
    world.add_seat(added);
    Ok(shown)
}

fn change_seat(world: &World, change: &SeatChange) -> Result<Value, Refused> {
    let found = world.change_seat(&change.account_id, |seat| {
        let SeatChange {
            account_id: _,
            plan,
            fedramp,
            entry,
            origin,
            routing_override,
        } = change;
        set(&mut seat.plan, plan);
        set(&mut seat.fedramp, fedramp);
        set(&mut seat.routing.entry, entry);
        set(&mut seat.routing.origin, origin);
        set(&mut seat.routing.routing_override, routing_override);
    });
    match found {
        true => Ok(json!({})),
        false => Err(Refused::Impossible("nobody has a seat in that account")),
    }
}

fn set<T: Clone>(field: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        *field = value.clone();
    }
}

fn sign_in(world: &World, who: &Somewhere) -> Result<Value, Refused> {
    let tokens = match &who.account_id {
        None => Some(world.sign_in(&who.email)),
        Some(account_id) => world.sign_in_to(&who.email, account_id),
    };
    let why = Refused::Impossible(DeviceFault::NoSuchSeat.message());
    let Tokens {
        id_token,
        access_token,
        refresh_token,
    } = tokens.ok_or(why)?;
    Ok(json!({
        "id_token": id_token.reveal(),
        "access_token": access_token.reveal(),
        "refresh_token": refresh_token.reveal(),
    }))
}

fn end(body: &[u8], end: impl FnOnce(&str) -> bool) -> Result<Value, Refused> {
    let Token { token } = parse(body)?;
    match end(&token) {
        true => Ok(json!({})),
        false => Err(Refused::Impossible("nobody knows this token")),
    }
}

fn approve(world: &World, approval: &Approval) -> Result<Value, Refused> {
    let Approval {
        user_code,
        email,
        account_id,
    } = approval;
    let approved = match account_id {
        None => world.approve_device(user_code, email),
        Some(account_id) => world.approve_device_for(user_code, email, account_id),
    };
    done(approved)
}

fn decided(
    body: &[u8],
    decide: impl FnOnce(&str) -> Result<(), DeviceFault>,
) -> Result<Value, Refused> {
    let Code { user_code } = parse(body)?;
    done(decide(&user_code))
}

fn done(decided: Result<(), DeviceFault>) -> Result<Value, Refused> {
    match decided {
        Ok(()) => Ok(json!({})),
        Err(fault) => Err(Refused::Impossible(fault.message())),
    }
}

/// A seat as the administrator sees it.
pub(super) fn seat(seat: &Seat) -> Value {
    json!({
        "email": seat.email,
        "account_id": seat.account_id,
        "user_id": seat.user_id,
        "plan": seat.plan,
        "kind": match seat.kind {
            SeatKind::Plan => "plan",
            SeatKind::Platform => "platform",
        },
        "workspace": seat.workspace,
        "fedramp": seat.fedramp,
        "entry": seat.routing.entry,
        "origin": seat.routing.origin,
        "routing_override": seat.routing.routing_override,
    })
}
