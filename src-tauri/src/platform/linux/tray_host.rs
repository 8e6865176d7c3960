//! Whether anything on this desktop shows tray icons, followed as it appears, vanishes, returns.

use base::Clock;
use control::state::Tray;
use futures_util::StreamExt;
use futures_util::future::OptionFuture;
use tokio_util::sync::CancellationToken;
use zbus::fdo::DBusProxy;
use zbus::proxy::{CacheProperties, SignalStream};
use zbus::{Connection, Proxy};

use super::registrar;

/// Tells whenever an answer differs from the one before, until `stop`. The first comes at once.
pub(super) async fn follow(clock: Clock, stop: CancellationToken, tell: impl Fn(Tray)) {
    let bus = match Connection::session().await {
        Ok(bus) => bus,
        Err(fault) => {
            tracing::warn!(name = "tray.no_bus", %fault);
            return tell(meaning(Seen::NoBus));
        }
    };
    let both = Box::pin(async {
        tokio::try_join!(changes(&bus, &tell), registrar::follow(&bus, &clock)).map(drop)
    });
    if let Some(Err(fault)) = stop.run_until_cancelled(both).await {
        tracing::warn!(name = "tray.not_followed", %fault);
        tell(Tray::Unknown);
    }
}

/// The watcher, there or not. What it says of itself is asked anew each time.
pub(super) async fn watcher(bus: &Connection) -> zbus::Result<Proxy<'static>> {
    zbus::proxy::Builder::new(bus)
        .destination(WATCHER)?
        .path(PATH)?
        .interface(WATCHER)?
        .cache_properties(CacheProperties::No)
        .build()
        .await
}

/// What the session bus shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// There is no bus.
    NoBus,
    /// Nobody keeps a list of icons.
    NoWatcher,
    /// Somebody does. Whether anybody draws it; `None` where that is not told.
    Watcher(Option<bool>),
}

fn meaning(seen: Seen) -> Tray {
    let why = match seen {
        Seen::Watcher(Some(true)) => return Tray::Present,
        Seen::Watcher(None) => return Tray::Unknown,
        Seen::Watcher(Some(false)) => "this desktop keeps tray icons but shows none",
        Seen::NoWatcher => "nothing on this desktop shows tray icons",
        Seen::NoBus => "there is no session bus to reach a tray through",
    };
    Tray::Absent {
        why: why.to_owned(),
    }
}

async fn changes(bus: &Connection, tell: &impl Fn(Tray)) -> zbus::Result<()> {
    let names = DBusProxy::new(bus).await?;
    let mut owners = names
        .receive_name_owner_changed_with_args(&[(0, WATCHER)])
        .await?;
    let watcher = watcher(bus).await?;
    let mut came = signals(&watcher, "StatusNotifierHostRegistered").await;
    let mut went = signals(&watcher, "StatusNotifierHostUnregistered").await;
    let mut told = None;
    loop {
        let seen = look(&names, &watcher).await?;
        if told != Some(seen) {
            tell(meaning(seen));
            told = Some(seen);
        }
        tokio::select! {
            Some(_) = owners.next() => {}
            Some(Some(_)) = OptionFuture::from(came.as_mut().map(StreamExt::next)) => {}
            Some(Some(_)) = OptionFuture::from(went.as_mut().map(StreamExt::next)) => {}
            else => return Ok(()),
        }
    }
}

/// A watcher that says nothing of its hosts is no reason not to follow the watcher itself.
async fn signals<'a>(watcher: &Proxy<'a>, name: &'static str) -> Option<SignalStream<'a>> {
    watcher.receive_signal(name).await.ok()
}

async fn look(names: &DBusProxy<'_>, watcher: &Proxy<'_>) -> zbus::Result<Seen> {
    if !names.name_has_owner(WATCHER.try_into()?).await? {
        return Ok(Seen::NoWatcher);
    }
    let shown = watcher.get_property("IsStatusNotifierHostRegistered").await;
    Ok(Seen::Watcher(shown.ok()))
}

/// The name that watchers own.
pub(super) const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_icon_that_is_drawn_is_present() {
        for (seen, expected) in [
            (Seen::Watcher(Some(true)), "present"),
            (Seen::Watcher(None), "unknown"),
            (Seen::Watcher(Some(false)), "absent"),
            (Seen::NoWatcher, "absent"),
            (Seen::NoBus, "absent"),
        ] {
            let is = match meaning(seen) {
                Tray::Present => "present",
                Tray::Unknown => "unknown",
                Tray::Absent { why } => {
                    assert!(!why.is_empty());
                    "absent"
                }
            };
            assert_eq!(is, expected, "{seen:?}");
        }
    }
}
