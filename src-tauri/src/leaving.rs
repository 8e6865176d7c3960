//! Closing the window, quitting, and what is done before the process ends.
//!
//! Whatever ends the program, it leaves through [`wind_down`]: requests are drained, the port and
//! the lock are free, the log is written.

use std::time::Duration;

use control::Engine;
use control::tray::Language;
use tauri::{AppHandle, Manager as _};

use crate::compose::Running;
use crate::platform::{self, Answer};
use crate::window::{self, Closing, Windows};
use crate::words::Words;

/// The person closed the window.
pub(crate) fn close(app: &AppHandle) {
    let keeps_running = app
        .state::<Running>()
        .engine
        .core()
        .settings()
        .borrow()
        .keep_running;
    match app.state::<Windows>().closing(keeps_running) {
        Closing::Hide => window::hide(app),
        Closing::Leave => leave(app),
        Closing::Ask => {
            let of = app.clone();
            let question = Words::closing(language(app));
            let asked = platform::ask(app, question, move |answer| match answer {
                Answer::First => {
                    of.state::<Windows>().let_vanish();
                    window::hide(&of);
                }
                Answer::Second => leave(&of),
                Answer::Neither => {}
            });
            if let Err(fault) = asked {
                tracing::error!(name = "window.not_asked", %fault);
            }
        }
    }
}

/// Ends the program; asks first while requests are being answered.
pub(crate) fn leave(app: &AppHandle) {
    let busy = app.state::<Engine>().state().in_flight;
    if busy == 0 {
        return app.exit(0);
    }
    let of = app.clone();
    let question = Words::leaving(language(app), busy);
    let asked = platform::ask(app, question, move |answer| match answer {
        Answer::Second => of.exit(0),
        Answer::First | Answer::Neither => {}
    });
    if let Err(fault) = asked {
        tracing::error!(name = "quit.not_asked", %fault);
    }
}

fn language(app: &AppHandle) -> Language {
    let running = app.state::<Running>();
    let settings = running.engine.core().settings();
    let reader = app
        .state::<Words>()
        .reader(&settings.borrow(), &running.clock);
    reader.language
}

/// Takes everything apart, in the order in which it was needed.
pub(crate) fn wind_down(app: &AppHandle) {
    if let Some(window) = window::visible(app) {
        let _ = window.hide();
    }
    let Some(running) = app.try_state::<Running>() else {
        return;
    };
    let (engine, tasks) = (running.engine.clone(), running.tasks.clone());
    tauri::async_runtime::block_on(async {
        tasks.wind_down(GRACE).await;
        // A second signal does not wait for running requests.
        tokio::select! {
            closed = engine.close() => if let Err(complaint) = closed {
                tracing::error!(name = "close.failed", %complaint);
            },
            () = signalled() => {}
        }
    });
}

/// Returns when the process is asked to end.
#[cfg(unix)]
pub(crate) async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Returns when the process is asked to end.
#[cfg(not(unix))]
pub(crate) async fn signalled() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// How long what runs beside the window gets to leave.
const GRACE: Duration = Duration::from_secs(2);
