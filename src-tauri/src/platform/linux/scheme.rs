//! Whether the person prefers dark windows, and whether the panel with the tray is dark.

use futures_util::StreamExt as _;
use tauri::Theme;
use tokio_util::sync::CancellationToken;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

/// Tells the preference now and whenever it changes, until `stop`. A desktop without a settings
/// portal has none.
pub(super) async fn follow(stop: CancellationToken, tell: impl Fn(Option<Theme>)) {
    if let Some(Err(fault)) = stop.run_until_cancelled(changes(&tell)).await {
        tracing::info!(name = "scheme.not_followed", %fault);
    }
}

async fn changes(tell: &impl Fn(Option<Theme>)) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let portal = Proxy::new(&bus, PORTAL, PATH, SETTINGS).await?;
    let mut changed = portal
        .receive_signal_with_args("SettingChanged", &[(0, NAMESPACE), (1, KEY)])
        .await?;
    let now: OwnedValue = portal.call("Read", &(NAMESPACE, KEY)).await?;
    tell(theme(&now));
    while let Some(said) = changed.next().await {
        let body = said.body();
        let (_, _, value): (&str, &str, Value<'_>) = body.deserialize()?;
        tell(theme(&value));
    }
    Ok(())
}

/// Old portals wrap the value twice.
fn theme(value: &Value<'_>) -> Option<Theme> {
    match value {
        Value::Value(inner) => theme(inner),
        Value::U32(1) => Some(Theme::Dark),
        Value::U32(2) => Some(Theme::Light),
        _ => None,
    }
}

/// True where tray icons stand on something dark: the panel follows the person's preference,
/// except on desktops whose panel is always dark.
pub(crate) fn is_panel_dark(desktop: &str, preferred: Option<Theme>) -> bool {
    let dark_by_itself = ["GNOME", "Unity", "Pantheon", "XFCE"];
    let is_one = |name: &str| {
        dark_by_itself
            .iter()
            .any(|dark| name.eq_ignore_ascii_case(dark))
    };
    desktop.split(':').any(is_one) || preferred == Some(Theme::Dark)
}

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_read_however_it_is_wrapped() {
        let wrapped = |scheme: u32| Value::Value(Box::new(Value::U32(scheme)));
        for (value, expected) in [
            (Value::U32(1), Some(Theme::Dark)),
            (wrapped(1), Some(Theme::Dark)),
            (wrapped(2), Some(Theme::Light)),
            (wrapped(0), None),
            (Value::from("1"), None),
        ] {
            assert_eq!(theme(&value), expected, "{value:?}");
        }
    }

    #[test]
    fn some_panels_are_dark_whatever_one_prefers() {
        for (desktop, preferred, expected) in [
            ("ubuntu:GNOME", Some(Theme::Light), true),
            ("KDE", Some(Theme::Light), false),
            ("KDE", Some(Theme::Dark), true),
            ("XFCE", None, true),
            ("", None, false),
        ] {
            assert_eq!(is_panel_dark(desktop, preferred), expected, "{desktop}");
        }
    }
}
