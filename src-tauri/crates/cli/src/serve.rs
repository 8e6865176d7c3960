//! Serving until a signal comes.

use std::time::Duration;

use base::Clock;
use control::{Code, Complaint, Core, Environment, StatusView};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{look, ready, say};

#[derive(Serialize)]
struct Listening {
    address: String,
    base_url: String,
}

/// Listens, says where in one line, and serves until it is asked to end.
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
    let left = tokio::select! {
        ended = &mut until => return ended,
        left = signals.next() => left,
    };
    stop.cancel();
    // A second signal does not wait for running requests.
    tokio::select! {
        ended = until => ended,
        _ = signals.next() => Ok(()),
        () = within(left) => Ok(()),
    }
}

/// Until the time that is `left` is over, where it ends at all.
async fn within(left: Option<Duration>) {
    match left {
        Some(left) => Clock::system().sleep(left).await,
        None => std::future::pending().await,
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

    /// Returns when it is asked, and how long the system lets it live then: as long as it likes.
    pub(crate) async fn next(&mut self) -> Option<Duration> {
        tokio::select! {
            _ = self.interrupt.recv() => None,
            _ = self.terminate.recv() => None,
        }
    }
}

/// Hears when the process is asked to end, from the moment it is made: by a key, or by the window it
/// runs in being closed.
#[cfg(windows)]
pub(crate) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    stop: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
        Ok(Self {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
        })
    }

    /// Returns when it is asked, and how long the system lets it live then, if it does not let it live
    /// as long as it likes.
    pub(crate) async fn next(&mut self) -> Option<Duration> {
        tokio::select! {
            _ = self.interrupt.recv() => None,
            _ = self.stop.recv() => None,
            _ = self.close.recv() => Some(BEFORE_THE_WINDOW_IS_GONE),
        }
    }
}

/// Less than the five seconds after which Windows ends what runs in a window that was closed.
#[cfg(windows)]
const BEFORE_THE_WINDOW_IS_GONE: Duration = Duration::from_secs(2);
