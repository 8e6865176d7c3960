//! The stand-in and Postern signed in to it: what the demo shows and the clients are driven against.
//!
//! Everything lives below one private temporary folder and on ports the system picked; dropping
//! the stack ends both programs and removes the folder.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::child::Child;
use crate::failure::{Because as _, Failure};
use crate::folder::Folder;
use crate::http::address_in;
use crate::place::{Place, Profile};
use crate::run::{loudly, quietly};

/// Both programs, running.
#[derive(Debug)]
pub(crate) struct Stack {
    // Dropped in this order: Postern first, so that it does not see its other side vanish.
    postern: Child,
    standin: Child,
    home: Folder,
    door: SocketAddr,
    ollama: Option<String>,
    standin_at: SocketAddr,
    second: SocketAddr,
    secure: SocketAddr,
    key: String,
}

/// Compiles both programs.
pub(crate) fn build(place: &Place) -> Result<(), Failure> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(place.root()).arg("build");
    loudly(cargo.args(["--package", "cli", "--package", "standin"]))
}

impl Stack {
    /// Starts the stand-in, signs in to it by device code, makes a key, starts the server.
    pub(crate) fn start(place: &Place, profile: Profile) -> Result<Self, Failure> {
        Self::start_with(place, profile, "")
    }

    /// The same with these settings.
    pub(crate) fn start_with(
        place: &Place,
        profile: Profile,
        settings: &str,
    ) -> Result<Self, Failure> {
        let home = Folder::make("postern")?;
        let own = home.path().join("home");
        fs::create_dir_all(&own).because("could not make Postern's home")?;
        let file = own.join("config.toml");
        fs::write(file, settings).because("could not write Postern's settings")?;
        let standin = start_standin(place, profile, home.path())?;
        let standin_at = address(&standin.line()?)?;
        let second = address(&standin.line()?)?;
        let secure = address(&standin.line()?)?;

        let program = place.program(profile, "postern");
        let postern = |words: &[&str]| postern(&program, &own, standin_at, words);
        quietly(&mut postern(&["--vault", "plain", "login", "--device"]))?;
        let key = quietly(&mut postern(&["keys", "add", "demo"]))?;
        let server = Child::start(
            "postern",
            &mut postern(&["serve", "--port", "0"]),
            home.path(),
        )?;
        let door = address(&server.line()?)?;
        let status = quietly(&mut postern(&["status", "--json"]))?;
        Ok(Self {
            postern: server,
            standin,
            door,
            ollama: ollama_in(&status)?,
            standin_at,
            second,
            secure,
            key: key.trim().to_owned(),
            home,
        })
    }

    /// Where Postern listens.
    pub(crate) fn door(&self) -> SocketAddr {
        self.door
    }

    /// What a client is given as base URL.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.door)
    }

    /// The root of the Ollama door, where the settings open one.
    pub(crate) fn ollama(&self) -> Option<String> {
        let at = self.ollama.as_deref();
        at.map(|at| format!("http://{at}"))
    }

    /// What a client is given as key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The stand-in's first origin: issuer, backend and admin calls.
    pub(crate) fn standin(&self) -> SocketAddr {
        self.standin_at
    }

    /// The stand-in's second origin: the same world.
    pub(crate) fn second(&self) -> SocketAddr {
        self.second
    }

    /// The stand-in's port with TLS and HTTP/2: the same world.
    pub(crate) fn secure(&self) -> SocketAddr {
        self.secure
    }

    /// Where Postern keeps everything.
    pub(crate) fn postern_home(&self) -> PathBuf {
        self.home().join("home")
    }

    /// The folder that vanishes with the stack.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The process ids of Postern and the stand-in.
    pub(crate) fn processes(&self) -> [u32; 2] {
        [self.postern.id(), self.standin.id()]
    }
}

/// Postern below `home`, with the stand-in at `standin` as the other side.
pub(crate) fn postern(program: &Path, home: &Path, standin: SocketAddr, words: &[&str]) -> Command {
    let upstream = format!("http://{standin}/backend-api");
    postern_before(program, home, standin, &upstream, words)
}

/// The same with the backend at `upstream`.
pub(crate) fn postern_before(
    program: &Path,
    home: &Path,
    standin: SocketAddr,
    upstream: &str,
    words: &[&str],
) -> Command {
    let mut command = Command::new(program);
    command.arg("--home").arg(home);
    command.args(["--issuer", &format!("http://{standin}")]);
    command.args(["--upstream", upstream]);
    command.args(words);
    command
}

/// Starts a stand-in that approves whoever asks by code.
pub(crate) fn start_standin(
    place: &Place,
    profile: Profile,
    logs: &Path,
) -> Result<Child, Failure> {
    let mut command = Command::new(place.program(profile, "standin"));
    // What it does is nothing to compile the programs by (`pgo.rs`).
    command.env("LLVM_PROFILE_FILE", "/dev/null");
    command.args(["--port", "0", "--second-port", "0"]);
    command.args(["--secure-port", "0", "--auto-approve"]);
    Child::start("standin", &mut command, logs)
}

/// Where the Ollama door is, by what `postern status --json` says.
fn ollama_in(status: &str) -> Result<Option<String>, Failure> {
    let status: Value = serde_json::from_str(status).because("the status is no JSON")?;
    Ok(status["server"]["ollama"].as_str().map(str::to_owned))
}

/// The address in what a program said.
pub(crate) fn address(line: &str) -> Result<SocketAddr, Failure> {
    address_in(line).ok_or_else(|| Failure::new(format!("no address in `{line}`")))
}
