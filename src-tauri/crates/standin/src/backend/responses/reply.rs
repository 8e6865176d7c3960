//! One turn as a streamed answer: its records, its headers, its body.

use std::collections::VecDeque;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Request, Response};
use serde_json::{Map, Value, json};

use super::{TURN_STATE, TURN_STATE_START};
use crate::backend::compose::{self, Asked, Made};
use crate::backend::conversation::Conversation;
use crate::backend::ending::{self, Envelope, Finished, Strikes};
use crate::backend::events::{self, Record};
use crate::backend::marks::Marks;
use crate::backend::models::Model;
use crate::backend::sessions::Counted;
use crate::backend::stream::{self, Step};
use crate::backend::usage::{self, Usage};
use crate::backend::{auth, faults, refusal};
use crate::body::Body;
use crate::world::{ReceivedId, Seat, World};

/// Everything an answer depends on; the request is valid by now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub(crate) world: &'a World,
    pub(crate) request: &'a Request<Bytes>,
    pub(crate) seat: &'a Seat,
    pub(crate) model: &'static Model,
    pub(crate) conversation: &'a Conversation<'a>,
    pub(crate) marks: &'a Marks,
}

/// The items of an answer with an id for each.
pub(crate) fn items_of(asked: &Asked<'_>) -> (Vec<Made>, Vec<String>) {
    let items = compose::answer(asked);
    let ids = items.iter().map(|made| {
        let prefix = match made {
            Made::Reasoning { .. } => "rs",
            Made::Message { .. } | Made::Refusal(_) => "msg",
            Made::Function(_) => "fc",
            Made::Custom(_) => "ctc",
            Made::Search { .. } => "ws",
            Made::Image(_) => "ig",
            Made::Compaction { .. } => "cmp",
            Made::Future => "fut",
        };
        format!("{prefix}_{}", asked.chance.alphanumeric(40))
    });
    let ids = ids.collect();
    (items, ids)
}

impl Turn<'_> {
    /// The whole response: headers at once, events as the markers want them.
    pub(crate) fn stream(&self) -> Response<Body> {
        let steps = match self.marks.number_or("events", 100) {
            Some(count) => self.prepared(count),
            None => stream::steps(&self.records(), self.marks),
        };
        let request = self.request.extensions().get::<ReceivedId>().map(|id| id.0);
        let mut response = Response::new(stream::body(self.world, request, steps));
        self.dress(response.headers_mut());
        response
    }

    fn prepared(&self, count: usize) -> VecDeque<Step> {
        let frames = self.world.backend().prepared.frames(count, self.model.slug);
        let slow = self
            .marks
            .number("slow")
            .and_then(|millis| u64::try_from(millis).ok());
        let wait = slow.map(|millis| Step::Wait(std::time::Duration::from_millis(millis)));
        let sends = frames.iter().cloned().map(Step::Send);
        sends
            .flat_map(|send| wait.clone().into_iter().chain([send]))
            .collect()
    }

    fn body(&self) -> &Map<String, Value> {
        self.conversation.body
    }

    /// All records from the first to the last.
    fn records(&self) -> Vec<Record> {
        let world = self.world;
        let id = format!("resp_{}", world.chance().alphanumeric(40));
        let envelope = Envelope {
            id: &id,
            created_at: world.clock().now().seconds(),
            body: self.body(),
        };
        let counted = self.counted();
        let opening = ending::opening(&envelope);
        let mut records = self.before();
        if !self.marks.has("no-created") {
            records.extend(opening);
        }
        if counted.input > self.model.max_window {
            let error = json!({"code": "context_length_exceeded", "message": faults::TOO_LONG});
            records.push(ending::failed_event(&envelope, &error));
            return records;
        }
        let (items, ids) = items_of(&self.asked());
        let incomplete = self.marks.words("incomplete").map(|reason| {
            if reason.is_empty() {
                "max_output_tokens"
            } else {
                reason
            }
        });
        let (spread, finished) = events::spread(&items, &ids, self.marks, incomplete.is_some());
        let resets_at = world.clock().now().seconds() + 3600;
        if let Some((strikes, event)) = ending::failure(self.marks, &envelope, resets_at) {
            return struck(records, spread, strikes, event);
        }
        records.extend(spread);
        let usage = Usage::count(counted, &items).told(self.marks);
        let tool_usage = usage::of_pictures(&items);
        let done = Finished {
            usage: &usage,
            tool_usage: tool_usage.as_ref(),
            items: &finished,
            incomplete,
            full_output: self.marks.has("full-output"),
        };
        records.push(ending::terminal(&envelope, &done));
        if self.marks.has("after-end") {
            let late = json!({"item_id": "msg_late", "output_index": 0, "content_index": 0, "delta": "too late"});
            records.push(Record::new("response.output_text.delta", late));
        }
        records
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            conversation: self.conversation,
            marks: self.marks,
            headers: self.request.headers(),
            model: self.model,
            account: &self.seat.account_id,
            plan: &self.seat.plan,
            chance: self.world.chance(),
        }
    }

    fn counted(&self) -> Counted {
        let session = auth::text(self.request.headers(), "session-id");
        let session = session.map(|session| format!("{} {session}", self.seat.account_id));
        let mut sessions = self.world.backend().sessions.lock();
        sessions.count(session.as_deref(), self.body())
    }

    /// What may come before the first standard event.
    fn before(&self) -> Vec<Record> {
        let mut records = Vec::new();
        if let Some(words) = self.marks.words("limits-first") {
            let reading = super::reading(self.world, self.seat);
            let fields = reading.event(words == "reached");
            records.push(Record::new("codex.rate_limits", fields));
        }
        if self.marks.has("metadata") {
            let headers = json!({"headers": {"X-Models-Etag": self.models_etag(), "x-codex-turn-state": self.turn_state()}});
            records.push(Record::new("codex.response.metadata", headers.clone()));
            records.push(Record::new("response.metadata", headers));
        }
        if self.marks.has("safety") {
            let metadata = json!({
                "type": "safety_buffering",
                "use_cases": ["cyber"],
                "reasons": ["user_risk"],
                "retry_model": "gpt-5.6-luna",
            });
            records.push(Record::new(
                "response.metadata",
                json!({ "metadata": metadata }),
            ));
        }
        records
    }

    fn dress(&self, headers: &mut http::HeaderMap) {
        let content_type = self
            .marks
            .words("content-type")
            .unwrap_or("text/event-stream");
        if let Ok(value) = HeaderValue::try_from(content_type) {
            headers.insert(CONTENT_TYPE, value);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        refusal::put(headers, super::reading(self.world, self.seat).headers());
        let mut own: Vec<(&'static str, String)> = vec![
            (TURN_STATE, self.turn_state()),
            ("x-models-etag", self.models_etag()),
        ];
        if self.body().get("reasoning").is_some_and(Value::is_object) {
            own.push(("x-reasoning-included", "true".to_owned()));
        }
        if let Some(model) = self.marks.words("reroute") {
            own.push(("openai-model", model.to_owned()));
        }
        if self.marks.has("safety") {
            own.push(("x-codex-safety-buffering-enabled", "true".to_owned()));
            own.push((
                "x-codex-safety-buffering-faster-model",
                "gpt-5.6-luna".to_owned(),
            ));
        }
        refusal::put(
            headers,
            own.into_iter().map(|(name, value)| (name.into(), value)),
        );
    }

    /// The state the request brought, or a new one for this account.
    fn turn_state(&self) -> String {
        match auth::text(self.request.headers(), TURN_STATE) {
            Some(state) => state.to_owned(),
            None => {
                let random = self.world.chance().alphanumeric(24);
                format!("{TURN_STATE_START}{}.{random}", self.seat.account_id)
            }
        }
    }

    fn models_etag(&self) -> String {
        self.world.backend().models_etag(&self.seat.plan)
    }
}

/// The records up to where the failure strikes, and the failure.
fn struck(
    opening: Vec<Record>,
    spread: Vec<Record>,
    strikes: Strikes,
    event: Record,
) -> Vec<Record> {
    let deltas = match strikes {
        Strikes::First => return vec![event],
        Strikes::After(deltas) => deltas,
    };
    let mut records = opening;
    let mut seen = 0;
    for record in spread {
        if seen == deltas {
            break;
        }
        seen += usize::from(record.is_text_delta());
        records.push(record);
    }
    records.push(event);
    records
}
