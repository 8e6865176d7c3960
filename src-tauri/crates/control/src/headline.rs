//! The one sentence that says how things are: a pure table, the first row that matches wins.
//!
//! | | when | level | id | action |
//! |---|---|---|---|---|
//! | 1 | secrets cannot be read | problem | `vault…` | `unlock`, `givePassphrase`, `chooseVault`, `startOver` |
//! | 2 | the sign-in has ended, or nobody is signed in, and one is under way | starting | `signingIn` | `signIn` |
//! | 3 | the sign-in has ended | sign-in | `signInAgain` | `signIn` |
//! | 4 | nobody is signed in | sign-in | `notSignedIn` | `signIn` |
//! | 5 | the port cannot be had | problem | `portTaken`, `portReserved`, `alreadyRunning`, `blocked` | `seeWhy` |
//! | 6 | the proxy is off | off | `proxyOff` | `turnOn` |
//! | 7 | the proxy starts | starting | `starting` | |
//! | 8 | the plan's limit is reached | limit | `limitReached` | |
//! | 9 | ChatGPT cannot be reached | problem | `offline` | `tryAgain` |
//! | 10 | no app was seen yet | on | `ready` | `connect` |
//! | 11 | otherwise | on | `on` | |

use base::Timestamp;
use serde::Serialize;
use ts_rs::TS;

use crate::state::{Account, AppState, Blocked, LimitSpan, Proxy, VaultView};

/// How things are, in one sentence and one button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Headline {
    /// The icon's shape and the colour of the sentence.
    pub level: Level,
    /// The sentence, with what it is about.
    pub says: Sentence,
    /// The one thing to do about it.
    pub action: Option<ActionId>,
}

/// The six shapes of the icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// An outline.
    Off,
    /// An outline with a dot.
    Starting,
    /// Filled.
    On,
    /// Filled, with a key notch.
    SignIn,
    /// Filled, with a bar.
    Limit,
    /// Filled, with a slash.
    Problem,
}

/// A sentence of the catalogue by its id, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "id", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Sentence {
    /// Your keyring is locked.
    VaultLocked,
    /// The saved secrets need their passphrase.
    VaultPassphrase,
    /// This system has no keyring.
    VaultMissing,
    /// The keyring refused access.
    VaultDenied,
    /// The saved sign-in cannot be opened: its key is gone.
    VaultKeyGone,
    /// The saved sign-in cannot be opened: its file is damaged.
    VaultDamaged,
    /// A sign-in is under way.
    SigningIn,
    /// Sign in again.
    SignInAgain,
    /// Not signed in.
    NotSignedIn,
    /// The port is taken.
    PortTaken {
        /// Which.
        port: u16,
    },
    /// The system has reserved the port.
    PortReserved {
        /// Which.
        port: u16,
    },
    /// Another Postern serves this folder.
    AlreadyRunning,
    /// The proxy cannot start.
    Blocked,
    /// The proxy is off.
    ProxyOff,
    /// The proxy starts.
    Starting,
    /// The plan's limit is reached.
    LimitReached {
        /// The window that is used up.
        span: LimitSpan,
        /// When requests are answered again.
        back_at_ms: Option<i64>,
    },
    /// ChatGPT cannot be reached.
    Offline,
    /// On, and no app was seen yet.
    Ready,
    /// On.
    On {
        /// Where, as `127.0.0.1:7678`.
        address: String,
    },
}

/// What the headline's button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActionId {
    /// Ask the keyring again: `vaultRetry`.
    Unlock,
    /// Ask for the passphrase: `vaultChoose`.
    GivePassphrase,
    /// Offer the ways to keep secrets: `vaultChoose`.
    ChooseVault,
    /// Put the file aside and sign in: `vaultStartOver`.
    StartOver,
    /// Show the sign-in.
    SignIn,
    /// Show why the port cannot be had, with a free one to use instead.
    SeeWhy,
    /// `setProxy`.
    TurnOn,
    /// `tryNow`.
    TryAgain,
    /// Show the cards of apps.
    Connect,
}

/// The headline of `state` at `now`; whatever [`AppState::headline`] holds does not count.
pub fn headline(state: &AppState, now: Timestamp) -> Headline {
    vault(&state.vault)
        .or_else(|| account(state))
        .or_else(|| proxy(&state.proxy))
        .or_else(|| limit(state, now))
        .or_else(|| offline(&state.account))
        .unwrap_or_else(|| on(state))
}

impl Headline {
    const fn new(level: Level, says: Sentence, action: Option<ActionId>) -> Self {
        Self {
            level,
            says,
            action,
        }
    }
}

fn vault(vault: &VaultView) -> Option<Headline> {
    let (says, action) = match vault {
        VaultView::Ok { .. } | VaultView::SessionOnly => return None,
        VaultView::Locked => (Sentence::VaultLocked, ActionId::Unlock),
        VaultView::PassphraseNeeded | VaultView::WrongPassphrase => {
            (Sentence::VaultPassphrase, ActionId::GivePassphrase)
        }
        VaultView::Missing => (Sentence::VaultMissing, ActionId::ChooseVault),
        VaultView::Denied => (Sentence::VaultDenied, ActionId::Unlock),
        VaultView::KeyGone => (Sentence::VaultKeyGone, ActionId::StartOver),
        VaultView::Damaged { .. } => (Sentence::VaultDamaged, ActionId::StartOver),
    };
    Some(Headline::new(Level::Problem, says, Some(action)))
}

fn account(state: &AppState) -> Option<Headline> {
    let (level, says) = match (&state.account, &state.signing_in) {
        (Account::Ok { .. } | Account::Offline { .. }, _) => return None,
        (Account::NeedsSignIn { .. } | Account::None, Some(_)) => {
            (Level::Starting, Sentence::SigningIn)
        }
        (Account::NeedsSignIn { .. }, None) => (Level::SignIn, Sentence::SignInAgain),
        (Account::None, None) => (Level::SignIn, Sentence::NotSignedIn),
    };
    Some(Headline::new(level, says, Some(ActionId::SignIn)))
}

fn proxy(proxy: &Proxy) -> Option<Headline> {
    match proxy {
        Proxy::On { .. } => None,
        Proxy::Off => Some(Headline::new(
            Level::Off,
            Sentence::ProxyOff,
            Some(ActionId::TurnOn),
        )),
        Proxy::Starting => Some(Headline::new(Level::Starting, Sentence::Starting, None)),
        Proxy::Blocked { why } => {
            let says = match why {
                Blocked::PortTaken { port, .. } => Sentence::PortTaken { port: *port },
                Blocked::PortReserved { port, .. } => Sentence::PortReserved { port: *port },
                Blocked::AlreadyRunning { .. } => Sentence::AlreadyRunning,
                Blocked::Other { .. } => Sentence::Blocked,
            };
            Some(Headline::new(Level::Problem, says, Some(ActionId::SeeWhy)))
        }
    }
}

/// Of several windows that are used up, the one that ends last is the one that binds.
fn limit(state: &AppState, now: Timestamp) -> Option<Headline> {
    let is_over = |at: Option<i64>| at.is_some_and(|at| at <= now.millis());
    let used_up = state
        .limits
        .iter()
        .filter(|limit| limit.feature.is_none() && limit.left_percent <= 0.0)
        .filter(|limit| !is_over(limit.resets_at_ms))
        .max_by_key(|limit| (limit.resets_at_ms, limit.minutes));
    let stop = state.stopped_until_ms.filter(|at| !is_over(Some(*at)));
    let (span, back_at_ms) = match (used_up, stop) {
        (None, None) => return None,
        (None, Some(stop)) => (LimitSpan::Other, Some(stop)),
        (Some(limit), stop) => (limit.span, limit.resets_at_ms.max(stop)),
    };
    Some(Headline::new(
        Level::Limit,
        Sentence::LimitReached { span, back_at_ms },
        None,
    ))
}

fn offline(account: &Account) -> Option<Headline> {
    match account {
        Account::Offline { .. } => Some(Headline::new(
            Level::Problem,
            Sentence::Offline,
            Some(ActionId::TryAgain),
        )),
        Account::None | Account::Ok { .. } | Account::NeedsSignIn { .. } => None,
    }
}

fn on(state: &AppState) -> Headline {
    let address = match &state.proxy {
        Proxy::On { address, .. } => address.clone(),
        Proxy::Off | Proxy::Starting | Proxy::Blocked { .. } => String::new(),
    };
    if state
        .clients
        .iter()
        .any(|client| client.last_seen_ms.is_some())
    {
        Headline::new(Level::On, Sentence::On { address }, None)
    } else {
        Headline::new(Level::On, Sentence::Ready, Some(ActionId::Connect))
    }
}

#[cfg(test)]
mod tests;
