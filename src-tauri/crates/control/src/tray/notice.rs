//! The three notifications there are. None tells of success.

use store::settings::Notification;

use crate::news::Note;
use crate::text::Reader;

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which switch turns it off.
    pub kind: Notification,
    /// What happened.
    pub title: String,
    /// What it means, and what to do.
    pub body: String,
}

/// The notification that `note` deserves; `None` for what only a page tells.
pub fn notice(note: &Note, reader: &Reader) -> Option<Notice> {
    let words = reader.language.words();
    let fixed = |kind, (title, body): (&str, &str)| Notice {
        kind,
        title: title.to_owned(),
        body: body.to_owned(),
    };
    match note {
        Note::SignedIn { .. } | Note::SignInFailed { .. } => None,
        Note::SignInEnded { .. } => Some(fixed(Notification::SignIn, words.sign_in_ended)),
        Note::PortLost => Some(fixed(Notification::Port, words.port_lost)),
        Note::LimitReached { back_at_ms, .. } => {
            let back = back_at_ms.and_then(|at| reader.moment(at));
            let (title, body) = (words.limit_reached)(back);
            Some(Notice {
                kind: Notification::Limit,
                title,
                body,
            })
        }
    }
}
