//! Serving until a signal comes.

use control::{Code, Complaint, Core};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::say;

#[derive(Serialize)]
struct Listening {
    address: String,
    base_url: String,
}

/// Listens, says where in one line, and serves until SIGINT or SIGTERM.
pub(crate) async fn serve(core: &Core, json: bool) -> Result<(), Complaint> {
    let mut signals = Signals::listen().map_err(|fault| {
        Complaint::new(Code::Other, format!("signals cannot be heard: {fault}"))
    })?;
    let _log = core.start_log()?;
    let serving = core.serve().await?;
    let address = format!("http://{}", serving.address());
    if json {
        let base_url = format!("{address}/v1");
        say::json(&Listening { address, base_url });
    } else {
        say::line(&format!("Postern listens on {address}"));
    }
    if !serving.address().ip().is_loopback() {
        say::aside(say::WIDE);
    }
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

/// Hears when the process is asked to end, from the moment it is made.
#[cfg(unix)]
struct Signals {
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

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Hears when the process is asked to end, from the moment it is made.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
