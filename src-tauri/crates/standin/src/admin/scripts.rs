//! Scripted faults, as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, parse};
use crate::world::{Act, Reply, Scripted, World};

/// One script as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    path: String,
    act: Kind,
    /// Absent: once. Zero: for every request from now on.
    times: Option<u32>,
    #[serde(default)]
    delay_ms: u64,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    after: Option<usize>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Pass,
    Answer,
    Drop,
    Hang,
    Cut,
    LoseReply,
    CutReply,
}

/// `POST /admin/script`
pub(super) fn add(world: &World, body: &[u8]) -> Result<Value, Refused> {
    let asked: Asked = parse(body)?;
    let act = act(&asked)?;
    let times = match asked.times {
        None => 1,
        Some(0) => u32::MAX,
        Some(times) => times,
    };
    let delay = Duration::from_millis(asked.delay_ms);
    let scripted = Scripted::once(act).times(times).after(delay);
    world.script(&asked.path, scripted);
    Ok(json!({}))
}

fn act(asked: &Asked) -> Result<Act, Refused> {
    let of_answer = asked.status.is_some() || asked.body.is_some() || !asked.headers.is_empty();
    let act = match asked.act {
        Kind::Answer => Act::Answer(reply(asked)?),
        Kind::Cut => Act::Cut(reply(asked)?),
        _ if of_answer => {
            let why = "`status`, `headers` and `body` go with `answer` and `cut` only";
            return Err(Refused::Malformed(why.into()));
        }
        Kind::Pass => Act::Pass,
        Kind::Drop => Act::Drop,
        Kind::Hang => Act::Hang,
        Kind::LoseReply => Act::LoseReply,
        Kind::CutReply => Act::CutReply {
            after: asked.after.unwrap_or(0),
        },
    };
    match (&act, asked.after) {
        (Act::CutReply { .. }, _) | (_, None) => Ok(act),
        (_, Some(_)) => Err(Refused::Malformed(
            "`after` goes with `cut_reply` only".into(),
        )),
    }
}

fn reply(asked: &Asked) -> Result<Reply, Refused> {
    let status = StatusCode::from_u16(asked.status.unwrap_or(200));
    let status = status.map_err(|_| Refused::Malformed("`status` is no status".into()))?;
    let (body, json) = match &asked.body {
        None => (String::new(), false),
        Some(Value::String(text)) => (text.clone(), false),
        Some(value) => (value.to_string(), true),
    };
    let mut reply = Reply::new(status, body);
    for (name, value) in &asked.headers {
        let bad = || Refused::Malformed(format!("`{name}` is no header"));
        let name = HeaderName::try_from(name.as_str()).map_err(|_| bad())?;
        let value = HeaderValue::try_from(value.as_str()).map_err(|_| bad())?;
        reply = reply.with(name, value);
    }
    let content_type = http::header::CONTENT_TYPE;
    if json && !reply.headers.iter().any(|(name, _)| *name == content_type) {
        reply = reply.with(content_type, HeaderValue::from_static("application/json"));
    }
    Ok(reply)
}
