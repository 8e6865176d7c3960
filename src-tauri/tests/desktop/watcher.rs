//! A desktop's list of tray icons: it comes, goes, and comes back as the test wants.

use std::sync::Arc;

use parking_lot::Mutex;
use zbus::blocking::Connection;
use zbus::interface;
use zbus::message::Header;

use super::stage::Stage;
use super::tray::Tray;
use super::{Outcome, until};

/// A watcher with a host: icons are listed, and somebody draws them.
pub(crate) struct Watcher {
    bus: Connection,
    items: Arc<Mutex<Vec<Item>>>,
}

/// An icon that was registered: who shows it and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) service: String,
    pub(crate) path: String,
}

impl Watcher {
    /// Appears on the session's bus.
    pub(crate) fn appear(stage: &Stage) -> Outcome<Self> {
        let bus = stage.connect()?;
        let items = Arc::new(Mutex::new(Vec::new()));
        let list = List {
            items: Arc::clone(&items),
        };
        bus.object_server().at("/StatusNotifierWatcher", list)?;
        bus.request_name("org.kde.StatusNotifierWatcher")?;
        Ok(Self { bus, items })
    }

    /// Vanishes, as a panel that is closed.
    pub(crate) fn vanish(self) -> Outcome<()> {
        self.bus.release_name("org.kde.StatusNotifierWatcher")?;
        Ok(self.bus.close()?)
    }

    /// The icon, once it is there.
    pub(crate) fn icon(&self, stage: &Stage) -> Outcome<Tray> {
        let item = until("an icon is registered", || {
            self.items.lock().first().cloned()
        })?;
        Tray::of(stage.connect()?, item)
    }

    /// How many icons there are.
    pub(crate) fn count(&self) -> usize {
        self.items.lock().len()
    }
}

struct List {
    items: Arc<Mutex<Vec<Item>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl List {
    /// An icon names its service, or only its path.
    #[expect(clippy::needless_pass_by_value, reason = "the bus hands it over")]
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string);
        let item = match service.starts_with('/') {
            true => Item {
                service: sender.unwrap_or_default(),
                path: service.to_owned(),
            },
            false => Item {
                service: service.to_owned(),
                path: "/StatusNotifierItem".to_owned(),
            },
        };
        let mut items = self.items.lock();
        if !items.contains(&item) {
            items.push(item);
        }
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock();
        let names = items
            .iter()
            .map(|item| format!("{}{}", item.service, item.path));
        names.collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
