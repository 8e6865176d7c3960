//! The device-code flow (contract auth 2): a code, polls, and the page on which a person decides.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::fields::{Bad, Fields};
use super::{host, is_known_client, media_type, page, refusal, seats};
use crate::answer;
use crate::body::Body;
use crate::world::device::Poll;
use crate::world::grants::{Asked, Redirect, challenge_of};
use crate::world::knobs::{DeviceCodes, DeviceMode, Interval};
use crate::world::{DeviceFault, DeviceState, Knobs, Seat, World};

/// `POST …/deviceauth/usercode`
pub(super) fn usercode(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let knobs = world.knobs();
    match knobs.device_codes {
        DeviceCodes::Enabled => {}
        DeviceCodes::Disabled => return answer::not_found(),
        DeviceCodes::Unavailable => {
            return refusal::bare(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable");
        }
    }
    match json_fields(request, &["client_id"]).and_then(|fields| {
        let client_id = fields.one("client_id")?;
        Ok(match is_known_client(&knobs, client_id) {
            true => new_code(world, &knobs, client_id, host(request.headers())),
            false => refusal::invalid_client(),
        })
    }) {
        Ok(answer) => answer,
        Err(bad) => refusal::invalid_request(&bad),
    }
}

fn new_code(world: &World, knobs: &Knobs, client_id: &str, host: &str) -> Response<Body> {
    let lifetime = Duration::from_secs(knobs.device_lifetime_secs);
    let expires_at = world.clock().now().plus(lifetime);
    let mut body = Map::new();
    world.devices(|all| {
        let device = all.new_code(client_id, host, expires_at, world.chance());
        body.insert("device_auth_id".into(), json!(device.id));
        body.insert("user_code".into(), json!(device.user_code));
    });
    let seconds = knobs.device_interval_secs;
    match knobs.device_interval {
        Interval::Text => body.insert("interval".into(), json!(seconds.to_string())),
        Interval::Number => body.insert("interval".into(), json!(seconds)),
        Interval::Missing => None,
    };
    answer::json(StatusCode::OK, &Value::Object(body))
}

/// `POST …/deviceauth/token`: one poll.
pub(super) fn token(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let knobs = world.knobs();
    match json_fields(request, &["device_auth_id", "user_code"]).and_then(|fields| {
        let (id, code) = (fields.one("device_auth_id")?, fields.one("user_code")?);
        Ok(poll(world, &knobs, id, code))
    }) {
        Ok(Ok(answer)) => answer,
        Ok(Err(no_code)) => no_code.answer(&knobs),
        Err(bad) => refusal::invalid_request(&bad),
    }
}

/// Why a poll gets no code.
#[derive(Debug, Clone, Copy)]
enum NoCode {
    Unknown,
    Pending,
    TooSoon,
    Broken,
    Declined,
    Expired,
    Spent,
}

impl NoCode {
    fn answer(self, knobs: &Knobs) -> Response<Body> {
        let pending = StatusCode::from_u16(knobs.device_pending_status);
        let (status, code) = match self {
            Self::Pending => (
                pending.unwrap_or(StatusCode::FORBIDDEN),
                "authorization_pending",
            ),
            Self::TooSoon => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
            Self::Declined => (StatusCode::UNAUTHORIZED, "authorization_declined"),
            Self::Expired => (StatusCode::GONE, "expired_token"),
            // Not 404: that would mean pending to every client.
            Self::Unknown | Self::Spent => (StatusCode::BAD_REQUEST, "invalid_grant"),
        };
        refusal::bare(status, code)
    }
}

fn poll(world: &World, knobs: &Knobs, id: &str, user_code: &str) -> Result<Response<Body>, NoCode> {
    match knobs.device {
        DeviceMode::Ask | DeviceMode::Auto => {}
        DeviceMode::Declined => return Err(NoCode::Declined),
        DeviceMode::Slow => return Err(NoCode::TooSoon),
        DeviceMode::Broken => return Err(NoCode::Broken),
    }
    // Looked up first: one lock at a time.
    let auto = seats::meant(world, &knobs.auto_person);
    let auto = auto.first().filter(|_| knobs.device == DeviceMode::Auto);
    let now = world.clock().now();
    let (key, client_id, host) = world.devices(|all| {
        let (device, poll) = all.poll(id, user_code, now).ok_or(NoCode::Unknown)?;
        if knobs.device_enforce_interval && is_too_soon(poll, knobs) {
            return Err(NoCode::TooSoon);
        }
        if let (DeviceState::Pending, Some(seat), 2..) = (&device.state, auto, poll.count) {
            device.state = DeviceState::Approved(seat.key());
        }
        let seat = match &device.state {
            DeviceState::Pending => return Err(NoCode::Pending),
            DeviceState::Denied => return Err(NoCode::Declined),
            DeviceState::Expired => return Err(NoCode::Expired),
            DeviceState::Spent => return Err(NoCode::Spent),
            DeviceState::Approved(seat) => seat.clone(),
        };
        device.state = DeviceState::Spent;
        Ok((seat, device.client_id.clone(), device.host.clone()))
    })?;
    let seat = world.find_seat(&key).ok_or(NoCode::Unknown)?;
    Ok(code(world, &seat, client_id, host))
}

/// The server chooses the verifier and hands it over (contract auth 2).
fn code(world: &World, seat: &Seat, client_id: String, host: String) -> Response<Body> {
    let verifier = format!("standin_verifier_{}", world.chance().alphanumeric(64));
    let challenge = challenge_of(&verifier);
    let asked = Asked {
        client_id,
        redirect: Redirect::Device { host },
        challenge: challenge.clone(),
    };
    let body = json!({
        "authorization_code": world.new_code(seat, asked),
        "code_challenge": challenge,
        "code_verifier": verifier,
    });
    answer::json(StatusCode::OK, &body)
}

fn is_too_soon(poll: Poll, knobs: &Knobs) -> bool {
    let interval = Duration::from_secs(knobs.device_interval_secs);
    poll.since_last.is_some_and(|since| since < interval)
}

/// `GET` and `POST /codex/device`: the person types the code and decides.
pub(super) fn page(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let shown = Fields::form(request.uri().query().unwrap_or("").as_bytes());
    if request.method() == Method::GET {
        let typed = shown.maybe("user_code").ok().flatten().unwrap_or("");
        return page::device(&world.seats(), typed);
    }
    match decide(world, &Fields::form(request.body())) {
        Ok(Ok(())) => page::said(StatusCode::OK, "Done. You can close this page."),
        Ok(Err(fault)) => page::said(StatusCode::BAD_REQUEST, fault.message()),
        Err(bad) => page::refused(&bad),
    }
}

fn decide(world: &World, fields: &Fields) -> Result<Result<(), DeviceFault>, Bad> {
    fields.only(&["user_code", "standin_person", "standin_answer"])?;
    let user_code = fields.one("user_code")?;
    match fields.maybe("standin_answer")? {
        Some("deny") => return Ok(world.deny_device(user_code)),
        Some("approve") | None => {}
        Some(_) => return Err(Bad::new("standin_answer", "is no known answer")),
    }
    let meant = seats::meant(world, fields.one("standin_person")?);
    let seat = meant
        .first()
        .ok_or_else(|| Bad::new("standin_person", "is nobody here"))?;
    Ok(world.approve_device_for(user_code, &seat.email, &seat.account_id))
}

fn json_fields(request: &Request<Bytes>, known: &[&str]) -> Result<Fields, Bad> {
    if media_type(request.headers()) != "application/json" {
        return Err(Bad::new("content-type", "must be application/json"));
    }
    let fields = Fields::json(request.body())?;
    fields.only(known)?;
    Ok(fields)
}
