//! The window: started when it is wanted, hidden when it is closed, gone some minutes later.
//!
//! It is a process of its own (`crate::view`). What happens to it happens in one task, which hears
//! the tray, the person, the page and the clock; everybody else sends it an [`Order`].

mod keeper;
mod pane;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use control::Settings;
use control::state::Tray;
use parking_lot::Mutex;
use tauri::{AppHandle, Theme};
use tokio::sync::{mpsc, watch};

pub(crate) use self::keeper::Keeper;
use crate::platform::{Answer, Question};

/// What anybody may ask of the window.
pub(crate) enum Order {
    /// Show it.
    Open(Spot),
    /// Hide it, and end it when nobody wants it back for so long.
    Hide(Duration),
    /// Ask the person in front of it, or by itself where it cannot be seen.
    Ask(Question, Reply),
}

/// What is done with the answer to a question.
pub(crate) type Reply = Box<dyn FnOnce(&AppHandle, Answer) + Send>;

/// Where a window opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Where it was left.
    Last,
    /// The account, where one signs in.
    Account,
    /// The cards of apps.
    Connect,
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It is hidden; the tray brings it back.
    Hide,
    /// The program ends, because the person wants it so.
    Leave,
    /// The person is asked, because nothing visible would bring it back.
    Ask,
}

/// The way to the window, and what closing it depends on.
#[derive(Debug)]
pub(crate) struct Windows {
    orders: mpsc::Sender<Order>,
    tray: Mutex<Tray>,
    /// The person said that it may vanish although no tray brings it back.
    may_vanish: AtomicBool,
    is_focused: AtomicBool,
}

impl Windows {
    /// No window yet, and where its keeper finds the orders.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Order>) {
        let (orders, ordered) = mpsc::channel(WAITING);
        let windows = Self {
            orders,
            tray: Mutex::new(Tray::Unknown),
            may_vanish: AtomicBool::new(false),
            is_focused: AtomicBool::new(false),
        };
        (windows, ordered)
    }

    /// Passes an order on. False where the keeper is too busy to take it, or gone.
    pub(crate) fn order(&self, order: Order) -> bool {
        let taken = self.orders.try_send(order);
        taken
            .inspect_err(|fault| tracing::warn!(name = "window.order_lost", %fault))
            .is_ok()
    }

    /// Shows the window at `spot`.
    pub(crate) fn open(&self, spot: Spot) {
        self.order(Order::Open(spot));
    }

    /// Takes note of whether a tray would bring the window back.
    pub(crate) fn set_tray(&self, tray: Tray) {
        *self.tray.lock() = tray;
    }

    /// What closing the window does now.
    pub(crate) fn closing(&self, keeps_running: bool) -> Closing {
        let may_vanish = self.may_vanish.load(Ordering::SeqCst);
        closing(&self.tray.lock(), keeps_running, may_vanish)
    }

    /// Takes note that the person wants it hidden in any case; nobody is asked twice.
    pub(crate) fn let_vanish(&self) {
        self.may_vanish.store(true, Ordering::SeqCst);
    }

    /// Whether the person looks at it.
    pub(crate) fn is_focused(&self) -> bool {
        self.is_focused.load(Ordering::SeqCst)
    }

    fn set_focused(&self, is_focused: bool) {
        self.is_focused.store(is_focused, Ordering::SeqCst);
    }
}

/// With a tray the person's setting counts. Without one they are asked, because they would have
/// neither a window nor a way to get it back; `may_vanish` is what they answered.
fn closing(tray: &Tray, keeps_running: bool, may_vanish: bool) -> Closing {
    match tray {
        Tray::Present if keeps_running => Closing::Hide,
        Tray::Present => Closing::Leave,
        Tray::Absent { .. } | Tray::Unknown if may_vanish => Closing::Hide,
        Tray::Absent { .. } | Tray::Unknown => Closing::Ask,
    }
}

impl Spot {
    /// The place of the page, the part of its address after `#`.
    fn place(self) -> Option<String> {
        match self {
            Self::Last => None,
            Self::Account => Some("/account".to_owned()),
            Self::Connect => Some("/connect".to_owned()),
        }
    }
}

/// Keeps `colours` at what the person wants for frames, here or on the whole desktop.
pub(crate) async fn follow_colours(
    app: &AppHandle,
    mut settings: watch::Receiver<Arc<Settings>>,
    mut preferred: watch::Receiver<Option<Theme>>,
    colours: watch::Sender<Option<Theme>>,
) {
    loop {
        let wanted = settings.borrow_and_update().theme;
        let chosen = choose(wanted, *preferred.borrow_and_update());
        app.set_theme(chosen);
        colours.send_replace(chosen);
        let changed = tokio::select! {
            changed = settings.changed() => changed,
            changed = preferred.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

fn choose(wanted: control::Theme, preferred: Option<Theme>) -> Option<Theme> {
    match wanted {
        control::Theme::System => preferred,
        control::Theme::Light => Some(Theme::Light),
        control::Theme::Dark => Some(Theme::Dark),
    }
}

/// More orders at once are none that a person gave.
const WAITING: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_only_vanishes_where_something_brings_it_back() {
        let absent = Tray::Absent {
            why: "nothing shows it".to_owned(),
        };
        for (tray, keeps_running, may_vanish, expected) in [
            (Tray::Present, true, false, Closing::Hide),
            (Tray::Present, false, false, Closing::Leave),
            (Tray::Present, false, true, Closing::Leave),
            (absent.clone(), true, false, Closing::Ask),
            (absent.clone(), false, false, Closing::Ask),
            (absent, false, true, Closing::Hide),
            (Tray::Unknown, true, false, Closing::Ask),
            (Tray::Unknown, true, true, Closing::Hide),
        ] {
            let does = closing(&tray, keeps_running, may_vanish);
            assert_eq!(does, expected, "{tray:?} {keeps_running} {may_vanish}");
        }
    }

    #[test]
    fn closing_follows_the_tray_as_it_comes_and_goes() {
        let (windows, _orders) = Windows::new();
        assert_eq!(windows.closing(true), Closing::Ask);
        windows.set_tray(Tray::Present);
        assert_eq!(windows.closing(true), Closing::Hide);
        windows.set_tray(Tray::Unknown);
        assert_eq!(windows.closing(true), Closing::Ask);
        windows.let_vanish();
        assert_eq!(windows.closing(true), Closing::Hide);
    }

    #[test]
    fn orders_that_nobody_takes_do_not_pile_up() {
        let (windows, orders) = Windows::new();
        for _ in 0..WAITING {
            assert!(windows.order(Order::Open(Spot::Last)));
        }
        assert!(!windows.order(Order::Open(Spot::Last)));
        drop(orders);
        assert!(!windows.order(Order::Open(Spot::Last)));
    }

    #[test]
    fn a_spot_is_a_place_of_the_page() {
        assert_eq!(Spot::Connect.place().as_deref(), Some("/connect"));
        assert_eq!(Spot::Last.place(), None);
    }
}
