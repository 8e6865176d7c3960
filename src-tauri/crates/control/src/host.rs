//! What only the program around the engine can do.

use std::fmt;

use serde::Serialize;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::ask::Autostart;
use crate::{Code, Complaint};

/// The program around the engine: a window's shell, or the command line.
pub trait Host: Send + Sync {
    /// Opens an address, of a page or of another program, the system's way. False where nothing
    /// would open it.
    fn open(&self, address: &str) -> bool;

    /// Whether the program starts when the person logs in, as the system says now.
    fn autostart(&self) -> Autostart;

    /// Starts the program when the person logs in, or does so no more.
    ///
    /// # Errors
    /// The system did not take it.
    fn set_autostart(&self, on: bool) -> Result<Autostart, Complaint>;

    /// Ends the program, a moment later and in an orderly way.
    fn quit(&self);
}

/// Where a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Shell {
    /// In the program's own window.
    Window,
    /// In a browser.
    Browser,
}

/// A program without a window.
#[derive(Clone)]
pub struct Headless {
    quit: CancellationToken,
}

impl Headless {
    /// A program that ends when `quit` is cancelled.
    pub fn new(quit: CancellationToken) -> Self {
        Self { quit }
    }
}

impl Host for Headless {
    fn open(&self, address: &str) -> bool {
        open::that_detached(address).is_ok()
    }

    fn autostart(&self) -> Autostart {
        Autostart::Unavailable
    }

    fn set_autostart(&self, _: bool) -> Result<Autostart, Complaint> {
        Err(Complaint::new(
            Code::Unavailable,
            "this Postern runs without a window, so it cannot start with the session",
        ))
    }

    fn quit(&self) {
        self.quit.cancel();
    }
}

impl fmt::Debug for Headless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Headless")
    }
}
