//! `postern service`: `postern serve` for the person who asks, from login on.
//!
//! Guarantees:
//! - a file that Postern did not write is neither replaced nor removed;
//! - an installation that fails leaves what was there before;
//! - removing what is not there is no failure.

mod file;
mod launch;
mod launchd;
mod schtasks;
mod supervisor;
mod systemd;
#[cfg(test)]
mod tests;
mod tools;
mod view;
mod xml;

use std::path::Path;
use std::time::Duration;

use control::{Code, Complaint, Core, Environment, Instance, Options, VaultKind};

use crate::args::Service;
use crate::say;
use file::Found;
use launch::Launch;
use supervisor::{Run, State, Supervisor};
use tools::{System, Tools};
use view::View;

/// Installs the service, removes it, or says how it is.
///
/// # Errors
/// This system starts nothing at login, or it refused.
pub(crate) async fn service(
    ask: Service,
    options: &Options,
    environment: &Environment,
    json: bool,
) -> Result<(), Complaint> {
    let supervisor = here(environment, &System)?;
    let supervisor = supervisor.as_ref();
    let running = || options.running(environment);
    match ask {
        Service::Install => {
            let drain = as_the_service_will(options, environment).await?;
            let program = program()?;
            let launch = Launch::of(&program, options, environment, drain)?;
            install(supervisor, &launch, running()?.as_ref())?;
            View::of(supervisor, running()?.as_ref())?.installed(supervisor, json);
        }
        Service::Remove => {
            let removed = remove(supervisor)?;
            match json {
                true => View::of(supervisor, running()?.as_ref())?.told(true),
                false => say::line(&removed),
            }
        }
        Service::Status => View::of(supervisor, running()?.as_ref())?.told(json),
    }
    Ok(())
}

/// Who starts programs at login on this system.
fn here<'a>(
    environment: &Environment,
    tools: &'a dyn Tools,
) -> Result<Box<dyn Supervisor + 'a>, Complaint> {
    Ok(match std::env::consts::OS {
        "linux" => Box::new(systemd::Systemd::new(environment, tools)?),
        "macos" => Box::new(launchd::Launchd::new(environment, tools)?),
        "windows" => Box::new(schtasks::Tasks::new(environment, tools)?),
        other => {
            let message = format!("how programs start at login on `{other}` is not known");
            return Err(Complaint::new(Code::Unavailable, message)
                .hint("have `postern serve` started by whatever starts programs there"));
        }
    })
}

/// Opens everything as the service will, without a terminal and without a passphrase, and warns
/// of what it will not be able to do. Running requests get the time that is returned.
async fn as_the_service_will(
    options: &Options,
    environment: &Environment,
) -> Result<Duration, Complaint> {
    let alone = Options {
        passphrase: None,
        ..options.clone()
    };
    let core = match Core::open(&alone, environment).await {
        Err(complaint) if complaint.code == Code::PassphraseNeeded => {
            say::aside(NO_PASSPHRASE);
            return Ok(Duration::ZERO);
        }
        opened => opened?,
    };
    let (drain, kind) = {
        let settings = core.settings();
        let settings = settings.borrow();
        (settings.drain, settings.vault)
    };
    if core.needs_passphrase() {
        say::aside(NO_PASSPHRASE);
    } else if kind == Some(VaultKind::Session) {
        say::aside(NO_SESSION);
    }
    core.close().await?;
    Ok(drain)
}

/// This program, as it is found again after the next login.
fn program() -> Result<std::path::PathBuf, Complaint> {
    let gone = |why: String| {
        Complaint::new(Code::Other, why).hint("start the program from where it is installed")
    };
    let program = std::env::current_exe()
        .map_err(|fault| gone(format!("where this program lies is not known: {fault}")))?;
    match program.is_file() {
        true => Ok(program),
        false => Err(gone(format!(
            "this program is not at `{}` any more",
            program.display()
        ))),
    }
}

/// Writes the file, has it started at login, and starts it now.
fn install(
    supervisor: &dyn Supervisor,
    launch: &Launch,
    running: Option<&Instance>,
) -> Result<(), Complaint> {
    let path = supervisor.file();
    let text = supervisor.text(launch)?;
    let before = file::read(path)?;
    if before == Found::Foreign {
        return Err(foreign(path, "replaced"));
    }
    // Whoever cannot say how it is could not start it either, and nothing is written yet.
    let state = supervisor.state()?;
    if let Some(other) = running
        && !is_ours(other, &state, &before)
    {
        let message = format!("Postern is already running at http://{}", other.address);
        return Err(Complaint::new(Code::AlreadyRunning, message)
            .hint("end that server, or quit the app, and install again"));
    }
    if !launch.variables.is_empty() && !supervisor.carries_variables() {
        say::aside(NO_VARIABLES);
    }
    let written = file::write(path, &supervisor.bytes(&text))
        .and_then(|()| supervisor.start(state.is_running()));
    if written.is_err() {
        put_back(supervisor, &before, &state);
    }
    written
}

/// True where the server that runs is the service itself.
fn is_ours(server: &Instance, state: &State, before: &Found) -> bool {
    match state.run {
        Run::Running { pid: Some(pid) } => pid == server.pid,
        Run::Running { pid: None } => true,
        Run::Untold => *before != Found::Nothing,
        Run::Stopped | Run::Failed { .. } => false,
    }
}

/// Undoes an installation that failed, as far as the system lets us.
fn put_back(supervisor: &dyn Supervisor, before: &Found, state: &State) {
    if !state.enabled {
        let _ = supervisor.stop();
    }
    let _ = match before {
        Found::Ours(bytes) => file::write(supervisor.file(), bytes),
        Found::Nothing => file::remove(supervisor.file()),
        Found::Foreign => Ok(()),
    };
    let _ = match state.is_running() {
        true => supervisor.start(true),
        false => supervisor.forget(),
    };
}

/// Starts it no more, ends it, and takes the file away. Says what was done.
fn remove(supervisor: &dyn Supervisor) -> Result<String, Complaint> {
    let path = supervisor.file();
    let found = file::read(path)?;
    if found == Found::Foreign {
        return Err(foreign(path, "removed"));
    }
    let state = supervisor.state();
    let is_known = state
        .as_ref()
        .is_ok_and(|state| state.enabled || state.is_running());
    if found == Found::Nothing && !is_known {
        return Ok("The service is not installed.".to_owned());
    }
    let state = state?;
    supervisor.stop()?;
    if found != Found::Nothing {
        file::remove(path)?;
    }
    supervisor.forget()?;
    Ok(match state.file.filter(|file| file != path) {
        Some(file) if found == Found::Nothing => format!(
            "Postern no longer starts at login. `{}` is a package's and stays.",
            file.display()
        ),
        Some(_) | None => "The service is removed.".to_owned(),
    })
}

fn foreign(path: &Path, done: &str) -> Complaint {
    let path = path.display();
    let message = format!("`{path}` was not written by Postern and is not {done}");
    Complaint::new(Code::NameTaken, message).hint("move that file away and try again")
}

const NO_PASSPHRASE: &str = "warning: the secrets are kept with a passphrase, and a service has no terminal to ask for it: \
     keep them another way, or it cannot open them";
const NO_SESSION: &str = "warning: secrets that last for one session are gone when a process ends: nobody can be signed in \
     to the service";
const NO_VARIABLES: &str = "warning: a task has no variables of its own: `CODEX_HOME` counts only where it is set for your \
     whole account";
