//! What runs inside the clients' network: a stack for each runner, several side by side.

use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::client::{CLIENTS, Client, Door, Told};
use super::{Installed, OWN};
use crate::Ended;
use crate::failure::Failure;
use crate::place::{Place, Profile};
use crate::run;
use crate::stack::Stack;

/// Runs the runners of `names`, all where there are none; each writes its report into `results`.
pub(crate) fn run(
    place: &Place,
    network: &str,
    results: &Path,
    names: &[&str],
) -> Result<Ended, Failure> {
    if network == OWN {
        run::quietly(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    }
    let installed = Installed::ready(place)?;
    let begun = AtomicUsize::new(0);
    let is_chosen = |client: &&Client| names.is_empty() || names.contains(&client.name);
    let chosen: Vec<_> = CLIENTS.iter().filter(is_chosen).collect();
    let next = || chosen.get(begun.fetch_add(1, Ordering::Relaxed));
    // No more at once than the machine can feed: clients have time limits of their own.
    let abreast = thread::available_parallelism().map_or(1, NonZero::get) * 2;
    let well = thread::scope(|scope| {
        let drive_all = || -> Result<bool, Failure> {
            let mut well = true;
            while let Some(client) = next() {
                well &= drive(client, place, &installed, network, results)?;
            }
            Ok(well)
        };
        let running: Vec<_> = (0..abreast).map(|_| scope.spawn(drive_all)).collect();
        let mut well = true;
        for runner in running {
            let ended = runner.join();
            well &= ended.unwrap_or_else(|_| Err(Failure::new("a runner's thread broke")))?;
        }
        Ok(well)
    })?;
    Ok(if well { Ended::Well } else { Ended::Badly })
}

/// Runs one client against a stack of its own; true if all its cases passed.
fn drive(
    client: &Client,
    place: &Place,
    installed: &Installed,
    network: &str,
    results: &Path,
) -> Result<bool, Failure> {
    let stack = Stack::start_with(place, Profile::Dev, client.settings)?;
    let mut command = command(client, place, installed, &stack)?;
    command.arg("--out").arg(results.join(client.report()));
    if client.calls_home && network != OWN {
        command.arg("--dead-proxy");
    }
    Ok(run::watched(&mut command)?.status.success())
}

/// The runner of `client`, told where everything is.
fn command(
    client: &Client,
    place: &Place,
    installed: &Installed,
    stack: &Stack,
) -> Result<Command, Failure> {
    let ollama = stack.ollama().unwrap_or_default();
    let mut command = installed.runner(client, place)?;
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    for told in client.told {
        match told {
            Told::Node => command.arg("--node").arg(installed.node.program()),
            Told::Second => command.args(["--second", &format!("http://{}", stack.second())]),
            Told::Postern => command
                .arg("--postern")
                .arg(place.program(Profile::Dev, "postern"))
                .arg("--postern-home")
                .arg(stack.postern_home()),
            Told::Ollama => command.args(["--ollama", &ollama]),
        };
    }
    let base_url = match client.door {
        Door::OpenAi => stack.base_url(),
        Door::Ollama => ollama,
    };
    command.args(["--base-url", &base_url, "--key", stack.key()]);
    command.args(["--admin", &format!("http://{}", stack.standin())]);
    command.arg("--cases").arg(place.client("cases.json"));
    Ok(command)
}
