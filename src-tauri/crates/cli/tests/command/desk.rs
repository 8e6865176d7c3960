//! A person's desk for one test: a home, a stand-in, and the command.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use standin::world::knobs::DeviceMode;
use standin::{Options, Standin};
use tempfile::TempDir;

pub(crate) const EMAIL: &str = "plus@example.test";

pub(crate) struct Desk {
    pub(crate) home: TempDir,
    pub(crate) standin: Standin,
    vault: &'static str,
    passphrase: Option<&'static str>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A `postern serve` that is ended with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::with_vault("plain", None).await
    }

    pub(crate) async fn with_vault(vault: &'static str, passphrase: Option<&'static str>) -> Self {
        let standin = Standin::start(Options::default()).await.unwrap();
        standin.world().turn(|knobs| {
            knobs.device = DeviceMode::Auto;
            knobs.device_interval_secs = 1;
        });
        Self {
            home: tempfile::tempdir().unwrap(),
            standin,
            vault,
            passphrase,
        }
    }

    /// A desk at which somebody is signed in.
    pub(crate) async fn signed_in() -> Self {
        let desk = Self::new().await;
        let ended = desk.run(&["login", "--device"]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        desk
    }

    pub(crate) fn set_passphrase(&mut self, passphrase: Option<&'static str>) {
        self.passphrase = passphrase;
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .args(["--vault", self.vault])
            .args(["--issuer", self.standin.issuer().as_str()])
            .args(["--upstream", self.standin.upstream().as_str()])
            .arg("--home")
            .arg(self.home.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(passphrase) = self.passphrase {
            command.env("POSTERN_PASSPHRASE", passphrase);
        }
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        Self::ended(self.command(arguments), "").await
    }

    pub(crate) async fn run_with_input(&self, arguments: &[&str], input: &'static str) -> Ended {
        Self::ended(self.command(arguments), input).await
    }

    /// Runs on a thread of its own, so that the stand-in can answer meanwhile.
    pub(crate) async fn ended(mut command: Command, input: &'static str) -> Ended {
        let output: Output = tokio::task::spawn_blocking(move || {
            if !input.is_empty() {
                command.stdin(Stdio::piped());
            }
            let mut child = command.spawn().unwrap();
            if let Some(mut stdin) = child.stdin.take() {
                let _ = stdin.write_all(input.as_bytes());
            }
            child.wait_with_output().unwrap()
        })
        .await
        .unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts `serve` and returns when it listens.
    pub(crate) async fn serve(&self) -> Server {
        Self::serving(self.command(&["serve", "--port", "0"])).await
    }

    /// As [`Self::serve`], by this command.
    pub(crate) async fn serving(mut command: Command) -> Server {
        tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap())
                .read_line(&mut line)
                .unwrap();
            let address = line
                .trim()
                .strip_prefix("Postern listens on ")
                .unwrap_or_else(|| panic!("an unexpected first line: {line:?}"))
                .to_owned();
            Server { child, address }
        })
        .await
        .unwrap()
    }
}

impl Server {
    /// What it says beside its address.
    pub(crate) fn take_err(&mut self) -> ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// Sends SIGTERM and waits for the exit code.
    pub(crate) async fn terminate(mut self) -> Option<i32> {
        tokio::task::spawn_blocking(move || {
            let pid = self.child.id().to_string();
            let sent = Command::new("kill").args(["-TERM", &pid]).status();
            assert!(sent.unwrap().success());
            self.child.wait().unwrap().code()
        })
        .await
        .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every file below `folder` that holds `needle`.
pub(crate) fn files_with(folder: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .unwrap()
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

/// The product's own HTTP client; there is no other builder.
pub(crate) fn http() -> reqwest::Client {
    upstream::http_client(&upstream::HttpConfig::default()).unwrap()
}
