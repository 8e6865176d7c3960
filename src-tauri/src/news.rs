//! `control`'s news: an event for the window, and a notification for the three things a person
//! should hear of without one.

use std::sync::Arc;

use control::Engine;
use control::news::{News, What};
use tauri::{AppHandle, Emitter as _, EventTarget, Manager as _};
use tokio_util::sync::CancellationToken;

use crate::compose::Running;
use crate::words::Words;
use crate::{platform, window};

/// Hands news on until `stop`.
pub(crate) async fn follow(app: AppHandle, engine: Engine, stop: CancellationToken) {
    let mut feed = engine.news();
    while let Some(Some(news)) = stop.run_until_cancelled(feed.next()).await {
        tell_window(&app, &news);
        tell_person(&app, news.what).await;
    }
}

/// A window that is not there asks for everything when it opens.
fn tell_window(app: &AppHandle, news: &News) {
    if app.get_webview_window(window::MAIN).is_none() {
        return;
    }
    let target = EventTarget::webview_window(window::MAIN);
    if let Err(fault) = app.emit_to(target, EVENT, news) {
        tracing::warn!(name = "news.not_told", %fault);
    }
}

async fn tell_person(app: &AppHandle, what: What) {
    let What::Note(note) = what else { return };
    // Whoever looks at the window reads it there.
    if window::visible(app).is_some_and(|window| window.is_focused().unwrap_or(false)) {
        return;
    }
    let running = app.state::<Running>();
    let settings = Arc::clone(&running.engine.core().settings().borrow());
    let reader = app.state::<Words>().reader(&settings, &running.clock);
    if let Some(notice) = control::tray::notice(&note, &reader)
        && settings.notifications.contains(&notice.kind)
    {
        platform::notify(notice.title, notice.body).await;
    }
}

const EVENT: &str = "news";
