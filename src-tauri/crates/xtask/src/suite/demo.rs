//! The demos, looked at from outside: they answer, what they print works, and they leave nothing.

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
    sum.note("the demo prints a streamed answer", told.has_answer());
    let pasted = run::quietly(Command::new("sh").arg("-c").arg(&told.curl));
    sum.note(
        "the printed line works when pasted",
        pasted.is_ok_and(|said| said.contains("You said: ") && said.contains("response.completed")),
    );
    traces.end(&mut demo, &mut sum);
    Ok(sum)
}

/// Runs the app's demo where there is no display and counts what holds.
pub(super) fn check_desktop(place: &Place) -> Result<Tally, Failure> {
    let mut command = Command::new(place.own());
    command.args(["demo", "--desktop", "--built"]);
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let mut demo = Child::start("demo-desktop", &mut command, &place.tools())?;
    let mut lines = Vec::new();
    let page = loop {
        let line = demo.line()?;
        println!("  | {line}");
        lines.push(line);
        let page = lines
            .iter()
            .find_map(|line| line.split_once("The page is at "));
        if let Some((_, page)) = page {
            break page.trim().to_owned();
        }
    };
    let traces = Traces::of(&demo, &lines)?;
    let mut sum = Tally::default();
    let mut browser = Command::new("curl");
    browser.args(["--silent", "--show-error", "--fail", "--location"]);
    let shown = run::quietly(browser.args(["--cookie", "", &page]));
    sum.note(
        "the printed address shows the page",
        shown.is_ok_and(|text| text.contains("<title>Postern</title>")),
    );
    traces.end(&mut demo, &mut sum);
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
    ///
    /// The app's own home is in its environment instead.
    fn of(demo: &Child, lines: &[String]) -> Result<Self, Failure> {
        let programs = children(demo.id()).because("could not look at the processes")?;
        let home = programs.iter().find_map(|id| {
            let line = fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
            let mut words = line.split('\0').skip_while(|word| *word != "--home");
            let around = fs::read_to_string(format!("/proc/{id}/environ")).ok()?;
            let mut variables = around.split('\0');
            let named = variables.find_map(|row| row.strip_prefix("POSTERN_HOME="));
            words.nth(1).or(named).map(PathBuf::from)
        });
        Ok(Self {
            programs,
            ports: lines.iter().filter_map(|line| address_in(line)).collect(),
            home,
        })
    }

    /// Looks, interrupts the demo, and looks again.
    fn end(&self, demo: &mut Child, sum: &mut Tally) {
        let is_complete = self.programs.len() == 2 && self.home_exists();
        sum.note("two programs run, with one folder", is_complete);
        sum.note("both ports answer", self.ports.iter().all(answers));
        demo.interrupt();
        let left = demo.left().is_some_and(|status| status.success());
        sum.note("it leaves when it is interrupted", left);
        let left = self.programs.iter().any(|id| runs(*id));
        sum.note("no program is left", !left);
        sum.note("no port is left", !self.ports.iter().any(answers));
        sum.note("no folder is left", !self.home_exists());
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
