//! What runs inside the clients' network: a stack for each runner, side by side.

use std::path::Path;
use std::process::Command;
use std::thread;

use super::{Clients, OWN};
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
    let clients = Clients::ready(place)?;
    let runners = [
        Runner::Python,
        Runner::Node,
        Runner::Codex,
        Runner::Anthropic,
        Runner::ClaudeCode,
        Runner::Ollama,
    ];
    let ended = thread::scope(|scope| {
        let clients = &clients;
        let running = runners.map(|runner| {
            scope.spawn(move || -> Result<bool, Failure> {
                let stack = Stack::start_with(place, Profile::Dev, runner.settings())?;
                let mut command = runner.command(place, clients, &stack);
                command.arg("--out").arg(results.join(runner.report()));
                if runner.calls_home() && network != OWN {
                    command.arg("--dead-proxy");
                }
                Ok(run::watched(&mut command)?.status.success())
            })
        });
        running.map(|runner| {
            runner
                .join()
                .unwrap_or_else(|_| Err(Failure::new("a runner's thread broke")))
        })
    });
    for ended in ended {
        if !ended? {
            return Ok(Ended::Badly);
        }
    }
    Ok(Ended::Well)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    Python,
    Node,
    Codex,
    Anthropic,
    ClaudeCode,
    Ollama,
}

impl Runner {
    /// True for programs that ask others than their base URL.
    fn calls_home(self) -> bool {
        match self {
            Self::Python | Self::Node | Self::Anthropic | Self::Ollama => false,
            Self::Codex | Self::ClaudeCode => true,
        }
    }

    fn report(self) -> &'static str {
        match self {
            Self::Python => "openai-python.json",
            Self::Node => "openai-node.json",
            Self::Codex => "codex.json",
            Self::Anthropic => "anthropic-python.json",
            Self::ClaudeCode => "claude-code.json",
            Self::Ollama => "ollama-python.json",
        }
    }

    /// What Postern's settings say for this client. Codex sends no key to an Ollama.
    fn settings(self) -> &'static str {
        match self {
            Self::Python | Self::Node | Self::Anthropic | Self::ClaudeCode => "",
            Self::Codex => "ollama = true\nollama_port = 0\nollama_key = false\n",
            Self::Ollama => "ollama = true\nollama_port = 0\n",
        }
    }

    fn command(self, place: &Place, clients: &Clients, stack: &Stack) -> Command {
        let python = clients.python.program("python");
        let node = clients.node.program();
        let ollama = stack.ollama().unwrap_or_default();
        let mut command = match self {
            Self::Python => {
                let mut command = Command::new(python);
                command.arg(place.client("openai-python/run.py"));
                command
            }
            Self::Node => {
                let mut command = Command::new(node);
                command.arg(place.client("openai-node/run.mjs"));
                command
            }
            Self::Codex => {
                let mut command = Command::new(python);
                command.arg(place.client("codex/run.py"));
                command.arg("--node").arg(node);
                command.args(["--second", &format!("http://{}", stack.second())]);
                command
                    .arg("--postern")
                    .arg(place.program(Profile::Dev, "postern"));
                command.arg("--postern-home").arg(stack.postern_home());
                command.args(["--ollama", &ollama]);
                command
            }
            Self::Ollama => {
                let mut command = Command::new(clients.ollama.program("python"));
                command.arg(place.client("ollama-python/run.py"));
                command
            }
            Self::Anthropic => {
                let mut command = Command::new(clients.anthropic.program("python"));
                command.arg(place.client("anthropic-python/run.py"));
                command
            }
            Self::ClaudeCode => {
                let mut command = Command::new(python);
                command.arg(place.client("claude-code/run.py"));
                command
            }
        };
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let base_url = match self {
            Self::Ollama => ollama,
            Self::Python | Self::Node | Self::Codex | Self::Anthropic | Self::ClaudeCode => {
                stack.base_url()
            }
        };
        command.args(["--base-url", &base_url, "--key", stack.key()]);
        command.args(["--admin", &format!("http://{}", stack.standin())]);
        command.arg("--cases").arg(place.client("cases.json"));
        command
    }
}
