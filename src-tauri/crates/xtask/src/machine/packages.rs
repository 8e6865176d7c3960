//! System packages: named when they are missing; installed on Debian and Ubuntu.

use std::process::Command;

use crate::failure::Failure;
use crate::run;

/// What a command needs from the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A Secret Service for the tests of the vault.
    Keyring,
    /// A private session bus for it.
    Bus,
    /// The yardstick of the benches.
    Nginx,
    /// For `uv`, which fetches everything else of the clients.
    Python,
    /// What the demo's line is pasted into.
    Curl,
    /// A network with nothing but loopback, for programs that call home.
    Namespace,
    /// Brings that loopback up.
    Link,
}

impl Need {
    /// What must be there, and the Debian package that brings it.
    fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::Keyring => ("gnome-keyring-daemon", "gnome-keyring"),
            Self::Bus => ("dbus-daemon", "dbus"),
            Self::Nginx => ("nginx", "nginx-light"),
            Self::Python => ("python3", "python3"),
            Self::Curl => ("curl", "curl"),
            Self::Namespace => ("unshare", "util-linux"),
            Self::Link => ("ip", "iproute2"),
        }
    }
}

/// Makes sure that everything in `needs` is there.
pub(crate) fn packages(needs: &[Need]) -> Result<(), Failure> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing system packages: {}", missing.join(", "));
    install(&missing)?;
    match self::missing(needs) {
        still if still.is_empty() => Ok(()),
        still => Err(Failure::new(format!(
            "these are still missing after the installation: {}",
            still.join(", ")
        ))),
    }
}

/// Installs Debian packages, as root or through sudo.
pub(super) fn install(names: &[&str]) -> Result<(), Failure> {
    if !run::exists("apt-get") {
        return Err(Failure::new(format!(
            "install what these Debian packages bring, then run this again: {}",
            names.join(", ")
        )));
    }
    run::loudly(apt_get().arg("update"))?;
    let options = ["install", "--yes", "--no-install-recommends"];
    run::loudly(apt_get().args(options).args(names))
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    let rows = needs.iter().map(|need| need.program());
    rows.filter(|(program, _)| !run::exists(program))
        .map(|(_, package)| package)
        .collect()
}

fn apt_get() -> Command {
    let is_root = run::quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
    if !is_root {
        command.args(["--", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.arg("--quiet");
    command
}
