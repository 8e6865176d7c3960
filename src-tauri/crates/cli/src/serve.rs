//! Serving until a signal comes.

use control::{Complaint, Core};
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
    let _log = core.start_log()?;
    let serving = core.serve().await?;
    let address = format!("http://{}", serving.address());
    if json {
        let base_url = format!("{address}/v1");
        say::json(&Listening { address, base_url });
    } else {
        say::line(&format!("Postern listens on {address}"));
    }
    let stop = CancellationToken::new();
    let until = serving.until(stop.clone());
    tokio::pin!(until);
    tokio::select! {
        ended = &mut until => return ended,
        () = signalled() => stop.cancel(),
    }
    // A second signal does not wait for running requests.
    tokio::select! {
        ended = until => ended,
        () = signalled() => Ok(()),
    }
}

/// Returns when the process is asked to end.
#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Returns when the process is asked to end.
#[cfg(not(unix))]
async fn signalled() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
