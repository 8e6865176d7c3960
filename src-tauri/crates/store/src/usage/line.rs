//! What one line says.

use std::fmt;
use std::str::FromStr;

use base::Timestamp;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ended {
    /// The whole answer was sent.
    Whole,
    /// The answer ended early by the backend's own decision: a length limit, a content filter.
    Incomplete,
    /// The door, the translation, or the backend said no before an answer began.
    Refused,
    /// The backend failed or could not be reached.
    UpstreamFailed,
    /// The client hung up first; what a line says unless someone says better.
    #[default]
    ClientLeft,
    /// This program was stopping.
    Shutdown,
}

impl Ended {
    /// Every way, for tables.
    pub const ALL: [Self; 6] = [
        Self::Whole,
        Self::Incomplete,
        Self::Refused,
        Self::UpstreamFailed,
        Self::ClientLeft,
        Self::Shutdown,
    ];

    /// The word for it in the database and in scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Incomplete => "incomplete",
            Self::Refused => "refused",
            Self::UpstreamFailed => "upstream_failed",
            Self::ClientLeft => "client_left",
            Self::Shutdown => "shutdown",
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Ended {
    type Err = UnknownEnd;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|ended| ended.as_str() == word)
            .ok_or(UnknownEnd)
    }
}

/// The word names no way to end; a newer Postern may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown end")]
pub struct UnknownEnd;

/// One request, told in metadata.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The id in `x-postern-request-id`.
    pub request_id: String,
    /// When the request arrived.
    pub at: Timestamp,
    /// The local key's id; none where the key was wrong or missing.
    pub key_id: Option<String>,
    /// The local key's name at that time.
    pub key_name: Option<String>,
    /// The account that was asked.
    pub account: Option<String>,
    /// The dialect that was spoken: `responses`, `chat`, ….
    pub dialect: String,
    /// The path, without its query.
    pub path: String,
    /// The model that was asked for.
    pub model: Option<String>,
    /// True where the client asked for a stream.
    pub stream: bool,
    /// The HTTP status that was sent.
    pub status: u16,
    /// How it ended.
    pub ended: Ended,
    /// The fault's code, if there was one.
    pub fault: Option<String>,
    /// How often the backend was asked.
    pub attempts: u32,
    /// Milliseconds from arrival to the first byte of the answer's body.
    pub first_byte_ms: Option<u32>,
    /// Milliseconds from arrival to the end.
    pub total_ms: u32,
    /// Tokens read.
    pub input_tokens: Option<u64>,
    /// Of those, tokens served from the backend's cache.
    pub cached_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// Of those, tokens of reasoning.
    pub reasoning_tokens: Option<u64>,
    /// Fields that could not be honoured.
    pub ignored: Vec<String>,
    /// The backend's own id for the request.
    pub upstream_request_id: Option<String>,
    /// The origin that was refused, so that a person can allow it.
    pub origin: Option<String>,
}

impl Line {
    /// Cuts what others wrote: one line must not take the room of all the others.
    pub(super) fn bound(&mut self) {
        let said = [
            &mut self.model,
            &mut self.fault,
            &mut self.upstream_request_id,
        ];
        said.into_iter().flatten().for_each(cut);
        cut(&mut self.path);
        self.ignored.truncate(NAMES);
        self.ignored.iter_mut().for_each(cut);
    }
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
    }
}

/// Characters of a text that is not ours.
const LONGEST: usize = 200;
/// Names of fields that could not be honoured; a request of an honest client has a few.
const NAMES: usize = 64;
