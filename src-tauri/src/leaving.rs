//! Closing the window, quitting, and what is done before the process ends.
//!
//! Whatever ends the program, it leaves through [`wind_down`]: requests are drained, the port and
//! the lock are free, the log is written.

use std::sync::atomic::Ordering;
use std::time::Duration;

use control::tray::Language;
use tauri::{AppHandle, Manager as _};

use crate::compose::Running;
use crate::platform::{Answer, Question};
use crate::signals::Signals;
use crate::window::{Closing, Order, Windows};
use crate::words::Words;

/// The person closed the window.
pub(crate) fn close(app: &AppHandle) {
    let settings = app.state::<Running>().engine.core().settings();
    let keeps_running = settings.borrow().keep_running;
    match app.state::<Windows>().closing(keeps_running) {
        Closing::Hide => hide(app),
        Closing::Leave => leave(app),
        Closing::Ask => ask(
            app,
            Words::closing(language(app)),
            |app, answer| match answer {
                Answer::First => {
                    app.state::<Windows>().let_vanish();
                    hide(app);
                }
                Answer::Second => leave(app),
                Answer::Neither => {}
            },
        ),
    }
}

fn hide(app: &AppHandle) {
    let settings = app.state::<Running>().engine.core().settings();
    let kept = settings.borrow().keep_window;
    app.state::<Windows>().order(Order::Hide(kept));
}

/// Ends the program; asks first while requests are being answered.
pub(crate) fn leave(app: &AppHandle) {
    let busy = app.state::<Running>().engine.state().in_flight;
    if busy == 0 {
        return app.exit(0);
    }
    let question = Words::leaving(language(app), busy);
    ask(app, question, |app, answer| match answer {
        Answer::Second => app.exit(0),
        Answer::First | Answer::Neither => {}
    });
}

/// Asks one question at a time: whoever closes a window twice is not asked twice.
fn ask(app: &AppHandle, question: Question, then: fn(&AppHandle, Answer)) {
    let running = app.state::<Running>();
    if running.is_asking.swap(true, Ordering::SeqCst) {
        return;
    }
    let reply = Box::new(move |app: &AppHandle, answer| {
        app.state::<Running>()
            .is_asking
            .store(false, Ordering::SeqCst);
        then(app, answer);
    });
    let windows = app.state::<Windows>();
    if !windows.order(Order::Ask(question, reply)) {
        running.is_asking.store(false, Ordering::SeqCst);
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
    let Some(running) = app.try_state::<Running>() else {
        return;
    };
    let (engine, tasks) = (running.engine.clone(), running.tasks.clone());
    let mut again = Signals::listen();
    tauri::async_runtime::block_on(async {
        tasks.wind_down(GRACE).await;
        // A second signal does not wait for running requests.
        tokio::select! {
            closed = engine.close() => if let Err(complaint) = closed {
                tracing::error!(name = "close.failed", %complaint);
            },
            () = again.heard() => {}
        }
    });
}

/// How long what runs beside the window gets to leave.
const GRACE: Duration = Duration::from_secs(2);
