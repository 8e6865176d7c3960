//! Token counts with one meaning, whichever dialect tells them.

use serde::{Deserialize, Serialize};

/// What one answer cost, in tokens, as the backend counts (contract backend 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read, cached ones included.
    #[serde(default)]
    pub input_tokens: u64,
    /// Parts of `input_tokens`.
    #[serde(default, deserialize_with = "absent_is_default")]
    pub input_tokens_details: InputDetails,
    /// Tokens written, reasoning included.
    #[serde(default)]
    pub output_tokens: u64,
    /// Parts of `output_tokens`.
    #[serde(default, deserialize_with = "absent_is_default")]
    pub output_tokens_details: OutputDetails,
    /// Input and output together.
    #[serde(default)]
    pub total_tokens: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(mut self, more: Self) -> Self {
        self.input_tokens += more.input_tokens;
        self.input_tokens_details.cached_tokens += more.input_tokens_details.cached_tokens;
        self.input_tokens_details.cache_write_tokens +=
            more.input_tokens_details.cache_write_tokens;
        self.output_tokens += more.output_tokens;
        self.output_tokens_details.reasoning_tokens += more.output_tokens_details.reasoning_tokens;
        self.total_tokens += more.total_tokens;
        self
    }
}

/// Parts of the input count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InputDetails {
    /// Tokens found in the prompt cache.
    #[serde(default)]
    pub cached_tokens: u64,
    /// Tokens written to the prompt cache.
    #[serde(default)]
    pub cache_write_tokens: u64,
}

/// Parts of the output count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OutputDetails {
    /// Tokens spent on reasoning.
    #[serde(default)]
    pub reasoning_tokens: u64,
}

/// `null` and a missing field mean the same: nothing was told.
fn absent_is_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
