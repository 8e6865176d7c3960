//! One person's home and the stand-in for ChatGPT, for tests of the program from outside.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use standin::world::knobs::DeviceMode;
use standin::{Options, Standin};
use tempfile::TempDir;

/// A person's folder, and what the program takes for ChatGPT.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    pub(crate) standin: Standin,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A program that stays up and said where it can be reached. Killed when dropped.
pub(crate) struct Up {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Home {
    /// A home at which nobody is signed in.
    pub(crate) async fn empty() -> Self {
        let standin = Standin::start(Options::default()).await.unwrap();
        standin.world().turn(|knobs| {
            knobs.device = DeviceMode::Auto;
            knobs.device_interval_secs = 1;
        });
        Self {
            folder: tempfile::tempdir().unwrap(),
            standin,
        }
    }

    pub(crate) async fn sign_in(&self) {
        let ended = self.run(&["login", "--device"]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// The text of a new key for `app`.
    pub(crate) async fn key(&self, app: &str) -> String {
        let ended = self.run(&["keys", "add", app]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.out.trim().to_owned()
    }

    /// The program, about to be started with this home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command.env_clear();
        self.dress(&mut command, self.folder.path(), arguments);
        command
    }

    /// Gives `command`, which runs the program in some way, its arguments and its pipes.
    pub(crate) fn dress(&self, command: &mut Command, folder: &Path, arguments: &[&str]) {
        command
            // No browser of this machine may take the code of the page.
            .env("PATH", "/nonexistent")
            .env("HOME", folder)
            .args(["--vault", "plain"])
            .args(["--issuer", self.standin.issuer().as_str()])
            .args(["--upstream", self.standin.upstream().as_str()])
            .arg("--home")
            .arg(folder)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments)).await
    }

    pub(crate) async fn serve(&self) -> Up {
        Up::start(self.command(&["serve", "--port", "0"])).await
    }
}

impl Ended {
    /// Runs on a thread of its own, so that the stand-in can answer meanwhile.
    pub(crate) async fn of(mut command: Command) -> Self {
        let ended = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = ended.await.unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Up {
    /// Starts `command` and returns when it has said its address.
    pub(crate) async fn start(mut command: Command) -> Self {
        let started = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut line = String::new();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            out.read_line(&mut line).unwrap();
            let Some((_, address)) = line.trim().split_once("http://") else {
                let mut err = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut err)
                    .unwrap();
                panic!("an unexpected first line: {line:?}, and: {err}");
            };
            Self {
                address: format!("http://{address}"),
                child,
            }
        });
        started.await.unwrap()
    }

    /// Ends it in the middle of whatever it does, and returns when it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The product's own HTTP client; there is no other builder. It follows no redirects.
pub(crate) fn http() -> reqwest::Client {
    upstream::http_client(&upstream::HttpConfig::default()).unwrap()
}
