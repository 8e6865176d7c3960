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
