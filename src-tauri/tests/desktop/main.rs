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
mod wait;
mod watcher;
mod window;
mod wire;

use std::error::Error;

use wait::until;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// True until the process has ended, whether or not somebody has asked how.
fn runs(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    status.is_ok_and(|status| !status.contains("State:\tZ"))
}
