//! The tokens of an answer (contract backend 2.4).

use serde_json::{Value, json};

use super::compose::Made;
use super::marks::{Marks, option};
use super::sessions::{Counted, tokens};

/// Token counts as they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    input: u64,
    cached: u64,
    cache_write: u64,
    output: u64,
    reasoning: u64,
}

impl Usage {
    /// Counts the answer; `input` includes what was cached, `output` what was thought.
    pub(crate) fn count(counted: Counted, items: &[Made]) -> Self {
        let thought: u64 = items.iter().map(thought).sum();
        let said: u64 = items.iter().map(said).sum();
        Self {
            input: counted.input,
            cached: counted.cached,
            cache_write: 0,
            output: said + thought,
            reasoning: thought,
        }
    }

    /// As JSON, or as `[[usage …]]` wants it.
    pub(crate) fn told(mut self, marks: &Marks) -> Value {
        let words = marks.words("usage").unwrap_or_default();
        let given = |key| option(words, key).and_then(|value| value.parse().ok());
        self.input = given("input").unwrap_or(self.input);
        self.cached = given("cached").unwrap_or(self.cached);
        self.cache_write = given("cache_write").unwrap_or(self.cache_write);
        self.output = given("output").unwrap_or(self.output);
        self.reasoning = given("reasoning").unwrap_or(self.reasoning);
        let total = self.input.saturating_add(self.output);
        match words {
            "none" => Value::Null,
            "bare" => json!({
                "input_tokens": self.input,
                "output_tokens": self.output,
                "total_tokens": total,
            }),
            _ => json!({
                "input_tokens": self.input,
                "input_tokens_details": {
                    "cached_tokens": self.cached,
                    "cache_write_tokens": self.cache_write,
                },
                "output_tokens": self.output,
                "output_tokens_details": {"reasoning_tokens": self.reasoning},
                "total_tokens": total,
            }),
        }
    }
}

/// The usage of the picture tool, where there was a picture.
pub(crate) fn of_pictures(items: &[Made]) -> Option<Value> {
    let count = items
        .iter()
        .filter(|made| matches!(made, Made::Image(_)))
        .count();
    let count = u64::try_from(count).unwrap_or(0);
    (count > 0).then(|| {
        json!({"image_gen": {
            "input_tokens": 12 * count,
            "output_tokens": 1056 * count,
            "total_tokens": 1068 * count,
        }})
    })
}

/// At least one token is thought wherever there is a reasoning item.
fn thought(made: &Made) -> u64 {
    match made {
        Made::Reasoning { summary, sealed } => {
            let longest = summary.as_deref().or(sealed.as_deref()).unwrap_or_default();
            tokens(longest).max(1)
        }
        Made::Message { .. }
        | Made::Refusal(_)
        | Made::Function(_)
        | Made::Custom(_)
        | Made::Search { .. }
        | Made::Image(_)
        | Made::Compaction { .. }
        | Made::Future => 0,
    }
}

fn said(made: &Made) -> u64 {
    match made {
        Made::Message { text, .. } | Made::Refusal(text) => tokens(text).max(1),
        Made::Function(call) | Made::Custom(call) => tokens(&call.name) + tokens(&call.input),
        Made::Search { query } => tokens(query),
        Made::Compaction { sealed } => tokens(sealed),
        Made::Reasoning { .. } | Made::Image(_) | Made::Future => 0,
    }
}
