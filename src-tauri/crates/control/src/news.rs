//! What happens, as it reaches a window, a tray or a page.

mod feed;

use serde::Serialize;
use ts_rs::TS;

pub use self::feed::Newsfeed;
use crate::state::{AppState, LimitSpan};
use crate::view::RequestRow;
use crate::{AccountView, Complaint};

/// One piece of news. Numbers count up by one; whoever misses one asks for the whole state.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct News {
    /// Its number among the news of one listener, from 1.
    pub number: u64,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "is", content = "with", rename_all = "camelCase")]
pub enum What {
    /// The state as it is now; at most one a second.
    State(Box<AppState>),
    /// Requests that ended, in their order; at most once a second.
    Requests(Vec<RequestRow>),
    /// A piece of the answer to `tryIt`, at once.
    TryIt(TryIt),
    /// Something a person should be told once, at once.
    Note(Note),
}

/// A piece of the answer to `tryIt`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TryIt {
    /// More text.
    Delta {
        /// The text.
        text: String,
    },
    /// The answer is whole.
    Done {
        /// The model that answered.
        model: String,
        /// Milliseconds from the request to the first piece of text.
        first_text_ms: Option<u64>,
        /// Milliseconds from the request to the end.
        total_ms: u64,
        /// Tokens read.
        input_tokens: Option<u64>,
        /// Tokens written.
        output_tokens: Option<u64>,
    },
    /// The person stopped it.
    Stopped,
    /// There is no answer.
    Failed {
        /// Why.
        complaint: Complaint,
    },
}

/// Something a person should be told once.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Note {
    /// A sign-in worked.
    SignedIn {
        /// Who.
        account: AccountView,
    },
    /// A sign-in did not work. One that the person gave up says nothing.
    SignInFailed {
        /// Why.
        complaint: Complaint,
    },
    /// The sign-in that requests use has ended.
    SignInEnded {
        /// Why, as a sentence.
        why: String,
    },
    /// The plan's limit is reached.
    LimitReached {
        /// The window that is used up.
        span: LimitSpan,
        /// When requests are answered again.
        back_at_ms: Option<i64>,
    },
    /// The local server was on and listens no more, though it should.
    PortLost,
}
