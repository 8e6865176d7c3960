//! What macOS and Windows share.

use std::process::Command;

use auto_launch::{AutoLaunch, AutoLaunchBuilder};
use control::Environment;
use rfd::{MessageButtons, MessageDialog, MessageDialogResult, MessageLevel};
use tauri::AppHandle;

use super::{Answer, Question};
use crate::compose::Launch;

/// Asks in a window of the system's own, so that it works where the page does not.
pub(crate) fn ask(
    app: &AppHandle,
    question: Question,
    answer: impl FnOnce(Answer) + Send + 'static,
) -> tauri::Result<()> {
    app.run_on_main_thread(move || {
        let first = question.first.clone();
        let buttons = match question.second {
            Some(second) => MessageButtons::OkCancelCustom(question.first, second),
            None => MessageButtons::OkCustom(question.first),
        };
        let given = MessageDialog::new()
            .set_level(MessageLevel::Info)
            .set_title(question.title)
            .set_description(question.text)
            .set_buttons(buttons)
            .show();
        answer(match given {
            MessageDialogResult::Ok | MessageDialogResult::Yes => Answer::First,
            MessageDialogResult::Custom(said) if said == first => Answer::First,
            MessageDialogResult::Custom(_) | MessageDialogResult::No => Answer::Second,
            MessageDialogResult::Cancel => Answer::Neither,
        });
    })
}

/// Opens addresses the system's way.
#[derive(Debug)]
pub(crate) struct Opener;

impl Opener {
    /// For a program with any environment.
    pub(crate) fn new(_environment: &Environment) -> Self {
        Self
    }

    /// Opens `address`; false where there is nothing to open it with.
    pub(crate) fn open(&self, address: &str) -> bool {
        open::that_detached(address).is_ok()
    }
}

/// Says it through the system's notifications.
pub(crate) async fn notify(title: String, text: String) {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        let mut notice = notify_rust::Notification::new();
        notice
            .appname("Postern")
            .summary(&title)
            .body(&text)
            .show()
            .err()
    });
    if let Ok(Some(fault)) = shown.await {
        tracing::warn!(name = "notice.not_shown", %fault);
    }
}

/// Start at login, as the system keeps it.
#[derive(Debug)]
pub(crate) struct Login(Option<AutoLaunch>);

impl Login {
    /// The entry of this program.
    pub(crate) fn new(_environment: &Environment) -> Self {
        let program = std::env::current_exe().ok();
        Self(program.and_then(|program| {
            AutoLaunchBuilder::new()
                .set_app_name("Postern")
                .set_app_path(program.to_str()?)
                .set_args(&[Launch::BACKGROUND])
                .build()
                .ok()
        }))
    }

    /// Whether the system starts the program; `None` where it cannot.
    pub(crate) fn is_on(&self) -> Option<bool> {
        self.0.as_ref()?.is_enabled().ok()
    }

    /// Has the system start the program at login, or do so no more.
    ///
    /// # Errors
    /// The system refuses; the text says why.
    pub(crate) fn turn(&self, on: bool) -> Result<(), String> {
        let Some(launch) = &self.0 else {
            return Err("this system has no place for programs that start at login".to_owned());
        };
        let turned = match on {
            true => launch.enable(),
            false => launch.disable(),
        };
        turned.map_err(|fault| fault.to_string())
    }
}

/// This program once more, from the file it was started from.
pub(crate) fn itself() -> Command {
    Command::new(std::env::current_exe().unwrap_or_else(|_| "postern-desktop".into()))
}

/// These systems keep copied text themselves.
pub(crate) fn own_clipboard() -> Option<String> {
    None
}
