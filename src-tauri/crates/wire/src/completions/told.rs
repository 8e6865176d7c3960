//! What a client of the old endpoint is told: chunks of a stream and a whole answer have one shape.

use serde::Serialize;

use crate::chat::{FinishReason, UsageTold};

/// One chunk of a stream, or the whole answer.
#[derive(Debug, Clone, Serialize)]
pub struct Completion<'a> {
    /// `cmpl-…`, the same in every chunk.
    pub id: &'a str,
    /// `text_completion`.
    pub object: &'static str,
    /// Seconds since the epoch.
    pub created: i64,
    /// The model.
    pub model: &'a str,
    /// One choice, or none in the chunk that tells the usage.
    pub choices: &'a [Choice<'a>],
    /// Left out of streams unless it was asked for; then `null` until the last chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Option<UsageTold>>,
}

/// The choice.
#[derive(Debug, Clone, Serialize)]
pub struct Choice<'a> {
    /// More text, or all of it.
    pub text: &'a str,
    /// Always 0.
    pub index: u32,
    /// Always `null`.
    pub logprobs: Option<()>,
    /// Why the answer ended, once it has.
    pub finish_reason: Option<FinishReason>,
}
