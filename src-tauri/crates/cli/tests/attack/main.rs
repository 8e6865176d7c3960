//! Attempts on the whole program, and what must come of each. `docs/security.md` says who would make
//! them, and names the tests of the parts; here is only what is true of the program as a whole.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

#[expect(
    dead_code,
    reason = "the desk of the `command` tests, which use more of it"
)]
#[path = "../command/desk.rs"]
mod desk;
mod doors;
#[cfg(unix)]
mod files;
mod images;
mod keys;
#[cfg(unix)]
mod neighbour;
mod paths;
mod raw;
#[cfg(unix)]
mod settings;
mod smuggling;
mod stage;
#[cfg(unix)]
#[expect(dead_code, reason = "the tests of the service use the rest")]
#[path = "../systemctl/mod.rs"]
mod systemctl;
mod words;
