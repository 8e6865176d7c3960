//! Notifications: the three things of `control`'s news that a person should hear of without a
//! window. The window hears all of it (`crate::window`).

use std::sync::Arc;

use control::Engine;
use control::news::What;
use tauri::{AppHandle, Manager as _};
use tokio_util::sync::CancellationToken;

use crate::compose::Running;
use crate::platform;
use crate::window::Windows;
use crate::words::Words;

/// Tells the person until `stop`.
pub(crate) async fn follow(app: AppHandle, engine: Engine, stop: CancellationToken) {
    let mut feed = engine.news();
    while let Some(Some(news)) = stop.run_until_cancelled(feed.next()).await {
        tell_person(&app, news.what).await;
    }
}

async fn tell_person(app: &AppHandle, what: What) {
    let What::Note(note) = what else { return };
    // Whoever looks at the window reads it there.
    if app.state::<Windows>().is_focused() {
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
