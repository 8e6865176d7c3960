//! The window: made when it is wanted, hidden when it is closed, gone some minutes later.

mod frame;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use base::{Clock, Tasks};
use control::Settings;
use control::state::Tray;
use parking_lot::Mutex;
use tauri::{AppHandle, Manager as _, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tokio::sync::watch;

use self::frame::Frame;
use crate::platform;

/// What is remembered of the window while there is none.
#[derive(Debug)]
pub(crate) struct Windows {
    clock: Clock,
    tasks: Tasks,
    tray: Mutex<Tray>,
    /// Where the page was, as the part of its address after `#`.
    spot: Mutex<Option<String>>,
    /// The person said that it may vanish although no tray brings it back.
    may_vanish: AtomicBool,
    /// Counts showings and hidings, so that a late end knows that it is late.
    turns: AtomicU64,
}

/// Where a window opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Where it was left.
    Last,
    /// The account, where one signs in.
    Account,
    /// The cards of apps.
    Connect,
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It is hidden; the tray brings it back.
    Hide,
    /// The program ends, because the person wants it so.
    Leave,
    /// The person is asked, because nothing visible would bring it back.
    Ask,
}

impl Windows {
    /// No window yet.
    pub(crate) fn new(clock: Clock, tasks: Tasks) -> Self {
        Self {
            clock,
            tasks,
            tray: Mutex::new(Tray::Unknown),
            spot: Mutex::new(None),
            may_vanish: AtomicBool::new(false),
            turns: AtomicU64::new(0),
        }
    }

    /// Takes note of whether a tray would bring the window back.
    pub(crate) fn set_tray(&self, tray: Tray) {
        *self.tray.lock() = tray;
    }

    /// What closing the window does now.
    pub(crate) fn closing(&self, keeps_running: bool) -> Closing {
        let may_vanish = self.may_vanish.load(Ordering::SeqCst);
        closing(&self.tray.lock(), keeps_running, may_vanish)
    }

    /// Takes note that the person wants it hidden in any case; nobody is asked twice.
    pub(crate) fn let_vanish(&self) {
        self.may_vanish.store(true, Ordering::SeqCst);
    }

    fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// With a tray the person's setting counts. Without one they are asked, because they would have
/// neither a window nor a way to get it back; `may_vanish` is what they answered.
fn closing(tray: &Tray, keeps_running: bool, may_vanish: bool) -> Closing {
    match tray {
        Tray::Present if keeps_running => Closing::Hide,
        Tray::Present => Closing::Leave,
        Tray::Absent { .. } | Tray::Unknown if may_vanish => Closing::Hide,
        Tray::Absent { .. } | Tray::Unknown => Closing::Ask,
    }
}

/// Shows the window at `spot`; makes it where there is none.
pub(crate) fn open(app: &AppHandle, spot: Spot) {
    let of = app.clone();
    let asked = app.run_on_main_thread(move || {
        of.state::<Windows>().turn();
        let shown = match of.get_webview_window(MAIN) {
            Some(window) => show(&window, spot),
            None => make(&of, spot),
        };
        if let Err(fault) = shown {
            tracing::error!(name = "window.not_shown", %fault);
        }
    });
    if let Err(fault) = asked {
        tracing::error!(name = "window.not_asked", %fault);
    }
}

/// The window, where there is one that can be seen.
pub(crate) fn visible(app: &AppHandle) -> Option<WebviewWindow> {
    let window = app.get_webview_window(MAIN)?;
    window.is_visible().unwrap_or(false).then_some(window)
}

/// Hides the window, and takes it down when nobody wants it back for a while: a web view costs
/// more memory than everything else together.
pub(crate) fn hide(app: &AppHandle, kept: Duration) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let windows = app.state::<Windows>();
    *windows.spot.lock() = window
        .url()
        .ok()
        .and_then(|url| Some(url.fragment()?.into()));
    frame::keep(&window, &app.state::<Corner>().0);
    if let Err(fault) = window.hide() {
        tracing::warn!(name = "window.not_hidden", %fault);
    }
    let turn = windows.turn();
    let (of, clock) = (app.clone(), windows.clock.clone());
    windows.tasks.spawn("window", |stop| async move {
        let waited = stop.run_until_cancelled(clock.sleep(kept)).await;
        if waited.is_some() && of.state::<Windows>().turns.load(Ordering::SeqCst) == turn {
            tracing::info!(name = "window.destroyed");
            let _ = window.destroy();
            clock.sleep(LEAVING).await;
            if of.get_webview_window(MAIN).is_none() {
                platform::end_helpers();
            }
        }
    });
}

/// Gives the window's frame the colours that the person wants, here or on the whole desktop.
pub(crate) async fn follow_colours(
    app: &AppHandle,
    mut settings: watch::Receiver<Arc<Settings>>,
    mut preferred: watch::Receiver<Option<Theme>>,
) {
    loop {
        let wanted = settings.borrow_and_update().theme;
        app.set_theme(colours(wanted, *preferred.borrow_and_update()));
        let changed = tokio::select! {
            changed = settings.changed() => changed,
            changed = preferred.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

fn colours(wanted: control::Theme, preferred: Option<Theme>) -> Option<Theme> {
    match wanted {
        control::Theme::System => preferred,
        control::Theme::Light => Some(Theme::Light),
        control::Theme::Dark => Some(Theme::Dark),
    }
}

/// The folder for what belongs to the window alone.
#[derive(Debug)]
pub(crate) struct Corner(pub(crate) PathBuf);

fn show(window: &WebviewWindow, spot: Spot) -> tauri::Result<()> {
    if let Some(name) = spot.name() {
        // The names are our own, so this is no way in.
        window.eval(format!("location.hash = '/{name}'"))?;
    }
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn make(app: &AppHandle, spot: Spot) -> tauri::Result<()> {
    let windows = app.state::<Windows>();
    let corner = &app.state::<Corner>().0;
    let at = match spot.name() {
        Some(name) => Some(format!("/{name}")),
        None => windows.spot.lock().clone(),
    };
    let frame = Frame::read(corner);
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(address(at).into()))
        .title("Postern")
        .inner_size(frame.width, frame.height)
        .min_inner_size(frame::LEAST.0, frame::LEAST.1)
        .maximized(frame.is_maximized)
        .prevent_overflow()
        .data_directory(corner.join("page"))
        .enable_clipboard_access()
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    window.set_focus()
}

fn address(at: Option<String>) -> String {
    match at {
        Some(at) => format!("index.html#{at}"),
        None => "index.html".to_owned(),
    }
}

/// The page never leaves itself: other addresses are opened by `control`, in the person's browser.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => match url.host_str() {
            Some("tauri.localhost") => true,
            Some("127.0.0.1") => cfg!(not(feature = "custom-protocol")),
            _ => false,
        },
        "about" => url.as_str() == "about:blank",
        _ => false,
    }
}

impl Spot {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Last => None,
            Self::Account => Some("account"),
            Self::Connect => Some("connect"),
        }
    }
}

/// The label of the only window; the capability file names it.
pub(crate) const MAIN: &str = "main";

/// How long the page's processes get to end by themselves.
const LEAVING: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_only_vanishes_where_something_brings_it_back() {
        let absent = Tray::Absent {
            why: "nothing shows it".to_owned(),
        };
        for (tray, keeps_running, may_vanish, expected) in [
            (Tray::Present, true, false, Closing::Hide),
            (Tray::Present, false, false, Closing::Leave),
            (Tray::Present, false, true, Closing::Leave),
            (absent.clone(), true, false, Closing::Ask),
            (absent.clone(), false, false, Closing::Ask),
            (absent, false, true, Closing::Hide),
            (Tray::Unknown, true, false, Closing::Ask),
            (Tray::Unknown, true, true, Closing::Hide),
        ] {
            let does = closing(&tray, keeps_running, may_vanish);
            assert_eq!(does, expected, "{tray:?} {keeps_running} {may_vanish}");
        }
    }

    #[test]
    fn closing_follows_the_tray_as_it_comes_and_goes() {
        let windows = Windows::new(Clock::system(), Tasks::new());
        assert_eq!(windows.closing(true), Closing::Ask);
        windows.set_tray(Tray::Present);
        assert_eq!(windows.closing(true), Closing::Hide);
        windows.set_tray(Tray::Unknown);
        assert_eq!(windows.closing(true), Closing::Ask);
        windows.let_vanish();
        assert_eq!(windows.closing(true), Closing::Hide);
    }

    #[test]
    fn the_page_never_leaves_itself() {
        for (url, expected) in [
            ("tauri://localhost/index.html#/home", true),
            ("http://tauri.localhost/index.html", true),
            ("https://auth.openai.com/", false),
            ("http://127.0.0.1:7678/v1", false),
            ("http://tauri.localhost.example/", false),
            ("file:///etc/passwd", false),
            ("about:blank", true),
            ("data:text/html,hello", false),
        ] {
            assert_eq!(is_ours(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_window_opens_where_it_was_left_or_where_it_is_wanted() {
        assert_eq!(address(None), "index.html");
        assert_eq!(
            address(Some("/requests".to_owned())),
            "index.html#/requests"
        );
        assert_eq!(Spot::Connect.name(), Some("connect"));
        assert_eq!(Spot::Last.name(), None);
    }
}
