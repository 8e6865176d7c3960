//! What differs between systems, under the same names on each.
//!
//! - [`prepare`] puts the process right before anything else runs;
//! - [`has_display`] tells whether a window can be shown at all;
//! - [`follow`] watches what only the system knows: the tray, sleep, the network, dark or light;
//! - [`ask`] and [`notify`] speak to the person without a page, [`Opener`] opens one elsewhere;
//! - [`itself`] starts this program once more, and [`own_clipboard`] is what would be lost with it;
//! - [`Login`] starts the program at login, or does so no more.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(target_os = "linux"))]
mod other;
mod pulse;
#[cfg(windows)]
mod windows;

use std::sync::Arc;

use base::{Clock, Tasks};
use control::state::Tray;
use serde::{Deserialize, Serialize};
use tauri::Theme;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::{
    Login, Opener, ask, has_display, is_panel_dark, itself, notify, own_clipboard, prepare,
};
#[cfg(target_os = "macos")]
pub(crate) use self::macos::{has_display, is_panel_dark, prepare};
#[cfg(not(target_os = "linux"))]
pub(crate) use self::other::{Login, Opener, ask, itself, notify, own_clipboard};
#[cfg(windows)]
pub(crate) use self::windows::{has_display, is_panel_dark, prepare};

/// The variables that are read here.
pub(crate) const NAMES: [&str; 11] = [
    "APPIMAGE",
    "GDK_BACKEND",
    "GDK_GL",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "POSTERN_ADDED",
    "WAYLAND_DISPLAY",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "XDG_CURRENT_DESKTOP",
];

/// What the system says without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Whether tray icons are shown.
    Tray(Tray),
    /// The machine woke, or found another network.
    Woke,
    /// What the person prefers, where they do.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "elsewhere the windows hear it themselves")
    )]
    Scheme(Option<Theme>),
}

/// One question. A statement has one answer only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// What it is about.
    pub(crate) title: String,
    /// What each answer means.
    pub(crate) text: String,
    /// The answer that Return gives: the one that costs least if it was not meant.
    pub(crate) first: String,
    /// The other one.
    pub(crate) second: Option<String>,
}

/// What the person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The first one.
    First,
    /// The second one.
    Second,
    /// Nothing: the question was put away.
    Neither,
}

/// Listens to the system until `tasks` wind down.
pub(crate) fn follow(tasks: &Tasks, clock: &Clock, said: impl Fn(Said) + Send + Sync + 'static) {
    let said = Arc::new(said);
    let (woke, clock_of_pulse) = (Arc::clone(&said), clock.clone());
    tasks.spawn("pulse", |stop| {
        pulse::follow(clock_of_pulse, stop, move || woke(Said::Woke))
    });
    #[cfg(target_os = "linux")]
    linux::follow(tasks, clock, &said);
    // The menu bar and the notification area are always there.
    #[cfg(not(target_os = "linux"))]
    said(Said::Tray(Tray::Present));
}
