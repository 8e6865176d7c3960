//! A person's desk with a `systemctl` that records what it is asked and answers as scripted.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

pub(crate) struct Desk {
    pub(crate) home: TempDir,
    /// Holds `systemctl`, and what it knows.
    bin: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A `postern serve` that is ended with the test.
pub(crate) struct Server(Child);

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            home: tempfile::tempdir().unwrap(),
            bin: tempfile::tempdir().unwrap(),
        };
        fs::write(desk.systemctl(), include_str!("systemctl.sh")).unwrap();
        fs::set_permissions(desk.systemctl(), fs::Permissions::from_mode(0o755)).unwrap();
        desk
    }

    pub(crate) fn systemctl(&self) -> PathBuf {
        self.bin.path().join("systemctl")
    }

    pub(crate) fn unit(&self) -> PathBuf {
        self.home
            .path()
            .join(".config/systemd/user/postern.service")
    }

    /// The names in the folder of units.
    pub(crate) fn beside_the_unit(&self) -> Vec<String> {
        let entries = fs::read_dir(self.unit().parent().unwrap()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// Has `systemctl` know `what`.
    pub(crate) fn script(&self, what: &str, value: &str) {
        fs::write(self.bin.path().join(what), value).unwrap();
    }

    /// What `systemctl --user` was asked since this was asked last; of `show`, only about what.
    pub(crate) fn calls(&self) -> Vec<String> {
        let file = self.bin.path().join("calls");
        let calls = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        calls
            .lines()
            .map(|call| {
                let call = call.strip_prefix("--user ").unwrap();
                call.split(" --property").next().unwrap().to_owned()
            })
            .collect()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts `serve` and returns when it listens, and where.
    pub(crate) fn serve(&self, variables: &[(&str, &str)]) -> (Server, String) {
        let mut command = self.command(&["serve", "--port", "0"]);
        let mut child = command.envs(variables.iter().copied()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Postern listens on ").unwrap();
        (Server(child), address.to_owned())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", self.bin.path())
            .env("POSTERN_HOME", self.home.path())
            .env("POSTERN_PASSPHRASE", "correct horse")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !arguments.contains(&"--vault") {
            command.args(["--vault", "plain"]);
        }
        command
    }
}

impl Server {
    pub(crate) fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
