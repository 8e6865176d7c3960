//! What the shell says by itself: two questions and one failure. Everything else that a person
//! reads comes from `control` or stands on the page.

mod en;
mod zh_cn;

use base::Clock;
use control::tray::{Language, Reader};
use control::{Complaint, Environment, Settings};
use jiff::tz::TimeZone;

use crate::platform::Question;

/// Who reads: the system's language and zone.
#[derive(Debug)]
pub(crate) struct Words {
    locale: Option<String>,
    zone: TimeZone,
    /// The desktop's name, as `XDG_CURRENT_DESKTOP` says it; empty elsewhere.
    pub(crate) desktop: String,
}

/// The sentences of one language. A question has a title, a text and two answers; `{n}` is filled
/// in.
#[derive(Debug)]
struct Catalogue {
    closing: [&'static str; 4],
    leaving: [&'static str; 4],
    cannot_start: [&'static str; 2],
}

impl Words {
    /// The words for whoever set up this environment.
    pub(crate) fn of(environment: &Environment) -> Self {
        let desktop = environment.get("XDG_CURRENT_DESKTOP");
        Self {
            locale: locale(environment),
            zone: TimeZone::system(),
            desktop: desktop.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        }
    }

    /// Who reads what the tray shows now.
    pub(crate) fn reader(&self, settings: &Settings, clock: &Clock) -> Reader {
        Reader {
            language: Language::choose(settings.language, self.locale.as_deref()),
            now: clock.now(),
            zone: self.zone.clone(),
        }
    }

    /// Closing the window where no tray brings it back.
    pub(crate) fn closing(language: Language) -> Question {
        question(catalogue(language).closing, 0)
    }

    /// Quitting while `busy` requests are being answered.
    pub(crate) fn leaving(language: Language, busy: usize) -> Question {
        question(catalogue(language).leaving, busy)
    }

    /// Nothing works, and why. Nobody has read the settings, so the system says the language.
    pub(crate) fn cannot_start(&self, complaint: &Complaint) -> Question {
        let default = Settings::default().language;
        let language = Language::choose(default, self.locale.as_deref());
        let [title, close] = catalogue(language).cannot_start;
        let hint = complaint.hint.as_deref().unwrap_or_default();
        Question {
            title: title.to_owned(),
            text: format!("{}\n\n{hint}", complaint.message).trim().to_owned(),
            first: close.to_owned(),
            second: None,
        }
    }
}

fn catalogue(language: Language) -> &'static Catalogue {
    match language {
        Language::English => &en::WORDS,
        Language::Chinese => &zh_cn::WORDS,
    }
}

fn question([title, text, first, second]: [&str; 4], busy: usize) -> Question {
    Question {
        title: title.to_owned(),
        text: text.replace("{n}", &busy.to_string()),
        first: first.to_owned(),
        second: Some(second.to_owned()),
    }
}

/// The language that POSIX's variables name, else the one the system tells.
fn locale(environment: &Environment) -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| environment.get(name)?.into_string().ok())
        .or_else(sys_locale::get_locale)
}

#[cfg(test)]
mod tests;
