//! Serving until a signal comes.

use control::{Code, Complaint, Core, Environment, StatusView};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{look, ready, say};

#[derive(Serialize)]
struct Listening {
    address: String,
    base_url: String,
}

/// Listens, says where in one line, and serves until SIGINT or SIGTERM.
pub(crate) async fn serve(
    core: &Core,
    environment: &Environment,
    json: bool,
) -> Result<(), Complaint> {
    let mut signals = signals()?;
    let _log = core.start_log()?;
    let serving = core.serve().await?;
    let address = format!("http://{}", serving.address());
    ready::tell(environment, &address);
    if json {
        let base_url = format!("{address}/v1");
        say::json(&Listening { address, base_url });
    } else {
        say::line(&format!("Postern listens on {address}"));
    }
    remark(&core.status().await);
    let stop = CancellationToken::new();
    let until = serving.until(stop.clone());
    tokio::pin!(until);
    tokio::select! {
        ended = &mut until => return ended,
        () = signals.next() => stop.cancel(),
    }
    // A second signal does not wait for running requests.
    tokio::select! {
        ended = until => ended,
        () = signals.next() => Ok(()),
    }
}

/// Hears signals from here on.
///
/// # Errors
/// The system does not let this process hear them.
pub(crate) fn signals() -> Result<Signals, Complaint> {
    Signals::listen()
        .map_err(|fault| Complaint::new(Code::Other, format!("signals cannot be heard: {fault}")))
}

/// What keeps requests from being answered, or should be known while they are.
fn remark(status: &StatusView) {
    let server = status.server.as_ref();
    if server.is_some_and(|server| !server.address.ip().is_loopback()) {
        say::aside(say::WIDE);
    }
    if let Some(ollama) = server.and_then(look::ollama) {
        say::aside(&format!("Ollama   {ollama}"));
    }
    if look::hides_accounts(status) {
        say::aside("The saved secrets cannot be opened. `postern doctor` says why.");
    } else if status.account.is_none() {
        say::aside("Nobody is signed in yet. Run `postern login`.");
    }
    // Whoever runs a server may look nowhere else; `postern status` tells it too.
    if let Some(moved) = &status.damaged_database {
        say::aside(&look::damaged(moved));
    }
    if status.keys == 0 {
        say::aside("There is no key yet. Make one with `postern keys add NAME`.");
    }
    look::elsewhere(status);
}

/// Hears when the process is asked to end, from the moment it is made.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Hears when the process is asked to end, from the moment it is made: by a key, by the window it runs
/// in being closed, or by the session's end.
#[cfg(windows)]
pub(crate) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    stop: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    log_off: tokio::signal::windows::CtrlLogoff,
    shut_down: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
            log_off: ctrl_logoff()?,
            shut_down: ctrl_shutdown()?,
        })
    }

    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.stop.recv() => {}
            _ = self.close.recv() => {}
            _ = self.log_off.recv() => {}
            _ = self.shut_down.recv() => {}
        }
    }
}
