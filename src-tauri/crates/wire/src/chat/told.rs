//! What a Chat Completions client is told: chunks of a stream, or one completion.

use std::borrow::Cow;

use serde::Serialize;

use crate::Usage;

/// One chunk of a stream.
#[derive(Debug, Clone, Serialize)]
pub struct Chunk<'a> {
    /// `chatcmpl-…`, the same in every chunk.
    pub id: &'a str,
    /// `chat.completion.chunk`.
    pub object: &'static str,
    /// Seconds since the epoch.
    pub created: i64,
    /// The model.
    pub model: &'a str,
    /// One choice, or none in the chunk that tells the usage.
    pub choices: &'a [ChunkChoice<'a>],
    /// Left out unless it was asked for; then `null` until the last chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Option<UsageTold>>,
}

/// The choice in a chunk.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChunkChoice<'a> {
    /// Its place among the choices.
    pub index: u32,
    /// What is new; present even where nothing is, because some clients die without it.
    pub delta: Delta<'a>,
    /// Always `null`.
    pub logprobs: Option<()>,
    /// Why the answer ended, in the chunk that ends it.
    pub finish_reason: Option<FinishReason>,
}

/// What is new in a chunk.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Delta<'a> {
    /// `assistant`, in the first chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// More text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<&'a str>,
    /// More of how the model thought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<&'a str>,
    /// More of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<&'a str>,
    /// A call that begins, or more of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<[ToldCall<'a>; 1]>,
    /// The same in the form before `tools`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<ToldFunction<'a>>,
    /// Citations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<[UrlCitation<'a>; 1]>,
}

/// A call that begins, more of it, or the whole of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ToldCall<'a> {
    /// The call's place among the calls; left out of completions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Pairs the call with its answer; in its first chunk only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// `function` or `custom`; in its first chunk only.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// A function's part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<ToldFunction<'a>>,
    /// A freeform tool's part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<ToldInput<'a>>,
}

/// A function call, or more of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ToldFunction<'a> {
    /// The function's name; in its first chunk only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// JSON text, or more of it.
    pub arguments: &'a str,
}

/// A freeform call, or more of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ToldInput<'a> {
    /// The tool's name; in its first chunk only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Free text, or more of it.
    pub input: &'a str,
}

/// A citation of a web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlCitation<'a> {
    /// Where the cited text begins in the content, in characters.
    pub start_index: u64,
    /// Where it ends.
    pub end_index: u64,
    /// The page's title.
    pub title: Cow<'a, str>,
    /// The page's address.
    pub url: Cow<'a, str>,
}

impl Serialize for UrlCitation<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Annotation<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            url_citation: Citation<'a>,
        }
        #[derive(Serialize)]
        struct Citation<'a> {
            start_index: u64,
            end_index: u64,
            title: &'a str,
            url: &'a str,
        }
        Annotation {
            kind: "url_citation",
            url_citation: Citation {
                start_index: self.start_index,
                end_index: self.end_index,
                title: &self.title,
                url: &self.url,
            },
        }
        .serialize(to)
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// All is said.
    Stop,
    /// A token limit.
    Length,
    /// A filter.
    ContentFilter,
    /// The model waits for tools.
    ToolCalls,
    /// The same in the form before `tools`.
    FunctionCall,
}

/// One whole answer.
#[derive(Debug, Clone, Serialize)]
pub struct Completion<'a> {
    /// `chatcmpl-…`.
    pub id: &'a str,
    /// `chat.completion`.
    pub object: &'static str,
    /// Seconds since the epoch.
    pub created: i64,
    /// The model.
    pub model: &'a str,
    /// The choices in order.
    pub choices: &'a [Choice<'a>],
    /// Token counts, where they were told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageTold>,
}

/// The choice of a completion.
#[derive(Debug, Clone, Serialize)]
pub struct Choice<'a> {
    /// Its place among the choices.
    pub index: u32,
    /// What the model said.
    pub message: Told<'a>,
    /// Always `null`.
    pub logprobs: Option<()>,
    /// Why the answer ended.
    pub finish_reason: FinishReason,
}

/// What the model said.
#[derive(Debug, Clone, Serialize)]
pub struct Told<'a> {
    /// `assistant`.
    pub role: &'static str,
    /// Its text; `null` beside calls and refusals without any.
    pub content: Option<&'a str>,
    /// How it thought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<&'a str>,
    /// Its refusal.
    pub refusal: Option<&'a str>,
    /// Citations.
    pub annotations: &'a [UrlCitation<'static>],
    /// The tools it asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToldCall<'a>>>,
    /// The same in the form before `tools`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<ToldFunction<'a>>,
}

/// Token counts in this dialect's words. `prompt_tokens` includes cached ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UsageTold {
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written, reasoning included.
    pub completion_tokens: u64,
    /// Both together.
    pub total_tokens: u64,
    /// Parts of the first.
    pub prompt_tokens_details: PromptDetails,
    /// Parts of the second.
    pub completion_tokens_details: CompletionDetails,
}

/// Parts of the prompt's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PromptDetails {
    /// Found in the prompt cache.
    pub cached_tokens: u64,
    /// Written to the prompt cache.
    pub cache_write_tokens: u64,
    /// Always 0.
    pub audio_tokens: u64,
}

/// Parts of the completion's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CompletionDetails {
    /// Spent on reasoning.
    pub reasoning_tokens: u64,
    /// Always 0, as are the two below.
    pub audio_tokens: u64,
    /// No predictions are made here.
    pub accepted_prediction_tokens: u64,
    /// No predictions are made here.
    pub rejected_prediction_tokens: u64,
}

impl From<Usage> for UsageTold {
    fn from(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.input_tokens,
            completion_tokens: usage.output_tokens,
            total_tokens: usage.total_tokens,
            prompt_tokens_details: PromptDetails {
                cached_tokens: usage.input_tokens_details.cached_tokens,
                cache_write_tokens: usage.input_tokens_details.cache_write_tokens,
                audio_tokens: 0,
            },
            completion_tokens_details: CompletionDetails {
                reasoning_tokens: usage.output_tokens_details.reasoning_tokens,
                audio_tokens: 0,
                accepted_prediction_tokens: 0,
                rejected_prediction_tokens: 0,
            },
        }
    }
}
