//! A home with an account, a key and a running `postern serve`, before a stand-in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use http::Version;
use serde_json::Value;
use standin::{Options, Received, Standin, World};
use tempfile::TempDir;

/// The one path of the backend that is asked for answers.
pub(crate) const RESPONSES: &str = "/backend-api/codex/responses";

/// The program at work.
pub(crate) struct House {
    pub(crate) standin: Standin,
    pub(crate) key: String,
    /// Where the program listens.
    pub(crate) at: SocketAddr,
    /// Where it listens for those who speak Ollama's API.
    pub(crate) ollama: SocketAddr,
    home: TempDir,
    server: Server,
    wire: Wire,
    /// What the backend knows the account by.
    pub(crate) token: String,
}

/// What lies between the program and the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Wire {
    /// HTTP/1.1.
    #[default]
    Plain,
    /// HTTP/2 over TLS, as ChatGPT itself is reached.
    Secure,
}

pub(crate) const WIRES: [Wire; 2] = [Wire::Plain, Wire::Secure];

/// What can be said before the program is started.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plan<'a> {
    /// More lines of the settings file.
    pub(crate) settings: &'a str,
    /// Where the account's requests go, as the backend tells; else to the stand-in too.
    pub(crate) origin: Option<&'a str>,
    /// Where the program finds the backend; else at the stand-in.
    pub(crate) upstream: Option<&'a str>,
    /// The account; else one of a personal plan.
    pub(crate) email: Option<&'a str>,
    /// How the backend is reached.
    pub(crate) wire: Wire,
    /// How many descriptors the program may have; else as many as the test.
    pub(crate) descriptors: Option<u32>,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with("").await
    }

    /// Reached so.
    pub(crate) async fn on(wire: Wire) -> Self {
        Self::of(Plan {
            wire,
            ..Plan::default()
        })
        .await
    }

    /// With these lines in the settings file.
    pub(crate) async fn with(settings: &str) -> Self {
        Self::of(Plan {
            settings,
            ..Plan::default()
        })
        .await
    }

    /// The account's requests go to `origin`.
    pub(crate) async fn routed(origin: &str) -> Self {
        Self::of(Plan {
            origin: Some(origin),
            ..Plan::default()
        })
        .await
    }

    pub(crate) async fn of(plan: Plan<'_>) -> Self {
        let options = Options {
            secure_port: Some(0),
            ..Options::default()
        };
        let standin = Standin::start(options).await.unwrap();
        let (world, email) = (standin.world(), plan.email.unwrap_or(EMAIL));
        let token = world.access_token(email).reveal().to_owned();
        if let Some(origin) = plan.origin {
            let account = &world.seats_of(email)[0].account_id;
            world.change_seat(account, |seat| {
                seat.routing.origin = Some(origin.to_owned());
            });
        }
        let home = tempfile::tempdir().unwrap();
        let all = format!("ollama = true\nollama_port = 0\n{}", plan.settings);
        std::fs::write(home.path().join("config.toml"), all).unwrap();
        let desk = Desk::of(&home, &standin);
        let typed = format!("{token}\n");
        desk.run(&["login", "--access-token", "-"], &typed).await;
        let key = desk.run(&["keys", "add", "app"], "").await;
        let server = Desk::of(&home, &standin).serve(plan, &standin).await;
        let status = desk.run(&["status", "--json"], "").await;
        let status: Value = serde_json::from_str(&status).unwrap();
        let address = |text: &Value| text.as_str().unwrap().parse().unwrap();
        Self {
            at: address(&status["server"]["address"]),
            ollama: address(&status["server"]["ollama"]),
            key: key.trim().to_owned(),
            standin,
            home,
            server,
            token,
            wire: plan.wire,
        }
    }

    pub(crate) fn world(&self) -> &World {
        self.standin.world()
    }

    /// What arrived at the backend's one path.
    pub(crate) fn asked(&self) -> Vec<Received> {
        self.world().received_at(RESPONSES)
    }

    /// The rows of the log, oldest first, once there are `count`.
    pub(crate) async fn rows(&self, count: usize) -> Vec<Value> {
        let desk = Desk::of(&self.home, &self.standin);
        let mut rows = Vec::new();
        for _ in 0..TRIES {
            let told = desk.run(&["logs", "--json", "-n", "5000"], "").await;
            let lines = told.lines().map(serde_json::from_str);
            rows = lines.collect::<Result<_, _>>().unwrap();
            if rows.len() >= count {
                break;
            }
        }
        assert_eq!(rows.len(), count, "{rows:#?}");
        rows
    }

    /// The process that serves.
    pub(crate) fn pid(&self) -> u32 {
        self.server.0.id()
    }

    /// Ends the program, which leaves in order, and looks for secrets in what it said, in what it wrote
    /// and in what clients have `seen`.
    pub(crate) async fn close(self, seen: &str) {
        let mut versions = self.asked().into_iter().map(|one| one.version);
        let is_secure = versions.any(|version| version == Version::HTTP_2);
        assert!(self.wire == Wire::Plain || is_secure, "no HTTP/2");
        let desk = Desk::of(&self.home, &self.standin);
        let rows = desk.run(&["logs", "-n", "5000"], "").await;
        let mut server = self.server;
        let (code, said) = tokio::task::spawn_blocking(move || server.terminate())
            .await
            .unwrap();
        assert_eq!(code, Some(0), "{said}");
        let mut told = format!("{seen}\n{rows}\n{said}");
        read_all(&self.home.path().join("logs"), &mut told);
        for secret in [self.key.as_str(), &self.token, "at-standin-", "Bearer "] {
            let at = told.find(secret);
            let around = at.map(|at| &told[told.floor_char_boundary(at.saturating_sub(200))..at]);
            assert_eq!(around, None, "`{secret}` was told");
        }
        self.standin.stop().await;
    }
}

/// The command, with all that every call of it needs.
struct Desk(Vec<String>);

impl Desk {
    fn of(home: &TempDir, standin: &Standin) -> Self {
        let home = home.path().to_str().unwrap().to_owned();
        let (issuer, upstream) = (standin.issuer(), standin.upstream());
        let shared = ["--vault", "plain", "--home", &home];
        let shared = shared.map(str::to_owned).into_iter();
        let there = ["--issuer", issuer.as_str(), "--upstream", upstream.as_str()];
        Self(shared.chain(there.map(str::to_owned)).collect())
    }

    fn command(&self, words: &[&str]) -> Command {
        self.under(Command::new(env!("CARGO_BIN_EXE_postern")), words)
    }

    /// `program` with the words of the command.
    fn under(&self, mut program: Command, words: &[&str]) -> Command {
        program.args(&self.0).args(words).stdin(Stdio::piped());
        program.env_clear().env("HOME", &self.0[3]);
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }

    /// Runs on a thread of its own, so that the stand-in can answer meanwhile.
    async fn run(&self, words: &[&str], typed: &str) -> String {
        let (mut command, typed) = (self.command(words), typed.to_owned());
        let work = move || {
            let mut child = command.spawn().unwrap();
            let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
            child.wait_with_output().unwrap()
        };
        let output = tokio::task::spawn_blocking(work).await.unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts `serve` and returns when it listens.
    async fn serve(mut self, plan: Plan<'_>, standin: &Standin) -> Server {
        let secure = match plan.wire {
            Wire::Plain => None,
            Wire::Secure => standin.secure_upstream().map(String::from),
        };
        let upstream = plan.upstream.map(str::to_owned).or(secure);
        if let (Some(there), Some(upstream)) = (self.0.last_mut(), upstream) {
            *there = upstream;
        }
        let words = ["serve", "--port", "0"];
        let mut command = match plan.descriptors {
            None => self.command(&words),
            Some(most) => {
                let mut shell = Command::new("/bin/sh");
                let line = format!("ulimit -n {most} && exec \"$0\" \"$@\"");
                shell.args(["-c", &line, env!("CARGO_BIN_EXE_postern")]);
                self.under(shell, &words)
            }
        };
        if plan.wire == Wire::Secure {
            command.env("SSL_CERT_FILE", Standin::certificate());
        }
        let work = move || {
            let mut child = command.spawn().unwrap();
            let mut line = String::new();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            out.read_line(&mut line).unwrap();
            assert!(line.starts_with("Postern listens on "), "{line:?}");
            Server(child)
        };
        tokio::task::spawn_blocking(work).await.unwrap()
    }
}

/// A `postern serve` that is ended with the test.
struct Server(Child);

impl Server {
    /// Sends SIGTERM; the exit code, and what it said beside its address.
    fn terminate(&mut self) -> (Option<i32>, String) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.unwrap().success());
        let code = self.0.wait().unwrap().code();
        let mut said = String::new();
        let err = self.0.stderr.as_mut().unwrap();
        err.read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        into.push_str(&String::from_utf8_lossy(&bytes));
    }
}

const EMAIL: &str = "plus@example.test";

/// How often the log is read before a row that does not come is missed. Each time is a process.
const TRIES: usize = 100;
