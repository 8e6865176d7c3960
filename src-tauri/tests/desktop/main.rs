//! The real program on a desktop of its own: window, tray, keyring, stand-in for ChatGPT.
//!
//! Every test sets a [`Stage`](stage::Stage) and looks at the program as a person and their apps
//! do: at its window through WebDriver, at its tray through the session bus, at its port through
//! HTTP, at what is left of it through `/proc` and the file system.
#![cfg(target_os = "linux")]

mod buttons;
mod closing;
mod door;
mod headlines;
mod launch;
mod scenes;
mod stage;
mod story;
mod tray;
mod watcher;
mod window;
mod wire;

use std::error::Error;
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Looks again until there is something; a quarter of a minute and more is never needed.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Outcome<T> {
    for _ in 0..1500 {
        if let Some(found) = look() {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("this did not happen: {what}").into())
}

/// True until the process has ended, whether or not somebody has asked how.
fn runs(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    status.is_ok_and(|status| !status.contains("State:\tZ"))
}
