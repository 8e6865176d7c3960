//! The tray: draws `control`'s model and turns a click into what it means.
//!
//! The menu's rows are always the same; what changes is drawn at most once a second and only
//! where it differs from what is drawn already.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;
mod pictures;

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use control::state::{Account, AppState, Proxy};
use control::tray::{RowId, TrayModel};
use control::{Complaint, Engine, Settings};
use tauri::{AppHandle, Manager as _, Theme};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

#[cfg(target_os = "linux")]
use self::linux::Shown;
#[cfg(not(target_os = "linux"))]
use self::native::Shown;
use crate::clipboard::Clipboard;
use crate::window::{Spot, Windows};
use crate::words::Words;
use crate::{leaving, page, platform};

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Drawn {
    model: TrayModel,
    is_panel_dark: bool,
}

/// What the person did with the icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Click {
    /// The pointer is on it, or its menu is about to show.
    Pointed,
    /// The icon itself.
    Icon,
    /// A row of its menu.
    Row(RowId),
}

/// Where clicks go. One that finds the shell too busy to take it is lost.
#[derive(Debug, Clone)]
struct Clicks(mpsc::Sender<Click>);

impl Clicks {
    fn send(&self, click: Click) {
        if self.0.try_send(click).is_err() {
            tracing::warn!(name = "tray.click_lost", ?click);
        }
    }
}

/// Draws the tray and follows its clicks until `stop`.
pub(crate) async fn follow(
    app: AppHandle,
    engine: Engine,
    scheme: watch::Receiver<Option<Theme>>,
    clock: Clock,
    stop: CancellationToken,
) {
    let (clicks, clicked) = mpsc::channel(WAITING);
    let sources = Sources {
        states: engine.states(),
        settings: engine.core().settings(),
        scheme,
        clock,
    };
    let drawing = draw(&app, sources, Clicks(clicks));
    let acting = act(&app, &engine, clicked);
    let both = Box::pin(async { tokio::join!(drawing, acting) });
    stop.run_until_cancelled(both).await;
}

/// What the picture depends on.
struct Sources {
    states: watch::Receiver<Arc<AppState>>,
    settings: watch::Receiver<Arc<Settings>>,
    scheme: watch::Receiver<Option<Theme>>,
    clock: Clock,
}

impl Sources {
    /// Waits until something may look different; false where nothing ever will.
    async fn changed(&mut self) -> bool {
        tokio::select! {
            changed = self.states.changed() => changed.is_ok(),
            changed = self.settings.changed() => changed.is_ok(),
            changed = self.scheme.changed() => changed.is_ok(),
            // A limit starts anew although nothing else happens.
            () = self.clock.sleep(A_MINUTE) => true,
        }
    }

    fn drawn(&mut self, words: &Words) -> Drawn {
        let reader = words.reader(&self.settings.borrow_and_update(), &self.clock);
        let preferred = *self.scheme.borrow_and_update();
        Drawn {
            model: control::tray::model(&self.states.borrow_and_update(), &reader),
            is_panel_dark: platform::is_panel_dark(&words.desktop, preferred),
        }
    }
}

async fn draw(app: &AppHandle, mut sources: Sources, clicks: Clicks) {
    let mut drawn = sources.drawn(&app.state::<Words>());
    let Some(mut shown) = Shown::new(app, drawn.clone(), clicks, &sources.clock).await else {
        return;
    };
    while sources.changed().await {
        let now = sources.drawn(&app.state::<Words>());
        if now != drawn {
            shown.draw(app, now.clone()).await;
            drawn = now;
            sources.clock.sleep(A_SECOND).await;
        }
    }
}

async fn act(app: &AppHandle, engine: &Engine, mut clicked: mpsc::Receiver<Click>) {
    while let Some(click) = clicked.recv().await {
        let deed = deed(click, &engine.state());
        if let Err(complaint) = perform(app, engine, deed).await {
            tracing::warn!(name = "tray.failed", ?click, complaint = %complaint.message);
            // The page says what is wrong and offers what helps.
            app.state::<Windows>().open(Spot::Last);
        }
    }
}

/// What a click means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    /// Read the limits if the last reading is old.
    LookAtLimits,
    /// Show the window.
    Open(Spot),
    /// Turn the proxy on or off.
    Proxy(bool),
    /// Put this into the clipboard.
    Copy(String),
    /// Put a key for an app into the clipboard.
    CopyKey,
    /// Show the page in a browser.
    Browse,
    /// End the program, unless requests are being answered.
    Leave,
}

fn deed(click: Click, state: &AppState) -> Deed {
    let row = match click {
        Click::Pointed => return Deed::LookAtLimits,
        Click::Icon => return Deed::Open(Spot::Last),
        Click::Row(row) => row,
    };
    match row {
        RowId::Headline | RowId::OpenWindow => Deed::Open(Spot::Last),
        RowId::ShortLimit | RowId::LongLimit => match state.account {
            Account::None | Account::NeedsSignIn { .. } => Deed::Open(Spot::Account),
            Account::Ok { .. } | Account::Offline { .. } => Deed::Open(Spot::Last),
        },
        RowId::Proxy => Deed::Proxy(matches!(state.proxy, Proxy::Off)),
        RowId::CopyBaseUrl => match &state.proxy {
            Proxy::On { base_url, .. } => Deed::Copy(base_url.clone()),
            Proxy::Off | Proxy::Starting | Proxy::Blocked { .. } => Deed::Open(Spot::Last),
        },
        RowId::CopyKey => Deed::CopyKey,
        RowId::Connect => Deed::Open(Spot::Connect),
        RowId::OpenInBrowser => Deed::Browse,
        RowId::Quit => Deed::Leave,
    }
}

async fn perform(app: &AppHandle, engine: &Engine, deed: Deed) -> Result<(), Complaint> {
    match deed {
        Deed::LookAtLimits => engine.pointed_at(),
        Deed::Open(spot) => app.state::<Windows>().open(spot),
        Deed::Proxy(on) => {
            engine.set_proxy(on).await;
        }
        Deed::Copy(text) => app.state::<Clipboard>().set(&text)?,
        Deed::CopyKey => {
            let key = engine.any_key().await?;
            app.state::<Clipboard>().set(key.reveal())?;
        }
        Deed::Browse => page::browse(app, engine).await?,
        Deed::Leave => leaving::leave(app),
    }
    Ok(())
}

const A_SECOND: Duration = Duration::from_secs(1);
const A_MINUTE: Duration = Duration::from_mins(1);
/// More clicks at once are no clicks a person made.
const WAITING: usize = 16;
