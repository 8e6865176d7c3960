//! Linux: a StatusNotifierItem, spoken over the session bus. No library is loaded for it.

use std::path::Path;
use std::time::Duration;

use base::Clock;
use control::tray::{TrayModel, TrayRow};
use ksni::menu::{CheckmarkItem, StandardItem};
use ksni::{Handle, MenuItem, ToolTip, TrayMethods as _};
use tauri::AppHandle;

use super::pictures::{Ground, pictures};
use super::{Click, Clicks, Drawn};

/// The item as the desktop draws it.
#[derive(Debug)]
pub(super) struct Item {
    drawn: Drawn,
    clicks: Clicks,
}

/// The item on the bus.
pub(super) struct Shown(Handle<Item>);

impl Shown {
    /// Puts the item on the bus, now or as soon as there is one. A watcher that comes, goes or
    /// comes back later gets the item by itself.
    pub(super) async fn new(
        _app: &AppHandle,
        drawn: Drawn,
        clicks: Clicks,
        clock: &Clock,
    ) -> Option<Self> {
        loop {
            let item = Item {
                drawn: drawn.clone(),
                clicks: clicks.clone(),
            };
            let shown = item
                .disable_dbus_name(Path::new(FLATPAK).exists())
                .assume_sni_available(true)
                .spawn()
                .await;
            match shown {
                Ok(handle) => return Some(Self(handle)),
                Err(fault) => tracing::warn!(name = "tray.not_shown", %fault),
            }
            clock.sleep(AGAIN).await;
        }
    }

    /// Draws another model.
    pub(super) async fn draw(&mut self, _app: &AppHandle, drawn: Drawn) {
        if self.0.update(|item| item.drawn = drawn).await.is_none() {
            tracing::warn!(name = "tray.gone");
        }
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "postern".to_owned()
    }

    fn title(&self) -> String {
        "Postern".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let ground = match self.drawn.is_panel_dark {
            true => Ground::Dark,
            false => Ground::Light,
        };
        let drawn = pictures(self.drawn.model.icon, ground);
        drawn
            .into_iter()
            .map(|picture| ksni::Icon {
                width: picture.size.cast_signed(),
                height: picture.size.cast_signed(),
                data: argb(picture.rgba),
            })
            .collect()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.drawn.model.tooltip.clone(),
            ..ToolTip::default()
        }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        menu(&self.drawn.model)
    }

    fn menu_about_to_show(&mut self) {
        self.clicks.send(Click::Pointed);
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.clicks.send(Click::Icon);
    }
}

fn menu(model: &TrayModel) -> Vec<MenuItem<Item>> {
    model.rows.iter().map(row).collect()
}

fn row(row: &TrayRow) -> MenuItem<Item> {
    let row = match row {
        TrayRow::Separator => return MenuItem::Separator,
        TrayRow::Item(row) => row,
    };
    let (id, label, enabled) = (row.id, label(&row.text), row.enabled);
    let activate = Box::new(move |item: &mut Item| item.clicks.send(Click::Row(id)));
    match row.tick {
        Some(checked) => MenuItem::Checkmark(CheckmarkItem {
            label,
            enabled,
            checked,
            activate,
            ..CheckmarkItem::default()
        }),
        None => MenuItem::Standard(StandardItem {
            label,
            enabled,
            activate,
            ..StandardItem::default()
        }),
    }
}

/// One underscore would mark an access key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

fn argb(mut rgba: Vec<u8>) -> Vec<u8> {
    for pixel in rgba.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    rgba
}

/// There is such a file inside a Flatpak, where no name on the bus may be owned.
const FLATPAK: &str = "/.flatpak-info";
const AGAIN: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_its_underscores() {
        assert_eq!(label("my_app"), "my__app");
    }

    #[test]
    fn opacity_comes_first() {
        assert_eq!(argb(vec![1, 2, 3, 4, 5, 6, 7, 8]), [4, 1, 2, 3, 8, 5, 6, 7]);
    }
}
