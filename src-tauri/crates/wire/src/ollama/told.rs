//! What an Ollama client is told: lines of a stream, or one whole answer, which is a last line that
//! says everything.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::Usage;

/// One line of a stream.
#[derive(Debug, Clone, Serialize)]
pub struct Line<'a> {
    /// The model, as it was asked for.
    pub model: &'a str,
    /// When the answer began, as RFC 3339 has it; the same in every line.
    pub created_at: &'a str,
    /// What is new.
    #[serde(flatten)]
    pub told: Told<'a>,
    /// True in the last line.
    pub done: bool,
    /// What only the last line tells.
    #[serde(flatten)]
    pub end: Option<End>,
}

/// What is new, in the form of the endpoint.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Told<'a> {
    /// For a conversation.
    Chat {
        /// More of the message.
        message: ToldMessage<'a>,
    },
    /// For a prompt.
    Generate {
        /// More text; empty where there is none.
        response: &'a str,
        /// More of how the model thought.
        #[serde(skip_serializing_if = "Option::is_none")]
        thinking: Option<&'a str>,
        /// The tools it asks for.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        tool_calls: &'a [ToldCall<'a>],
    },
}

/// More of the model's message.
#[derive(Debug, Clone, Serialize)]
pub struct ToldMessage<'a> {
    /// `assistant`.
    pub role: &'static str,
    /// More text; empty where there is none.
    pub content: &'a str,
    /// More of how the model thought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<&'a str>,
    /// The tools it asks for, each whole.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub tool_calls: &'a [ToldCall<'a>],
}

impl Default for ToldMessage<'_> {
    fn default() -> Self {
        Self {
            role: "assistant",
            content: "",
            thinking: None,
            tool_calls: &[],
        }
    }
}

/// A tool that the model asks for.
#[derive(Debug, Clone, Serialize)]
pub struct ToldCall<'a> {
    /// Which, and with what.
    pub function: ToldFunction<'a>,
}

/// Which tool, and with what.
#[derive(Debug, Clone, Serialize)]
pub struct ToldFunction<'a> {
    /// The tool's name.
    pub name: &'a str,
    /// Its arguments: an object, as the model wrote it.
    pub arguments: &'a RawValue,
}

/// What the last line tells. Times are nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct End {
    /// `stop`, `length`, or the backend's own word.
    pub done_reason: &'static str,
    /// From the request to the end.
    pub total_duration: u64,
    /// Always 0: no model is loaded here.
    pub load_duration: u64,
    /// Tokens read, cached ones included; left out where nobody told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_eval_count: Option<u64>,
    /// From the request to the first thing that the model made.
    pub prompt_eval_duration: u64,
    /// Tokens written, reasoning included; left out where nobody told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eval_count: Option<u64>,
    /// From there to the end.
    pub eval_duration: u64,
}

impl End {
    /// The same with what the backend counted.
    #[must_use]
    pub fn counted(self, usage: Option<Usage>) -> Self {
        Self {
            prompt_eval_count: usage.map(|usage| usage.input_tokens),
            eval_count: usage.map(|usage| usage.output_tokens),
            ..self
        }
    }
}

/// Seconds since the epoch as RFC 3339 has them: `2025-01-01T00:00:00Z`.
pub fn timestamp(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date(day);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The Gregorian date of a day since the epoch, by eras of 400 years that begin in March.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + EPOCH;
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year + i64::from(month <= 2);
    (year, month, of_month)
}

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;
/// Days of 400 years.
const ERA: i64 = 146_097;
/// Days from the first of March of the year 0 to the epoch.
const EPOCH: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_what_every_calendar_says() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(timestamp(seconds), expected);
        }
    }
}
