//! What a busy person's apps ask for.
//!
//! Two coding agents in turn, an editor that completes, a chat window, and what goes wrong with
//! them: 900 requests an hour, so 5400 in six. Nobody works much harder than this, since an agent
//! that waits for an answer asks for nothing else.

use base::Chance;

/// One thing that an app does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// `/v1/responses`, streamed, nothing stored: the Codex CLI.
    Responses,
    /// The same in one piece.
    ResponsesWhole,
    /// Stored, and continued by the next of the same app.
    ResponsesStored,
    /// `/v1/messages`, streamed: Claude Code.
    Messages,
    MessagesWhole,
    /// `/v1/chat/completions`, streamed.
    Chat,
    ChatWhole,
    /// `/v1/completions` that end at a word: an editor.
    Completions,
    Models,
    /// The backend fails.
    Fails,
    /// The backend's stream breaks off.
    BreaksOff,
    /// The app leaves in the middle of an answer.
    HangsUp,
    /// The app says something that is no request.
    Nonsense,
    /// The app has no good key.
    Stranger,
    /// The plan's limit is reached.
    Limit,
    /// The limit was reached a moment ago.
    Stopped,
}

impl Act {
    /// The statuses that the answer may have.
    pub(crate) fn deserves(self) -> &'static [u16] {
        match self {
            Self::Fails => &[502],
            Self::Nonsense => &[400],
            // Hours pass in seconds here, and who guesses that often is told to stop.
            Self::Stranger => &[401, 429],
            Self::Limit | Self::Stopped => &[429],
            _ => &[200],
        }
    }
}

/// How often each happens in an hour.
const HOUR: [(Act, usize); 14] = [
    (Act::Responses, 240),
    (Act::ResponsesWhole, 50),
    (Act::ResponsesStored, 60),
    (Act::Messages, 180),
    (Act::MessagesWhole, 20),
    (Act::Chat, 100),
    (Act::ChatWhole, 40),
    (Act::Completions, 100),
    (Act::Models, 30),
    (Act::Fails, 10),
    (Act::BreaksOff, 10),
    (Act::HangsUp, 30),
    (Act::Nonsense, 15),
    (Act::Stranger, 15),
];

/// How often the load rests to be looked at.
pub(crate) const SLICES: usize = 24;

/// So many hours, mixed: the same every time.
pub(crate) fn acts(hours: usize) -> Vec<Act> {
    let hour = HOUR.iter().flat_map(|(act, count)| vec![*act; *count]);
    let mut acts: Vec<Act> = (0..hours).flat_map(|_| hour.clone()).collect();
    let chance = Chance::seeded(7);
    for last in (1..acts.len()).rev() {
        let other = chance.below(last as u64 + 1);
        acts.swap(last, usize::try_from(other).unwrap());
    }
    acts
}
