//! The demo, looked at from outside: it answers, its line works when pasted, and it leaves nothing.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::Child;
use crate::failure::{Because as _, Failure};
use crate::http::address_in;
use crate::place::Place;
use crate::run;
use crate::tally::Tally;

/// Runs the demo as a person would and counts what holds.
pub(super) fn check(place: &Place) -> Result<Tally, Failure> {
    let mut command = Command::new(place.own());
    command.args(["demo", "--built"]);
    let mut demo = Child::start("demo", &mut command, &place.tools())?;
    let told = Told::read(&demo)?;
    let traces = Traces::of(&demo, &told.lines)?;
    let mut sum = Tally::default();
    let mut note = |what: &str, holds: bool| {
        println!("{} {what}", if holds { "PASS" } else { "FAIL" });
        sum += Tally::one(holds);
    };
    note("the demo prints a streamed answer", told.has_answer());
    let pasted = run::quietly(Command::new("sh").arg("-c").arg(&told.curl));
    note(
        "the printed line works when pasted",
        pasted.is_ok_and(|said| said.contains("You said: ") && said.contains("response.completed")),
    );
    let is_complete = traces.programs.len() == 2 && traces.home.is_some();
    note(
        "two programs run, with one folder",
        is_complete && traces.home_exists(),
    );
    note("both ports answer", traces.ports.iter().all(answers));
    demo.interrupt();
    let left = demo.left().is_some_and(|status| status.success());
    note("it leaves when it is interrupted", left);
    note(
        "no program is left",
        !traces.programs.iter().any(|id| runs(*id)),
    );
    note("no port is left", !traces.ports.iter().any(answers));
    note("no folder is left", !traces.home_exists());
    Ok(sum)
}

/// What the demo printed until its `curl` line.
struct Told {
    lines: Vec<String>,
    curl: String,
}

impl Told {
    fn read(demo: &Child) -> Result<Self, Failure> {
        let mut lines = Vec::new();
        loop {
            let line = demo.line()?;
            println!("  | {line}");
            if line.starts_with("curl ") {
                return Ok(Self { lines, curl: line });
            }
            lines.push(line);
        }
    }

    fn has_answer(&self) -> bool {
        self.lines.iter().any(|line| line.contains("You said: "))
    }
}

/// What must be gone when the demo is.
struct Traces {
    programs: Vec<u32>,
    ports: Vec<SocketAddr>,
    home: Option<PathBuf>,
}

impl Traces {
    /// Postern and the stand-in are the demo's children; Postern's command line names the folder.
    fn of(demo: &Child, lines: &[String]) -> Result<Self, Failure> {
        let programs = children(demo.id()).because("could not look at the processes")?;
        let home = programs.iter().find_map(|id| {
            let line = fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
            let mut words = line.split('\0').skip_while(|word| *word != "--home");
            words.nth(1).map(PathBuf::from)
        });
        Ok(Self {
            programs,
            ports: lines.iter().filter_map(|line| address_in(line)).collect(),
            home,
        })
    }

    fn home_exists(&self) -> bool {
        self.home
            .as_deref()
            .and_then(Path::parent)
            .is_some_and(Path::exists)
    }
}

/// The processes that `parent` has started.
fn children(parent: u32) -> std::io::Result<Vec<u32>> {
    let is_child = |id: &u32| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        line.is_some_and(|line| line.trim().parse() == Ok(parent))
    };
    let names = fs::read_dir("/proc")?.filter_map(|entry| Some(entry.ok()?.file_name()));
    let ids = names.filter_map(|name| name.to_str()?.parse().ok());
    Ok(ids.filter(is_child).collect())
}

fn answers(address: &SocketAddr) -> bool {
    TcpStream::connect(address).is_ok()
}

fn runs(id: u32) -> bool {
    Path::new(&format!("/proc/{id}")).exists()
}
