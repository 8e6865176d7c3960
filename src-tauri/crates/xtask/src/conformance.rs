//! The real clients, SDKs and programs, driven against Postern and the stand-in.
//!
//! Each client gets a stack of its own. Everything runs in a network with nothing but loopback
//! where the machine permits that, so that no client can reach anything real. The results become
//! `docs/conformance.md`; a file that changes is a failure until it is committed.

mod client;
pub(crate) mod inside;
mod page;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use client::{CLIENTS, Client, Made, SDK};

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::machine::{Need, Node, Python, node, packages, python};
use crate::place::Place;
use crate::run;
use crate::stack;
use crate::tally::{Board, Tally};

/// The command `clients`: all of them, or those of `names`.
pub(crate) fn run(place: &Place, names: &[&str]) -> Result<Ended, Failure> {
    let known = |name: &str| CLIENTS.iter().any(|client| client.name == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        return Err(Failure::new(format!("`{name}` is no client")));
    }
    let mut board = Board::default();
    stack::build(place)?;
    match names {
        [] => steps(place, &mut board)?,
        names => drop(drive(place, names, &mut board)?),
    }
    Ok(board.close())
}

/// Drives all clients and notes a row for each, and one for the page.
pub(crate) fn steps(place: &Place, board: &mut Board) -> Result<(), Failure> {
    let reports = drive(place, &[], board)?;
    board.begin(PAGE);
    board.end(PAGE, Tally::one(page_is_unchanged(place, &reports)?));
    Ok(())
}

/// Drives the clients of `names`, all where there are none, and notes a row for each.
fn drive(place: &Place, names: &[&str], board: &mut Board) -> Result<page::Reports, Failure> {
    board.begin("clients");
    Installed::ready(place)?;
    let results = place.tools().join("results");
    let _ = fs::remove_dir_all(&results);
    fs::create_dir_all(&results).because("could not make the folder of the results")?;
    let network = Network::best();
    let mut command = network.command(place.own());
    command.args([
        "clients-inside".as_ref(),
        network.word().as_ref(),
        results.as_os_str(),
    ]);
    run::passes(command.args(names))?;
    let reports = page::Reports::read(&results);
    for (name, tally) in reports.tallies() {
        if names.is_empty() || names.contains(&name) {
            board.end(name, tally);
        }
    }
    Ok(reports)
}

/// Installs what the clients are.
pub(crate) fn ready(place: &Place) -> Result<(), Failure> {
    Installed::ready(place).map(drop)
}

/// Everything the runners are made of.
#[derive(Debug)]
struct Installed {
    node: Node,
    /// By the name of the client.
    environments: BTreeMap<&'static str, Python>,
}

impl Installed {
    /// Installs what is missing.
    fn ready(place: &Place) -> Result<Self, Failure> {
        packages(&[Need::Python, Need::Namespace, Need::Link])?;
        let node = node(place)?;
        let mut environments = BTreeMap::new();
        for client in CLIENTS {
            let folder = place.client(client.name);
            match client.made {
                Made::Python => {
                    let made = python(place, client.name, &folder.join("requirements.txt"))?;
                    environments.insert(client.name, made);
                }
                Made::Node | Made::Program => node.install(&folder)?,
            }
        }
        Ok(Self { node, environments })
    }

    /// The runner of `client`, not yet told anything.
    fn runner(&self, client: &Client, place: &Place) -> Result<Command, Failure> {
        let (environment, script) = match client.made {
            Made::Python => (client.name, "run.py"),
            Made::Program => (SDK, "run.py"),
            Made::Node => {
                let mut command = Command::new(self.node.program());
                command.arg(place.client(client.name).join("run.mjs"));
                return Ok(command);
            }
        };
        let python = self.environments.get(environment);
        let python = python.ok_or_else(|| Failure::new(format!("`{environment}` is missing")))?;
        let mut command = Command::new(python.program("python"));
        command.arg(place.client(client.name).join(script));
        Ok(command)
    }
}

/// What the clients can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// A namespace made by root.
    OwnAsRoot,
    /// A namespace of a person without rights.
    OwnAsUser,
    /// The machine's network; a proxy that is not there keeps Codex from using it.
    Machine,
}

impl Network {
    /// The narrowest that the machine permits.
    fn best() -> Self {
        let permitted =
            |network: &Self| run::quietly(network.command(Path::new("true")).arg("true")).is_ok();
        [Self::OwnAsRoot, Self::OwnAsUser]
            .into_iter()
            .find(permitted)
            .unwrap_or(Self::Machine)
    }

    /// `program`, to be run in this network.
    fn command(self, program: &Path) -> Command {
        let words: &[&str] = match self {
            Self::OwnAsRoot => &["--net"],
            Self::OwnAsUser => &["--map-root-user", "--net"],
            Self::Machine => return Command::new(program),
        };
        let mut command = Command::new("unshare");
        command.args(words).arg("--").arg(program);
        command
    }

    /// How the inner command is told which it is.
    fn word(self) -> &'static str {
        match self {
            Self::OwnAsRoot | Self::OwnAsUser => OWN,
            Self::Machine => "machine",
        }
    }
}

/// Writes the page and says whether it was like that already.
fn page_is_unchanged(place: &Place, reports: &page::Reports) -> Result<bool, Failure> {
    let table = place.client("cases.json");
    let table = fs::read_to_string(&table).because("could not read the table of cases")?;
    let table: page::Table = serde_json::from_str(&table).because("the table of cases is wrong")?;
    let path = place.root().join(PAGE);
    let (before, now) = (fs::read_to_string(&path).ok(), page::page(&table, reports));
    if before.as_deref() == Some(now.as_str()) {
        return Ok(true);
    }
    fs::write(&path, now).because(format!("could not write `{PAGE}`"))?;
    println!("{PAGE} has changed; look at the difference and commit it");
    Ok(false)
}

const PAGE: &str = "docs/conformance.md";
/// The word for a network of one's own.
pub(crate) const OWN: &str = "own";
