//! macOS and Windows: Tauri's tray. The menu is made once and changed row by row; replacing an
//! open menu leaves it stale, flickering or dead.
#![expect(
    clippy::unused_async,
    reason = "the tray of another system has to wait"
)]

use base::Clock;
use control::tray::{RowId, TrayModel, TrayRow};
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

use super::pictures::{Ground, Picture, pictures};
use super::{Click, Clicks, Drawn};

/// The icon and the rows of its menu, in the model's order.
pub(super) struct Shown {
    icon: TrayIcon,
    rows: Vec<Handle>,
    drawn: Drawn,
}

enum Handle {
    Line(PredefinedMenuItem<Wry>),
    Plain(MenuItem<Wry>),
    Ticked(CheckMenuItem<Wry>),
}

impl Shown {
    /// Shows the icon with its menu; `None` where the system refuses it.
    pub(super) async fn new(
        app: &AppHandle,
        drawn: Drawn,
        clicks: Clicks,
        _clock: &Clock,
    ) -> Option<Self> {
        show(app, drawn, clicks)
            .inspect_err(|fault| tracing::error!(name = "tray.not_shown", %fault))
            .ok()
    }

    /// Draws another model; what did not change is not touched.
    pub(super) async fn draw(&mut self, app: &AppHandle, drawn: Drawn) {
        let before = std::mem::replace(&mut self.drawn, drawn);
        if let Err(fault) = self.change_from(app, &before) {
            tracing::warn!(name = "tray.not_drawn", %fault);
        }
    }

    fn change_from(&self, app: &AppHandle, before: &Drawn) -> tauri::Result<()> {
        let now = &self.drawn;
        for ((row, was), handle) in now
            .model
            .rows
            .iter()
            .zip(&before.model.rows)
            .zip(&self.rows)
        {
            if row != was {
                change(handle, row)?;
            }
        }
        if now.model.tooltip != before.model.tooltip {
            self.icon.set_tooltip(Some(&now.model.tooltip))?;
        }
        if now.model.icon != before.model.icon || now.is_panel_dark != before.is_panel_dark {
            let image = image(app, now);
            self.icon
                .set_icon_with_as_template(image, cfg!(target_os = "macos"))?;
        }
        Ok(())
    }
}

fn show(app: &AppHandle, drawn: Drawn, clicks: Clicks) -> tauri::Result<Shown> {
    let (menu, rows) = menu(app, &drawn.model)?;
    let (of_menu, ids) = (clicks.clone(), ids(&drawn.model));
    let mut builder = TrayIconBuilder::with_id("main")
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip(&drawn.model.tooltip)
        .on_menu_event(move |_, event| {
            let at = event.id().as_ref().parse::<usize>().ok();
            if let Some(Some(id)) = at.and_then(|at| ids.get(at)) {
                of_menu.send(Click::Row(*id));
            }
        })
        .on_tray_icon_event(move |_, event| match event {
            TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } if cfg!(windows) => clicks.send(Click::Icon),
            TrayIconEvent::Enter { .. } => clicks.send(Click::Pointed),
            _ => {}
        });
    if let Some(image) = image(app, &drawn) {
        builder = builder.icon(image);
    }
    Ok(Shown {
        icon: builder.build(app)?,
        rows,
        drawn,
    })
}

fn menu(app: &AppHandle, model: &TrayModel) -> tauri::Result<(Menu<Wry>, Vec<Handle>)> {
    let menu = Menu::new(app)?;
    let mut rows = Vec::new();
    for (at, row) in model.rows.iter().enumerate() {
        let handle = handle(app, at, row)?;
        menu.append(handle.item())?;
        rows.push(handle);
    }
    Ok((menu, rows))
}

fn handle(app: &AppHandle, at: usize, row: &TrayRow) -> tauri::Result<Handle> {
    let row = match row {
        TrayRow::Separator => return Ok(Handle::Line(PredefinedMenuItem::separator(app)?)),
        TrayRow::Item(row) => row,
    };
    let (id, text, key) = (at.to_string(), label(&row.text), None::<&str>);
    Ok(match row.tick {
        Some(on) => Handle::Ticked(CheckMenuItem::with_id(app, id, text, row.enabled, on, key)?),
        None => Handle::Plain(MenuItem::with_id(app, id, text, row.enabled, key)?),
    })
}

/// What each row is for, in the model's order, which never changes.
fn ids(model: &TrayModel) -> Vec<Option<RowId>> {
    let id = |row: &TrayRow| match row {
        TrayRow::Separator => None,
        TrayRow::Item(row) => Some(row.id),
    };
    model.rows.iter().map(id).collect()
}

impl Handle {
    fn item(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Self::Line(item) => item,
            Self::Plain(item) => item,
            Self::Ticked(item) => item,
        }
    }
}

fn change(handle: &Handle, row: &TrayRow) -> tauri::Result<()> {
    match (handle, row) {
        (Handle::Plain(item), TrayRow::Item(row)) => {
            item.set_text(label(&row.text))?;
            item.set_enabled(row.enabled)
        }
        (Handle::Ticked(item), TrayRow::Item(row)) => {
            item.set_text(label(&row.text))?;
            item.set_enabled(row.enabled)?;
            item.set_checked(row.tick.unwrap_or(false))
        }
        (Handle::Line(_), _) | (_, TrayRow::Separator) => Ok(()),
    }
}

/// One ampersand would mark an access key.
fn label(text: &str) -> String {
    text.replace('&', "&&")
}

/// The picture drawn for this screen.
fn image(app: &AppHandle, drawn: &Drawn) -> Option<Image<'static>> {
    let ground = match drawn.is_panel_dark {
        _ if cfg!(target_os = "macos") => Ground::Template,
        true => Ground::Dark,
        false => Ground::Light,
    };
    let scale = app.primary_monitor().ok().flatten();
    let scale = scale.map_or(1.0, |monitor| monitor.scale_factor());
    let wanted = (16.0 * scale).round();
    let pictures = pictures(drawn.model.icon, ground);
    let fits = |picture: &&Picture| f64::from(picture.size) >= wanted;
    let picture = pictures.iter().find(fits).or_else(|| pictures.last())?;
    Some(Image::new_owned(
        picture.rgba.clone(),
        picture.size,
        picture.size,
    ))
}
