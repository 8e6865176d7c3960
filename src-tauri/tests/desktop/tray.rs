//! The tray icon as a panel sees it: its properties, its menu, a click on a row.

use std::collections::HashMap;

use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

use super::watcher::Item;
use super::{Outcome, until};

/// One icon and its menu.
pub(crate) struct Tray {
    bus: Connection,
    item: Item,
    menu: OwnedObjectPath,
}

/// A row of the menu, separators left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: i32,
    pub(crate) text: String,
    pub(crate) is_enabled: bool,
    pub(crate) tick: Option<bool>,
}

impl Tray {
    /// The icon that `item` names.
    pub(crate) fn of(bus: Connection, item: Item) -> Outcome<Self> {
        let menu = icon(&bus, &item)?.get_property("Menu")?;
        Ok(Self { bus, item, menu })
    }

    /// The sides of its pictures, in pixels.
    pub(crate) fn sizes(&self) -> Outcome<Vec<i32>> {
        let pictures = self.pictures()?;
        Ok(pictures.iter().map(|(side, _, _)| *side).collect())
    }

    /// Its pictures: width, height, ARGB.
    pub(crate) fn pictures(&self) -> Outcome<Vec<(i32, i32, Vec<u8>)>> {
        Ok(icon(&self.bus, &self.item)?.get_property("IconPixmap")?)
    }

    /// Every row, in order.
    pub(crate) fn rows(&self) -> Outcome<Vec<Row>> {
        let names: &[&str] = &[];
        let layout: (u32, (i32, Properties, Vec<OwnedValue>)) =
            self.menu()?.call("GetLayout", &(0_i32, -1_i32, names))?;
        let (_, (_, _, children)) = layout;
        let rows: Result<Vec<_>, _> = children.into_iter().map(row).collect();
        Ok(rows?.into_iter().flatten().collect())
    }

    /// The row whose text begins with `start`.
    pub(crate) fn row(&self, start: &str) -> Outcome<Row> {
        let rows = self.rows()?;
        let found = rows.iter().find(|row| row.text.starts_with(start)).cloned();
        found.ok_or_else(|| format!("no row `{start}` in {rows:#?}").into())
    }

    /// The first row, once it begins with `start`.
    pub(crate) fn says(&self, start: &str) -> Outcome<()> {
        let mut last = None;
        let said = until("the headline", || {
            last = self.rows().ok()?.first().map(|row| row.text.clone());
            last.as_ref()?.starts_with(start).then_some(())
        });
        said.map_err(|_| format!("the headline is {last:?}, not `{start}…`").into())
    }

    /// Clicks the row whose text begins with `start`.
    pub(crate) fn click(&self, start: &str) -> Outcome<()> {
        let row = self.row(start)?;
        assert!(row.is_enabled, "{row:?}");
        let nothing = Value::from(0_i32);
        Ok(self
            .menu()?
            .call("Event", &(row.id, "clicked", nothing, 0_u32))?)
    }

    fn menu(&self) -> Outcome<Proxy<'_>> {
        Ok(Proxy::new(
            &self.bus,
            self.item.service.as_str(),
            self.menu.as_str(),
            "com.canonical.dbusmenu",
        )?)
    }
}

type Properties = HashMap<String, OwnedValue>;

fn icon<'a>(bus: &Connection, item: &'a Item) -> Outcome<Proxy<'a>> {
    let proxy = zbus::blocking::proxy::Builder::new(bus)
        .destination(item.service.as_str())?
        .path(item.path.as_str())?
        .interface("org.kde.StatusNotifierItem")?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()?;
    Ok(proxy)
}

/// A child of the layout; `None` for a separator.
fn row(child: OwnedValue) -> Outcome<Option<Row>> {
    let child: Structure<'_> = child.try_into()?;
    let (id, properties, _): (i32, Properties, Vec<OwnedValue>) = child.try_into()?;
    let text = |name: &str| -> Option<String> {
        String::try_from(properties.get(name)?.try_clone().ok()?).ok()
    };
    if text("type").as_deref() == Some("separator") {
        return Ok(None);
    }
    let enabled = properties.get("enabled");
    let is_enabled = enabled.is_none_or(|value| bool::try_from(value).unwrap_or(true));
    let tick = text("toggle-type").map(|_| {
        let state = properties.get("toggle-state");
        state.is_some_and(|value| i32::try_from(value).is_ok_and(|state| state == 1))
    });
    Ok(Some(Row {
        id,
        // A single underscore marks an access key, two stand for one.
        text: text("label").unwrap_or_default().replace("__", "_"),
        is_enabled,
        tick,
    }))
}
