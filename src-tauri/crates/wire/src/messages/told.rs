//! What a Messages client is told: events of a stream, or one message.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::Usage;

/// One event of a stream.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Sent<'a> {
    /// The answer begins.
    MessageStart {
        /// A message without content.
        message: Told<'a>,
    },
    /// A block begins.
    ContentBlockStart {
        /// Its place among the blocks.
        index: u32,
        /// The block, with its texts empty.
        content_block: ToldBlock<'a>,
    },
    /// More of a block.
    ContentBlockDelta {
        /// Its place among the blocks.
        index: u32,
        /// What is new.
        delta: Delta<'a>,
    },
    /// A block is complete.
    ContentBlockStop {
        /// Its place among the blocks.
        index: u32,
    },
    /// The answer is complete.
    MessageDelta {
        /// Why it ended.
        delta: Stopped<'a>,
        /// What it cost.
        usage: UsageTold,
    },
    /// Nothing follows.
    MessageStop,
    /// A sign of life.
    Ping,
}

impl Sent<'_> {
    /// The name of the event, which is its `type`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MessageStart { .. } => "message_start",
            Self::ContentBlockStart { .. } => "content_block_start",
            Self::ContentBlockDelta { .. } => "content_block_delta",
            Self::ContentBlockStop { .. } => "content_block_stop",
            Self::MessageDelta { .. } => "message_delta",
            Self::MessageStop => "message_stop",
            Self::Ping => "ping",
        }
    }
}

/// A message of the model.
#[derive(Debug, Clone, Serialize)]
pub struct Told<'a> {
    /// `msg_…`.
    pub id: &'a str,
    /// `message`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `assistant`.
    pub role: &'static str,
    /// The model, as it was asked for.
    pub model: &'a str,
    /// The blocks; none yet where the message begins.
    pub content: Vec<ToldBlock<'a>>,
    /// Why it ended.
    pub stop_reason: Option<StopReason>,
    /// The stop sequence at which it ended.
    pub stop_sequence: Option<&'a str>,
    /// What it cost.
    pub usage: UsageTold,
}

/// A block of the model's message. Where it begins in a stream its texts are there and empty,
/// because clients add to them.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToldBlock<'a> {
    /// Text.
    Text {
        /// The text.
        text: &'a str,
        /// What it cites.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        citations: &'a [Citation<'a>],
    },
    /// How the model thought.
    Thinking {
        /// A summary of it.
        thinking: &'a str,
        /// What replays it.
        signature: &'a str,
    },
    /// A tool that the client should run.
    ToolUse {
        /// Pairs the call with its result.
        id: &'a str,
        /// The tool's name.
        name: &'a str,
        /// Its arguments.
        input: Input<'a>,
    },
    /// A search that the other side made.
    ServerToolUse {
        /// Pairs the search with its results.
        id: &'a str,
        /// `web_search`.
        name: &'static str,
        /// What was searched for.
        input: Input<'a>,
    },
    /// What it found.
    WebSearchToolResult {
        /// The search it belongs to.
        tool_use_id: &'a str,
        /// The pages.
        content: &'a [WebResult],
    },
}

/// A tool's arguments.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Input<'a> {
    /// `{}`.
    Begun(Begun),
    /// A JSON object.
    Whole(&'a RawValue),
}

/// An object without fields.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Begun {}

/// What is new in a block.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Delta<'a> {
    /// More text.
    TextDelta {
        /// The text.
        text: &'a str,
    },
    /// More of how the model thought.
    ThinkingDelta {
        /// The text.
        thinking: &'a str,
    },
    /// What replays the thinking.
    SignatureDelta {
        /// All of it.
        signature: &'a str,
    },
    /// More of a tool's arguments.
    InputJsonDelta {
        /// A piece of JSON text.
        partial_json: &'a str,
    },
    /// A citation.
    CitationsDelta {
        /// The citation.
        citation: Citation<'a>,
    },
}

/// A citation of a web page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citation<'a> {
    /// `web_search_result_location`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The page's address.
    pub url: Cow<'a, str>,
    /// Its title.
    pub title: Cow<'a, str>,
    /// Always empty: the backend tells which words of the answer cite, not which are cited.
    pub cited_text: &'static str,
    /// Always empty, as the results are.
    pub encrypted_index: &'static str,
}

/// A page that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WebResult {
    /// `web_search_result`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its address.
    pub url: String,
    /// Its title; the address, because the backend tells none.
    pub title: String,
    /// Always empty: nothing of the page is told.
    pub encrypted_content: &'static str,
    /// Always `null`.
    pub page_age: Option<()>,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All is said.
    EndTurn,
    /// It got too long.
    MaxTokens,
    /// It waits for tools.
    ToolUse,
    /// The model, or a filter, refused.
    Refusal,
    /// It came to a stop sequence.
    StopSequence,
}

/// The end of a message.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Stopped<'a> {
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The stop sequence at which it ended.
    pub stop_sequence: Option<&'a str>,
}

/// Token counts. Those of the cache stand beside `input_tokens`, not in it (contract backend 8.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct UsageTold {
    /// Tokens read, those of the cache left out.
    pub input_tokens: u64,
    /// Tokens written to the cache.
    pub cache_creation_input_tokens: u64,
    /// Tokens read from the cache.
    pub cache_read_input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Parts of `output_tokens`.
    pub output_tokens_details: ThinkingDetails,
    /// What the other side's tools did, where they did anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_tool_use: Option<ServerToolUse>,
}

/// Parts of the output count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ThinkingDetails {
    /// Tokens spent on thinking.
    pub thinking_tokens: u64,
}

/// How often the other side's tools were used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ServerToolUse {
    /// Searches.
    pub web_search_requests: u64,
    /// Always 0.
    pub web_fetch_requests: u64,
}

impl UsageTold {
    /// The backend's counts, and how many searches were made.
    pub fn of(usage: Usage, searches: u64) -> Self {
        let details = usage.input_tokens_details;
        let (read, written) = (details.cached_tokens, details.cache_write_tokens);
        Self {
            input_tokens: usage
                .input_tokens
                .saturating_sub(read)
                .saturating_sub(written),
            cache_creation_input_tokens: written,
            cache_read_input_tokens: read,
            output_tokens: usage.output_tokens,
            output_tokens_details: ThinkingDetails {
                thinking_tokens: usage.output_tokens_details.reasoning_tokens,
            },
            server_tool_use: (searches > 0).then_some(ServerToolUse {
                web_search_requests: searches,
                web_fetch_requests: 0,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{InputDetails, OutputDetails};

    #[test]
    fn what_the_cache_held_is_not_counted_twice() {
        let usage = Usage {
            input_tokens: 100,
            input_tokens_details: InputDetails {
                cached_tokens: 60,
                cache_write_tokens: 30,
            },
            output_tokens: 7,
            output_tokens_details: OutputDetails {
                reasoning_tokens: 3,
            },
            total_tokens: 107,
        };
        let told = UsageTold::of(usage, 0);
        assert_eq!(told.input_tokens, 10);
        assert_eq!(told.cache_read_input_tokens, 60);
        assert_eq!(told.cache_creation_input_tokens, 30);
        assert_eq!(told.output_tokens_details.thinking_tokens, 3);
        assert_eq!(told.server_tool_use, None);
    }
}
