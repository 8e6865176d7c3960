//! A person's wish that the program ends: Ctrl-C, or a word of the system.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::failure::{Because as _, Failure};

/// Hears the wish. From then on the program does not end by itself, so that nothing it started is left
/// behind.
#[derive(Debug)]
pub(crate) struct Wish(Arc<AtomicBool>);

impl Wish {
    /// Begins to listen.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let wish = Self(Arc::default());
        for signal in SIGNALS {
            signal_hook::flag::register(*signal, Arc::clone(&wish.0))
                .because("could not wait for signals")?;
        }
        Ok(wish)
    }

    /// True once it was heard.
    pub(crate) fn has_come(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Waits until it is heard.
    pub(crate) fn wait(&self) {
        while !self.has_come() {
            thread::sleep(PAUSE);
        }
    }
}

#[cfg(unix)]
const SIGNALS: &[i32] = &[SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: &[i32] = &[SIGINT, SIGTERM];

const PAUSE: Duration = Duration::from_millis(50);
