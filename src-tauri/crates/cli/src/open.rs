//! The page in a browser, served together with the API until a signal comes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use control::{Code, Complaint, Core, Engine, Folder, Headless, Host as _};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{say, serve};

#[derive(Serialize)]
struct Opened<'a> {
    /// Good once, and for two minutes.
    page: &'a str,
}

/// Shows the page in the browser, says its address in one line, and serves until a signal comes
/// or the page is asked to quit.
pub(crate) async fn open(core: &Core, named: Option<&Path>, json: bool) -> Result<(), Complaint> {
    let mut signals = serve::signals()?;
    let page = page(named)?;
    if let Some(instance) = core.status().await.server {
        let message = format!("Postern is already running at http://{}", instance.address);
        return Err(Complaint::new(Code::AlreadyRunning, message)
            .hint("end that server; `postern open` serves as well"));
    }
    let _log = core.start_log()?;
    let quit = CancellationToken::new();
    let host = Headless::new(quit.clone());
    let engine = Engine::start(core.clone(), Arc::new(host.clone())).await;
    engine.begin().await;
    let address = engine.page(Arc::new(page)).await?;
    match json {
        true => say::json(&Opened {
            page: address.as_str(),
        }),
        false => say::line(&format!("Postern's page is at {address}")),
    }
    if !host.open(address.as_str()) {
        say::aside("No browser could be opened. The address works once, within two minutes.");
    }
    tokio::select! {
        _ = signals.next() => {}
        () = quit.cancelled() => {}
    }
    // A second signal does not wait for running requests.
    tokio::select! {
        closed = engine.close() => closed,
        _ = signals.next() => Ok(()),
    }
}

/// The page in the folder that was named, else in the one that belongs to this program.
fn page(named: Option<&Path>) -> Result<Folder, Complaint> {
    let folders = match named {
        Some(folder) => vec![folder.to_owned()],
        None => installed(),
    };
    let found = folders.iter().find_map(|folder| Folder::open(folder));
    found.ok_or_else(|| {
        let message = match named {
            Some(folder) => format!("there is no page in `{}`", folder.display()),
            None => "the page was not installed with this program".to_owned(),
        };
        Complaint::new(Code::Other, message).hint("name its folder with `--page DIR`")
    })
}

/// Where installations put the page: beside the program, or where a package's data goes.
fn installed() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let beside = program.parent().unwrap_or_else(|| Path::new(""));
    ["page", "../share/postern/page", "../lib/postern/page"]
        .iter()
        .map(|place| beside.join(place))
        .collect()
}
