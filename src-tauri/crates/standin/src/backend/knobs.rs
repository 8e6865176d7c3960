//! The backend's knobs: methods of [`World`], and the same over `/admin/backend/*`.

use std::time::Duration;

use base::Timestamp;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::limits::Windows;
use super::marks::Marks;
use crate::answer;
use crate::body::Body;
use crate::world::World;

/// The backend's knobs.
impl World {
    /// The next `times` answers of `/codex/responses` behave as if their prompt held these markers too.
    pub fn direct(&self, markers: &str, times: usize) {
        let marks = Marks::read(markers);
        let mut directed = self.backend().directed.lock();
        directed.extend(std::iter::repeat_n(marks, times.min(MOST)));
    }

    /// Every stream that stalls or lingers now goes on.
    pub fn resume(&self) {
        self.backend().gate.open();
    }

    /// Waits until at least `count` streams stall or linger.
    pub async fn until_stalled(&self, count: usize) {
        self.backend().gate.until_waiting(count).await;
    }

    /// What the limit headers, `codex.rate_limits` and `/wham/usage` say of the account from now on.
    pub fn set_windows(&self, account: &str, windows: Windows) {
        let now = self.clock().now();
        self.backend().limits.lock().set(account, windows, now);
    }

    /// Every request of the account is a 429 `usage_limit_reached` for so many seconds; 0 ends it.
    pub fn exhaust(&self, account: &str, seconds: u64) {
        let until: Timestamp = self.clock().now().plus(Duration::from_secs(seconds));
        self.backend().limits.lock().exhaust(account, until);
    }

    /// These slugs vanish from the catalogue and from service; those hidden before come back.
    pub fn hide_models(&self, slugs: &[&str]) {
        let hidden = slugs.iter().map(|slug| (*slug).to_owned()).collect();
        *self.backend().hidden.lock() = hidden;
    }
}

/// `/admin/backend/*`: what is missing, unknown or of the wrong type is a 400 that names it.
pub(crate) fn admin(world: &World, request: &Request<Bytes>) -> Response<Body> {
    if request.method() != Method::POST {
        return answer::wrong_method();
    }
    let ask = request.uri().path().rsplit('/').next().unwrap_or_default();
    let body = match request.body().as_ref() {
        b"" => b"{}",
        body => body,
    };
    match turn(world, ask, body) {
        Ok(true) => answer::json(StatusCode::OK, &json!({"ok": true})),
        Ok(false) => answer::not_found(),
        Err(error) => {
            let told = json!({"error": error.to_string()});
            answer::json(StatusCode::BAD_REQUEST, &told)
        }
    }
}

fn turn(world: &World, ask: &str, body: &[u8]) -> serde_json::Result<bool> {
    match ask {
        "direct" => {
            let it: Direct = serde_json::from_slice(body)?;
            world.direct(&it.markers, it.times);
        }
        "resume" => world.resume(),
        "limits" => {
            let (account, windows) = limits(body)?;
            world.set_windows(&account, windows);
        }
        "exhaust" => {
            let it: Exhaust = serde_json::from_slice(body)?;
            world.exhaust(&it.account, it.seconds);
        }
        "models" => {
            let it: Models = serde_json::from_slice(body)?;
            let slugs: Vec<&str> = it.hide.iter().map(String::as_str).collect();
            world.hide_models(&slugs);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The account, and everything else as its windows.
fn limits(body: &[u8]) -> serde_json::Result<(String, Windows)> {
    let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body)?;
    let account = fields.remove("account").unwrap_or_default();
    Ok((
        serde_json::from_value(account)?,
        serde_json::from_value(fields.into())?,
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Direct {
    markers: String,
    #[serde(default = "once")]
    times: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exhaust {
    account: String,
    seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Models {
    hide: Vec<String>,
}

fn once() -> usize {
    1
}

/// More directed answers than this are a mistake.
const MOST: usize = 10_000;
