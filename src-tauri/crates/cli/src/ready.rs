//! Telling whoever started this program that it serves now (sd_notify(3)).

use control::Environment;

/// Tells systemd, where it asked to be told. It waits for this, so that a start that fails is
/// known to have failed.
#[cfg(unix)]
pub(crate) fn tell(environment: &Environment, address: &str) {
    let Some(socket) = environment.get("NOTIFY_SOCKET") else {
        return;
    };
    let words = format!("READY=1\nSTATUS=Listens on {address}\n");
    // Nobody is served less well because systemd cannot be told.
    let _ = std::os::unix::net::UnixDatagram::unbound()
        .and_then(|sender| sender.send_to(words.as_bytes(), socket));
}

/// Nobody asks to be told here.
#[cfg(not(unix))]
pub(crate) fn tell(_: &Environment, _: &str) {}
