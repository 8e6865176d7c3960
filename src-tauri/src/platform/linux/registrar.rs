//! Sees to it that a watcher which comes knows our icon.
//!
//! The icon registers itself and then listens for watchers; one that comes in between, as a panel
//! does that starts together with us, would never hear of it.

use std::time::Duration;

use base::Clock;
use futures_util::StreamExt as _;
use zbus::fdo::DBusProxy;
use zbus::{Connection, Proxy};

use super::tray_host::{WATCHER, watcher};

/// Looks after each watcher that is there or comes, for as long as the bus lives.
///
/// # Errors
/// The bus is gone.
pub(super) async fn follow(bus: &Connection, clock: &Clock) -> zbus::Result<()> {
    let names = DBusProxy::new(bus).await?;
    let watcher = watcher(bus).await?;
    let mut owners = names
        .receive_name_owner_changed_with_args(&[(0, WATCHER)])
        .await?;
    loop {
        for wait in PAUSES {
            clock.sleep(wait).await;
            if introduce(&names, &watcher).await.unwrap_or(false) {
                break;
            }
        }
        if owners.next().await.is_none() {
            return Ok(());
        }
    }
}

/// Tells the watcher of the icon if it does not know it. False where there is nothing to tell yet.
async fn introduce(names: &DBusProxy<'_>, watcher: &Proxy<'_>) -> zbus::Result<bool> {
    let on_the_bus = names.list_names().await?;
    let ours = icon(std::process::id());
    let Some(icon) = on_the_bus.iter().find(|name| name.starts_with(&ours)) else {
        return Ok(false);
    };
    let known: Vec<String> = watcher
        .get_property("RegisteredStatusNotifierItems")
        .await?;
    if !is_known(&known, icon) {
        tracing::info!(name = "tray.introduced");
        let _: () = watcher
            .call("RegisterStatusNotifierItem", &icon.as_str())
            .await?;
    }
    Ok(true)
}

/// Watchers list an icon by its name, by its path, or by both.
fn is_known(known: &[String], icon: &str) -> bool {
    known.iter().any(|item| {
        item.strip_prefix(icon)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '@']))
    })
}

/// How the icons of a process are called, up to their number.
fn icon(process: u32) -> String {
    format!("org.kde.StatusNotifierItem-{process}-")
}

/// The icon is up in a moment, later on a busy machine.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_known_by_its_name_with_or_without_its_path() {
        let ours = format!("{}1", icon(7));
        for (known, expected) in [
            (&[][..], false),
            (&["org.kde.StatusNotifierItem-7-1"], true),
            (&["org.kde.StatusNotifierItem-7-1/StatusNotifierItem"], true),
            (&["org.kde.StatusNotifierItem-7-12"], false),
            (
                &["org.kde.StatusNotifierItem-77-1", ":1.7/StatusNotifierItem"],
                false,
            ),
        ] {
            let known: Vec<String> = known.iter().map(|item| (*item).to_owned()).collect();
            assert_eq!(is_known(&known, &ours), expected, "{known:?}");
        }
    }
}
