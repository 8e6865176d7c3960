//! What it costs to have Postern at all: the program's size, memory at rest, time to start.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::{median, process};
use crate::child::Child;
use crate::failure::{Because as _, Failure};
use crate::http::{Ask, Connection};
use crate::place::{Place, Profile};
use crate::run::quietly;
use crate::stack::{Stack, address, postern};

/// What is true of the program before anybody asks it for anything.
#[derive(Debug)]
pub(super) struct Rest {
    /// Bytes on disk.
    size: u64,
    /// Bytes of memory of a server that has answered nothing but `/healthz`.
    resident: f64,
    /// Seconds from its start to that answer.
    start: f64,
}

impl Rest {
    /// Starts a server of its own several times, signed in to the stand-in of `stack`.
    pub(super) fn measure(place: &Place, stack: &Stack) -> Result<Self, Failure> {
        let program = place.program(Profile::Release, "postern");
        let home = stack.home().join("rest");
        fs::create_dir_all(&home).because("could not make a second home")?;
        let signing_in = ["--vault", "plain", "login", "--device"];
        quietly(&mut postern(&program, &home, stack.standin(), &signing_in))?;
        let mut starts = Vec::new();
        let mut sizes = Vec::new();
        for _ in 0..STARTS {
            let (start, resident) = once(&program, &home, stack)?;
            starts.push(start.as_secs_f64());
            sizes.push(resident);
        }
        let size = fs::metadata(&program).because("the program is not there")?;
        Ok(Self {
            size: size.len(),
            resident: median(sizes.into_iter()),
            start: median(starts.into_iter()),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
    pub(super) fn print(&self) {
        println!("\n`postern serve` at rest, medians of {STARTS} starts");
        println!("  program       {:>8.1} MB", self.size as f64 / MEGA);
        println!("  resident      {:>8.1} MB", self.resident / MEGA);
        println!(
            "  first answer  {:>8.1} ms after the start",
            self.start * 1e3
        );
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench measures the clock's own time"
)]
#[expect(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
fn once(program: &Path, home: &Path, stack: &Stack) -> Result<(Duration, f64), Failure> {
    let failed = "a server that was just started does not answer";
    let words = ["serve", "--port", "0"];
    let began = Instant::now();
    let mut command = postern(program, home, stack.standin(), &words);
    let server = Child::start("rest", &mut command, stack.home())?;
    let door = address(&server.line()?)?;
    let mut connection = Connection::open(door).because(failed)?;
    let reply = connection.send(&Ask {
        method: "GET",
        path: "/healthz",
        headers: &[],
        body: b"",
    });
    reply.and_then(|reply| reply.text()).because(failed)?;
    let took = began.elapsed();
    // What it does after its start, such as looking at the account, is part of its rest.
    thread::sleep(SETTLED);
    let resident = process::resident(server.id()).because(failed)?;
    Ok((took, resident as f64))
}

const STARTS: usize = 7;
const SETTLED: Duration = Duration::from_secs(1);
const MEGA: f64 = 1e6;
