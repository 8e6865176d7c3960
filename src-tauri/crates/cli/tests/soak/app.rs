//! An app and what it asks.

use std::collections::BTreeMap;
use std::fmt;

use futures_util::{StreamExt as _, stream};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::day::Act;
use crate::home::http;

/// An app: its key, its connections, and what it goes on from.
pub(crate) struct App {
    client: reqwest::Client,
    base: String,
    key: String,
    last: Mutex<Option<String>>,
}

/// What became of everything.
#[derive(Debug, Default)]
pub(crate) struct Counts(BTreeMap<(Act, u16), usize>);

/// Has the apps work through `acts`, some at a time.
pub(crate) async fn work(apps: &[App], acts: &[Act], counts: &mut Counts) {
    let asked = acts.iter().zip(apps.iter().cycle());
    let mut answers = stream::iter(asked)
        .map(|(act, app)| async move { (*act, app.ask(*act).await) })
        .buffer_unordered(AT_ONCE);
    while let Some((act, status)) = answers.next().await {
        counts.note(act, status);
    }
}

impl App {
    pub(crate) fn new(base: &str, key: String) -> Self {
        Self {
            client: http(),
            base: base.to_owned(),
            key,
            last: Mutex::default(),
        }
    }

    /// Does one thing and tells the status of the answer, which is the one that it deserves.
    pub(crate) async fn ask(&self, act: Act) -> u16 {
        let key = match act {
            Act::Stranger => "pk-postern-of-nobody",
            _ => &self.key,
        };
        let (path, body) = self.request(act);
        let goes_on = body
            .as_ref()
            .is_some_and(|body| !body["previous_response_id"].is_null());
        let address = format!("{}{path}", self.base);
        let request = match body {
            None => self.client.get(address),
            Some(body) => self.client.post(address).json(&body),
        };
        let mut answer = request.bearer_auth(key).send().await.unwrap();
        let status = answer.status().as_u16();
        if !act.deserves().contains(&status) {
            let told = answer.text().await.unwrap();
            panic!("{act:?}: {status}: {told}");
        }
        match act {
            // One piece of the answer, and gone.
            Act::HangsUp => drop(answer.chunk().await),
            // Every second one goes on from the one before.
            Act::ResponsesStored if !goes_on => {
                let answer: Value = answer.json().await.unwrap();
                *self.last.lock() = answer["id"].as_str().map(str::to_owned);
            }
            // Where the backend breaks off, the answer says so and ends, or breaks off too.
            _ => drop(answer.bytes().await),
        }
        status
    }

    fn request(&self, act: Act) -> (&'static str, Option<Value>) {
        let prompt = match act {
            Act::Fails => "[[http 500]]",
            Act::BreaksOff => "[[words 40]] [[cut 12]]",
            Act::HangsUp => "[[words 400]]",
            Act::Limit => "[[http usage-limit]]",
            _ => "[[words 40]]",
        };
        let mut body = match act {
            Act::Models => return ("/v1/models", None),
            Act::Nonsense => json!({"model": 7}),
            Act::Responses
            | Act::ResponsesWhole
            | Act::Fails
            | Act::BreaksOff
            | Act::HangsUp
            | Act::Stranger
            | Act::Limit
            | Act::Stopped => json!({"input": prompt, "store": false}),
            Act::ResponsesStored => {
                let input = format!("{}{prompt}", RULE.repeat(RULES));
                json!({"input": input, "previous_response_id": self.last.lock().take()})
            }
            Act::Messages | Act::MessagesWhole => {
                json!({"messages": [{"role": "user", "content": prompt}], "max_tokens": 1000})
            }
            Act::Chat | Act::ChatWhole => {
                json!({"messages": [{"role": "user", "content": prompt}]})
            }
            Act::Completions => json!({"prompt": prompt, "stop": "word-30"}),
        };
        if act != Act::Nonsense {
            body["model"] = json!("gpt-5.5");
        }
        // Agents say all of it each time.
        let rules = RULE.repeat(RULES);
        match act {
            Act::Messages | Act::MessagesWhole => body["system"] = json!(rules),
            Act::Responses | Act::ResponsesWhole | Act::HangsUp | Act::BreaksOff => {
                body["instructions"] = json!(rules);
            }
            _ => {}
        }
        let is_streamed = matches!(
            act,
            Act::Responses | Act::Messages | Act::Chat | Act::BreaksOff | Act::HangsUp
        );
        body["stream"] = json!(is_streamed);
        let path = match act {
            Act::Messages | Act::MessagesWhole => "/v1/messages",
            Act::Chat | Act::ChatWhole => "/v1/chat/completions",
            Act::Completions => "/v1/completions",
            _ => "/v1/responses",
        };
        (path, Some(body))
    }
}

impl Counts {
    /// Counts one answer.
    pub(crate) fn note(&mut self, act: Act, status: u16) {
        *self.0.entry((act, status)).or_default() += 1;
    }

    pub(crate) fn requests(&self) -> usize {
        self.0.values().sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((act, status), count) in &self.0 {
            writeln!(f, "  {:<16} {status} {count:>6}", format!("{act:?}"))?;
        }
        Ok(())
    }
}

/// Requests under way together.
const AT_ONCE: usize = 8;
const RULE: &str = "Answer with words, one after the other. ";
/// Some 16 KiB of them.
const RULES: usize = 400;
