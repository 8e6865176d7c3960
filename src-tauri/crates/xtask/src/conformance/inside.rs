//! What runs inside the clients' network: a stack for each runner, side by side.

use std::path::Path;
use std::process::Command;
use std::thread;

use super::client::{CLIENTS, Client, Door, Told};
use super::{Installed, OWN};
use crate::Ended;
use crate::failure::Failure;
use crate::place::{Place, Profile};
use crate::run;
use crate::stack::Stack;

/// Runs all runners; each writes its report into `results`.
pub(crate) fn run(place: &Place, network: &str, results: &Path) -> Result<Ended, Failure> {
    if network == OWN {
        run::quietly(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    }
    let installed = Installed::ready(place)?;
    let ended: Vec<_> = thread::scope(|scope| {
        let installed = &installed;
        let drive = |client: &'static Client| {
            scope.spawn(move || -> Result<bool, Failure> {
                let stack = Stack::start_with(place, Profile::Dev, client.settings)?;
                let mut command = command(client, place, installed, &stack)?;
                command.arg("--out").arg(results.join(client.report()));
                if client.calls_home && network != OWN {
                    command.arg("--dead-proxy");
                }
                Ok(run::watched(&mut command)?.status.success())
            })
        };
        let running: Vec<_> = CLIENTS.iter().map(drive).collect();
        let ends = running.into_iter().map(|runner| {
            runner
                .join()
                .unwrap_or_else(|_| Err(Failure::new("a runner's thread broke")))
        });
        ends.collect()
    });
    for ended in ended {
        if !ended? {
            return Ok(Ended::Badly);
        }
    }
    Ok(Ended::Well)
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
