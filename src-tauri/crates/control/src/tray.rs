//! What a tray shows: a pure function of the state and its reader.
//!
//! The rows are always the same; a row never appears or vanishes, only its text, tick and enabled
//! state change. So a menu is built once, and compared row by row afterwards.

mod notice;

pub use self::notice::{Notice, notice};
use crate::headline::{Headline, Level, Sentence, headline};
use crate::state::{Account, AppState, Limit, LimitSpan, Proxy, VaultView};
use crate::text::Words;
pub use crate::text::{Language, Reader};

/// Everything a tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayModel {
    /// The icon's shape.
    pub icon: Level,
    /// What stands beside the pointer.
    pub tooltip: String,
    /// The menu, top down.
    pub rows: Vec<TrayRow>,
}

/// A row of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayRow {
    /// A line between groups.
    Separator,
    /// A row with text.
    Item(TrayItem),
}

/// A row with text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayItem {
    /// What the row is for.
    pub id: RowId,
    /// What it says.
    pub text: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// Whether it is ticked; `None` for rows that never are.
    pub tick: Option<bool>,
}

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowId {
    /// Says how things are; opens the window.
    Headline,
    /// The short limit, or *Sign in…* while nobody is signed in; only that can be chosen.
    ShortLimit,
    /// The long limit.
    LongLimit,
    /// Turns the proxy on and off.
    Proxy,
    /// Copies the base URL.
    CopyBaseUrl,
    /// Copies a key.
    CopyKey,
    /// Shows the cards of apps.
    Connect,
    /// Opens the window.
    OpenWindow,
    /// Opens the page in a browser.
    OpenInBrowser,
    /// Ends the program.
    Quit,
}

/// What a tray shows of `state` to `reader`.
pub fn model(state: &AppState, reader: &Reader) -> TrayModel {
    let words = reader.language.words();
    let now = headline(state, reader.now);
    let says = said(&now, reader);
    let [short, long] = limits(state, reader);
    let item = |id, text: &str, enabled| {
        let text = text.to_owned();
        TrayRow::Item(TrayItem {
            id,
            text,
            enabled,
            tick: None,
        })
    };
    let is_on = matches!(state.proxy, Proxy::On { .. });
    TrayModel {
        icon: now.level,
        tooltip: format!("Postern · {says}"),
        rows: vec![
            // Only a Linux menu has rows that one would click to learn more.
            item(RowId::Headline, &says, cfg!(target_os = "linux")),
            short,
            long,
            TrayRow::Separator,
            proxy(state, words),
            item(RowId::CopyBaseUrl, words.copy_base_url, is_on),
            item(RowId::CopyKey, words.copy_key, is_open(&state.vault)),
            item(RowId::Connect, words.connect, true),
            TrayRow::Separator,
            item(RowId::OpenWindow, words.open_window, true),
            item(RowId::OpenInBrowser, words.open_in_browser, true),
            TrayRow::Separator,
            item(RowId::Quit, words.quit, true),
        ],
    }
}

fn said(now: &Headline, reader: &Reader) -> String {
    let back = match now.says {
        Sentence::LimitReached { back_at_ms, .. } => back_at_ms.and_then(|at| reader.moment(at)),
        _ => None,
    };
    (reader.language.words().sentence)(&now.says, back)
}

fn proxy(state: &AppState, words: &Words) -> TrayRow {
    let (is_on, is_under_way) = match state.proxy {
        Proxy::On { .. } => (true, false),
        Proxy::Starting => (true, true),
        Proxy::Off | Proxy::Blocked { .. } => (false, false),
    };
    let is_known = is_signed_in(&state.account);
    let is_usable = is_known && is_open(&state.vault);
    let text = match is_known || is_on {
        true => words.proxy_on,
        false => words.sign_in_first,
    };
    TrayRow::Item(TrayItem {
        id: RowId::Proxy,
        text: text.to_owned(),
        enabled: (is_usable || is_on) && !is_under_way,
        tick: Some(is_on),
    })
}

fn limits(state: &AppState, reader: &Reader) -> [TrayRow; 2] {
    let words = reader.language.words();
    let row = |id, text: String, enabled| {
        TrayRow::Item(TrayItem {
            id,
            text,
            enabled,
            tick: None,
        })
    };
    let unknown = |name: &str| format!("{name}: {UNKNOWN}");
    if !is_signed_in(&state.account) {
        return [
            row(RowId::ShortLimit, words.sign_in.to_owned(), true),
            row(RowId::LongLimit, UNKNOWN.to_owned(), false),
        ];
    }
    let plan = || state.limits.iter().filter(|limit| limit.feature.is_none());
    let session = plan().find(|limit| limit.span == LimitSpan::Session);
    let long = plan().rfind(|limit| limit.span != LimitSpan::Session);
    let short = match (session, long) {
        (Some(limit), _) => told(limit, reader),
        (None, Some(_)) => words.no_session.to_owned(),
        (None, None) => unknown(words.session),
    };
    let long = long.map_or_else(|| unknown(words.week), |limit| told(limit, reader));
    [
        row(RowId::ShortLimit, short, false),
        row(RowId::LongLimit, long, false),
    ]
}

/// A window in words. One that has started anew since it was read is not known.
fn told(limit: &Limit, reader: &Reader) -> String {
    let words = reader.language.words();
    let name = (words.window)(limit);
    match limit.resets_at_ms {
        Some(at) if at <= reader.now.millis() => format!("{name}: {UNKNOWN}"),
        at => {
            let resets = at.and_then(|at| reader.moment(at));
            (words.left)(&name, limit.left_percent.floor(), resets)
        }
    }
}

fn is_signed_in(account: &Account) -> bool {
    match account {
        Account::Ok { .. } | Account::Offline { .. } => true,
        Account::None | Account::NeedsSignIn { .. } => false,
    }
}

fn is_open(vault: &VaultView) -> bool {
    matches!(vault, VaultView::Ok { .. } | VaultView::SessionOnly)
}

const UNKNOWN: &str = "—";

#[cfg(test)]
mod tests;
