//! The program `standin`: one stand-in until it is asked to leave.
//!
//! `standin --port N [--second-port N] [--secure-port N] [--auto-approve]` prints a line with its
//! address, one for each further port, and leaves with 0 on SIGTERM or SIGINT. 0 as a port picks a
//! free one.

use std::io::{self, Write as _};
use std::process::ExitCode;

use standin::world::knobs::{Authorize, DeviceMode};
use standin::{Options, Standin};

#[tokio::main]
async fn main() -> ExitCode {
    let asked = match Asked::read(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(why) => return complain(&format!("{why}\n{USAGE}"), 2),
    };
    match run(asked).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string(), 1),
    }
}

async fn run(asked: Asked) -> io::Result<()> {
    // Before the line is printed: whoever reads it may send the signal at once.
    let leave = Leave::listen()?;
    let standin = Standin::start(asked.options).await?;
    if asked.auto_approve {
        standin.world().turn(|knobs| {
            knobs.device = DeviceMode::Auto;
            knobs.authorize = Authorize::Approve;
        });
    }
    let mut out = io::stdout();
    writeln!(out, "standin listening on http://{}", standin.addr())?;
    if let Some(second) = standin.second_addr() {
        writeln!(out, "standin also listening on http://{second}")?;
    }
    if let Some(secure) = standin.secure_addr() {
        writeln!(out, "standin also listening on https://{secure}")?;
    }
    out.flush()?;
    leave.asked().await;
    standin.stop().await;
    Ok(())
}

/// The command line.
struct Asked {
    options: Options,
    auto_approve: bool,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options::default();
        let mut auto_approve = false;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--port" => options.port = port(words.next())?,
                "--second-port" => {
                    options.tls_free_second_port = true;
                    options.second_port = port(words.next())?;
                }
                "--secure-port" => options.secure_port = Some(port(words.next())?),
                "--auto-approve" => auto_approve = true,
                _ => return Err(format!("`{word}` is not known")),
            }
        }
        Ok(Self {
            options,
            auto_approve,
        })
    }
}

fn port(word: Option<String>) -> Result<u16, String> {
    let word = word.ok_or("a port is missing")?;
    word.parse().map_err(|_| format!("`{word}` is no port"))
}

/// The two signals that end the program.
#[cfg(unix)]
struct Leave {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Leave {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Elsewhere there is only Ctrl-C.
#[cfg(not(unix))]
struct Leave;

#[cfg(not(unix))]
impl Leave {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn asked(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

fn complain(why: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "standin: {why}");
    ExitCode::from(code)
}

const USAGE: &str =
    "usage: standin [--port N] [--second-port N] [--secure-port N] [--auto-approve]";
