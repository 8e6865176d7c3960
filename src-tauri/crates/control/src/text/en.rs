//! English.

use jiff::civil::Weekday;

use super::{Moment, Words};
use crate::headline::Sentence;
use crate::state::{Limit, LimitSpan};

pub(super) const WORDS: Words = Words {
    sentence,
    window,
    left,
    no_session: "No 5-hour limit at present",
    session: "5 h",
    week: "Week",
    sign_in: "Sign in…",
    proxy_on: "Proxy on",
    sign_in_first: "Proxy on (sign in first)",
    copy_base_url: "Copy base URL",
    copy_key: "Copy API key",
    connect: "Connect an app…",
    open_window: "Open window",
    open_in_browser: "Open in browser",
    quit: "Quit",
    sign_in_ended: (
        "ChatGPT ended this sign-in",
        "Your settings and keys are kept. Sign in again to go on.",
    ),
    limit_reached,
    port_lost: (
        "Postern lost its port",
        "Your apps cannot connect. Open Postern to see why.",
    ),
};

fn sentence(says: &Sentence, back: Option<Moment>) -> String {
    let said = match says {
        Sentence::VaultLocked => "Your keyring is locked",
        Sentence::VaultPassphrase => "Your passphrase is needed",
        Sentence::VaultMissing => "This system has no keyring",
        Sentence::VaultDenied => "Your keyring refused access",
        Sentence::VaultKeyGone | Sentence::VaultDamaged => "The saved sign-in cannot be opened",
        Sentence::SigningIn => "Signing in",
        Sentence::SignInAgain => "Sign in again",
        Sentence::NotSignedIn => "Not signed in",
        Sentence::PortTaken { port } => return format!("Port {port} is taken"),
        Sentence::PortReserved { port } => return format!("Port {port} is reserved"),
        Sentence::AlreadyRunning => "Postern is already running",
        Sentence::Blocked => "The proxy cannot start",
        Sentence::ProxyOff => "Proxy is off",
        Sentence::Starting => "Starting",
        Sentence::LimitReached { .. } => {
            return match back {
                Some(back) => format!("Limit reached · back {}", then(back)),
                None => "Limit reached".to_owned(),
            };
        }
        Sentence::Offline => "Cannot reach ChatGPT",
        Sentence::Ready => "Ready · no app connected",
        Sentence::On { address } => return format!("On · {address}"),
    };
    said.to_owned()
}

/// A moment with its preposition.
fn then(when: Moment) -> String {
    match when {
        Moment::Clock(_) => format!("at {}", moment(when)),
        Moment::Day(..) | Moment::Date(_) => format!("on {}", moment(when)),
    }
}

fn moment(moment: Moment) -> String {
    match moment {
        Moment::Clock(time) => time.strftime("%H:%M").to_string(),
        Moment::Day(day, time) => format!("{} {}", weekday(day), time.strftime("%H:%M")),
        Moment::Date(date) => date.strftime("%-d %b").to_string(),
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

fn window(limit: &Limit) -> String {
    match (limit.span, limit.minutes) {
        (LimitSpan::Session, _) => "5 h".to_owned(),
        (LimitSpan::Week, _) => "Week".to_owned(),
        (LimitSpan::Month, _) => "Month".to_owned(),
        (LimitSpan::Other, Some(minutes)) if minutes % 1440 == 0 => {
            format!("{} d", minutes / 1440)
        }
        (LimitSpan::Other, Some(minutes)) => format!("{} h", minutes.div_ceil(60)),
        (LimitSpan::Other, None) => "Limit".to_owned(),
    }
}

fn left(name: &str, percent: f64, resets: Option<Moment>) -> String {
    match resets {
        Some(resets) => {
            let resets = moment(resets);
            format!("{name}: {percent:.0}% left · resets {resets}")
        }
        None => format!("{name}: {percent:.0}% left"),
    }
}

fn limit_reached(back: Option<Moment>) -> (String, String) {
    let title = "Limit reached".to_owned();
    let body = match back {
        Some(back) => {
            let back = then(back);
            format!("Back {back}. Until then apps get error 429 with that time.")
        }
        None => "Apps get error 429 until it is over.".to_owned(),
    };
    (title, body)
}
