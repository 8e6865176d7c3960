use std::fmt::Write as _;

use base::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::news::Note;
use crate::state::Blocked;
use crate::state::sample::{limit, on, person, ready, step};

/// Saturday, 21 November 2026, 11:00.
const NOW: Timestamp = Timestamp::from_seconds(1_795_258_800);

fn reader(language: Language) -> Reader {
    Reader {
        language,
        now: NOW,
        zone: TimeZone::UTC,
    }
}

/// A menu as a person would draw it.
fn drawn(state: &AppState, language: Language) -> String {
    let model = model(state, &reader(language));
    let mut text = format!("{:?} · {}\n", model.icon, model.tooltip);
    for row in &model.rows {
        let _ = match row {
            TrayRow::Separator => writeln!(text, "----------"),
            TrayRow::Item(item) => {
                let tick = match item.tick {
                    Some(true) => "✓ ",
                    Some(false) => "☐ ",
                    None => "",
                };
                let off = if item.enabled { "" } else { " (disabled)" };
                writeln!(text, "{tick}{}{off}", item.text)
            }
        };
    }
    text
}

fn after(hours: i64) -> Option<i64> {
    Some(NOW.millis() + hours * 3_600_000)
}

type Named = (&'static str, AppState);

/// Every state that looks different.
fn states() -> Vec<Named> {
    let mut states = well();
    states.extend(limited());
    states.extend(signed_out());
    states.extend(troubled());
    states
}

fn with_limits(limits: Vec<Limit>) -> AppState {
    AppState { limits, ..on() }
}

fn well() -> Vec<Named> {
    use LimitSpan::{Session, Week};
    let both = || vec![limit(Session, 62.4, after(3)), limit(Week, 88.0, after(48))];
    let only_week = vec![limit(Week, 88.0, None)];
    let old = vec![limit(Session, 3.0, after(-1))];
    let proxy = |proxy| AppState {
        proxy,
        ..with_limits(both())
    };
    vec![
        ("on", with_limits(both())),
        ("on without a session", with_limits(only_week)),
        ("on with an old reading", with_limits(old)),
        ("on and nothing known", on()),
        ("ready", ready()),
        ("off", proxy(Proxy::Off)),
        ("starting", proxy(Proxy::Starting)),
    ]
}

fn limited() -> Vec<Named> {
    use LimitSpan::{Session, Week};
    let spent = vec![limit(Session, 0.0, after(3)), limit(Week, 40.0, after(48))];
    let week = |at| with_limits(vec![limit(Week, 0.0, at)]);
    vec![
        ("limit reached", with_limits(spent)),
        ("limit of the week", week(after(48))),
        ("limit of next week", week(after(24 * 9))),
        ("limit without a time", week(None)),
    ]
}

fn signed_out() -> Vec<Named> {
    let with = |account, signing_in| AppState {
        proxy: Proxy::Off,
        account,
        signing_in,
        ..on()
    };
    let ended = Account::NeedsSignIn {
        account: person(),
        why: "w".into(),
    };
    let still_on = AppState {
        account: ended.clone(),
        ..on()
    };
    vec![
        ("signed out", with(Account::None, None)),
        ("signing in", with(Account::None, Some(step()))),
        ("sign in again", with(ended, None)),
        ("sign in again while on", still_on),
    ]
}

fn troubled() -> Vec<Named> {
    let blocked = |why| AppState {
        proxy: Proxy::Blocked { why },
        ..on()
    };
    let vault = |vault| AppState { vault, ..on() };
    let (port, by, free) = (7678, None, None);
    let offline = Account::Offline {
        account: person(),
        host: "chatgpt.com".into(),
    };
    let why = String::new;
    vec![
        ("port taken", blocked(Blocked::PortTaken { port, by, free })),
        (
            "port reserved",
            blocked(Blocked::PortReserved { port, free }),
        ),
        (
            "already running",
            blocked(Blocked::AlreadyRunning { address: None }),
        ),
        ("blocked", blocked(Blocked::Other { message: why() })),
        (
            "offline",
            AppState {
                account: offline,
                ..on()
            },
        ),
        ("vault locked", vault(VaultView::Locked)),
        ("vault passphrase", vault(VaultView::PassphraseNeeded)),
        ("vault missing", vault(VaultView::Missing)),
        ("vault denied", vault(VaultView::Denied)),
        ("vault key gone", vault(VaultView::KeyGone)),
        ("vault damaged", vault(VaultView::Damaged { why: why() })),
    ]
}

#[test]
fn every_state_looks_as_it_was_agreed() {
    for language in [Language::English, Language::Chinese] {
        let all: String = states()
            .iter()
            .map(|(name, state)| format!("# {name}\n{}\n", drawn(state, language)))
            .collect();
        insta::assert_snapshot!(format!("{language:?}"), all);
    }
}

#[test]
fn the_rows_are_always_the_same() {
    let shape = |state: &AppState, language| -> Vec<Option<RowId>> {
        let model = model(state, &reader(language));
        let id = |row: &TrayRow| match row {
            TrayRow::Separator => None,
            TrayRow::Item(item) => Some(item.id),
        };
        model.rows.iter().map(id).collect()
    };
    let first = shape(&on(), Language::English);
    for (name, state) in states() {
        for language in [Language::English, Language::Chinese] {
            assert_eq!(shape(&state, language), first, "{name}");
        }
    }
}

#[test]
fn the_icon_is_the_headlines() {
    for (name, state) in states() {
        let model = model(&state, &reader(Language::English));
        assert_eq!(model.icon, headline(&state, NOW).level, "{name}");
    }
}

#[test]
fn three_notes_are_notified_and_success_is_not() {
    let notes = [
        Note::SignInEnded { why: "w".into() },
        Note::LimitReached {
            span: LimitSpan::Week,
            back_at_ms: after(48),
        },
        Note::LimitReached {
            span: LimitSpan::Week,
            back_at_ms: None,
        },
        Note::PortLost,
    ];
    for language in [Language::English, Language::Chinese] {
        let told: Vec<Notice> = notes
            .iter()
            .filter_map(|note| notice(note, &reader(language)))
            .collect();
        assert_eq!(told.len(), notes.len());
        insta::assert_debug_snapshot!(format!("notices {language:?}"), told);
    }
    let account = person();
    let quiet = notice(&Note::SignedIn { account }, &reader(Language::English));
    assert_eq!(quiet, None);
}
