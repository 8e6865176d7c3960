//! What a request becomes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use wire::responses::Request;

use crate::messages::Shown;
use crate::state::Keeping;
use crate::{ChatReasoning, Ends};

/// A request that can be sent, and what is needed to answer it.
#[derive(Debug, Clone)]
pub struct Translated {
    /// The canonical ask.
    pub request: Request,
    /// True where the client asked for a stream.
    pub stream: bool,
    /// True where a Chat client asked for the usage chunk.
    pub include_usage: bool,
    /// Fields that could not be honoured, as paths such as `temperature` or `input[3]`. ASCII,
    /// without commas or spaces, so that they fit in a header; none twice.
    pub ignored: Vec<String>,
    /// True for a Lite request (contract backend 1.8): it is passed on as it came.
    pub lite: bool,
    /// What the writer of the answer must know.
    pub shape: Shape,
    /// What the session of this conversation is derived from (contract backend 9).
    pub seed: Seed,
}

/// What the writer of an answer must know about the request.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// The model as it was asked for.
    pub model: String,
    /// True for a Codex client, which understands `codex.*` events. Set by who sees the headers.
    pub codex_client: bool,
    /// True where a Chat stream ends with a usage chunk.
    pub include_usage: bool,
    /// Whether a Chat client sees reasoning.
    pub chat_reasoning: ChatReasoning,
    /// True where a Chat request used `functions`, the form before `tools`.
    pub legacy_functions: bool,
    /// True where a Chat answer must be one JSON text: commentary then counts as reasoning.
    pub structured: bool,
    /// Tool names that had to be changed for the backend, by their changed form.
    pub names: Arc<BTreeMap<String, String>>,
    /// Where the answer ends, if not by itself.
    pub ends: Ends,
    /// What the envelope of a Responses answer repeats of the request.
    pub echo: Arc<Echo>,
    /// What a Messages client gets of the model's thinking.
    pub thinking: Shown,
    /// What a signature in a Messages answer begins with: whose the sealed thinking is.
    pub seal: String,
    /// What a Responses answer says of its own keeping. Set by who has a store.
    pub keeping: Arc<Keeping>,
    /// How many choices a Chat request asks for beside the first. Each is an answer of its own to
    /// the same ask.
    pub more_choices: usize,
}

/// What the envelope of a Responses answer repeats of the request.
#[derive(Debug, Clone, Default)]
pub struct Echo {
    pub(crate) tools: Option<Box<RawValue>>,
    pub(crate) tool_choice: Option<Box<RawValue>>,
    pub(crate) parallel_tool_calls: Option<bool>,
    pub(crate) instructions: Option<String>,
    pub(crate) metadata: Option<Box<RawValue>>,
}

/// What the session of a conversation is derived from. Texts are cut to 512 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seed {
    /// `prompt_cache_key`, as it was sent, or the session that a Messages client names.
    pub prompt_cache_key: Option<String>,
    /// `user`, or `safety_identifier` where that is missing.
    pub user: Option<String>,
    /// The model.
    pub model: String,
    /// The beginning of the system text.
    pub instructions: String,
    /// The beginning of the first thing a person said.
    pub first_user_text: String,
}

/// The answer's own identity, from outside, because nothing here knows the time or chance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Born {
    /// A fresh id without a prefix, such as `0198f6c2a7`; used where the backend has told none.
    pub id: String,
    /// Now, in seconds since the epoch.
    pub created_at: i64,
}
