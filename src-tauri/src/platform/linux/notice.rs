//! A notification, said to the desktop directly, so that a desktop without any is noticed.

use std::collections::HashMap;

use zbus::Connection;
use zbus::zvariant::Value;

/// Shows one notification.
///
/// # Errors
/// There is no session bus, or nothing shows notifications.
pub(super) async fn show(title: &str, text: &str) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let hints = HashMap::from([("desktop-entry", Value::from("Postern"))]);
    let said = (
        "Postern",
        0_u32,
        "postern-desktop",
        title,
        text,
        Vec::<&str>::new(),
        hints,
        THE_DESKTOP_DECIDES,
    );
    bus.call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &said)
        .await?;
    Ok(())
}

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long it stays.
const THE_DESKTOP_DECIDES: i32 = -1;
