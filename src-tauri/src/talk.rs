//! What the program and the process of its window say to each other: one line of JSON each, over
//! the window's standard input and output.
//!
//! Both ends are the same program file, so neither has to bear a stranger's words. Whoever finds
//! the pipe closed ends: no window outlives its program.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::Theme;

use crate::platform::{Answer, Question};

/// The argument that makes a process the window of another; the folder for its own things follows.
pub(crate) const VIEW: &str = "--view";

/// What the program tells its window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum ToView {
    /// Show yourself, at this place of the page, the part of its address after `#`.
    Show(Option<String>),
    /// Be gone from the screen, and stay.
    Hide,
    /// The colours of the frame; `None` leaves them to the desktop.
    Colours(Option<Theme>),
    /// What the page hears of, as `control` made it.
    News(Value),
    /// What an ask came to.
    Answer(u64, Result<Value, Value>),
    /// Ask the person this, in front of the page.
    Question(Question),
}

/// What a window tells its program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum ToProgram {
    /// The page asks; the number comes back with the answer.
    Ask(u64, Value),
    /// The person closes the window, which waits to be told what that means.
    Closing,
    /// It is hidden, and the page was at this place.
    Hidden(Option<String>),
    /// Whether the person's keys go to it.
    Focused(bool),
    /// What the person answered.
    Answered(Answer),
    /// Text from the page that only this process holds for the clipboard, and it ends.
    Copied(String),
    /// No window can be shown; why, for the log.
    Failed(String),
}

/// A message as a line, its end included.
///
/// # Errors
/// The message holds what JSON cannot say, which none of these does.
pub(crate) fn line(message: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_message_is_one_line_that_reads_back() {
        let question = Question {
            title: "Close?\nReally?".to_owned(),
            text: "…".to_owned(),
            first: "Stay".to_owned(),
            second: None,
        };
        for message in [
            ToView::Show(None),
            ToView::Show(Some("/account".to_owned())),
            ToView::Hide,
            ToView::Colours(Some(Theme::Dark)),
            ToView::Colours(None),
            ToView::News(json!({"text": "a\nb"})),
            ToView::Answer(7, Ok(Value::Null)),
            ToView::Answer(8, Err(json!({"code": "other"}))),
            ToView::Question(question),
        ] {
            let line = line(&message).unwrap();
            let (end, text) = line.split_last().unwrap();
            assert_eq!(*end, b'\n');
            assert!(!text.contains(&b'\n'), "{message:?}");
            assert_eq!(serde_json::from_slice::<ToView>(text).unwrap(), message);
        }
        let answered = ToProgram::Answered(Answer::Second);
        let line = line(&answered).unwrap();
        assert_eq!(
            serde_json::from_slice::<ToProgram>(&line).unwrap(),
            answered
        );
    }
}
