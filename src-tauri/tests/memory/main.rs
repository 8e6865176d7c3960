//! What the desktop program costs while nobody uses it: memory before, with and after its window,
//! and processor time while the window is hidden.
//!
//! Run by `cargo xtask bench`, which names the program compiled with optimisation. Memory is the proportional set size of
//! the program and of all that it started, from the kernel's `smaps_rollup`, on a desktop that has
//! nothing but a panel with a tray: what the panel has loaded as well counts half.
#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stdout,
    reason = "telling a person what it found is its job"
)]

#[path = "../screens/panel.rs"]
#[expect(dead_code, reason = "the pictures use the rest")]
mod panel;
#[path = "../desktop/stage.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod stage;
#[path = "../desktop/wait.rs"]
mod wait;
#[path = "../desktop/window.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod window;
#[path = "../desktop/wire.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod wire;

use std::error::Error;
use std::fs;
use std::time::Duration;

use panel::{Panel, Theme};
use stage::{Running, Stage};
use wait::until;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let program = std::env::args().nth(1);
    let program = &program.ok_or("name the program that is to be measured")?;
    let [before, open, gone] = memory(program)?;
    println!("\ndesktop program, MB of memory (PSS)");
    println!("  before a window was opened  {before:>6.1}   at most 60");
    println!("  with its window             {open:>6.1}");
    println!("  after the window was closed {gone:>6.1}   at most 110");
    let [page, rest] = idleness(program)?;
    println!(
        "desktop program, seconds of processor time in {} with the window hidden",
        WATCHED.as_secs()
    );
    println!("  page                        {page:>6.2}");
    println!("  everything else             {rest:>6.2}");
    match before <= 60.0 && gone <= 110.0 {
        true => Ok(()),
        false => Err("the program takes more memory than it may".into()),
    }
}

/// Megabytes before, with and after the window.
fn memory(program: &str) -> Outcome<[f64; 3]> {
    let stage = Stage::set()?;
    stage.add_setting("keep_running = true\nkeep_window_secs = 1")?;
    let (_panel, postern) = begin(&stage, program)?;
    let before = size(&postern)?;
    show(&stage, program)?;
    let open = size(&postern)?;
    hide(&stage)?;
    until("the page is gone", || {
        let family = family(postern.id()).ok()?;
        let is_page = |id: &u32| name(*id) == PAGE;
        (!family.iter().any(is_page)).then_some(())
    })?;
    Ok([before, open, size(&postern)?])
}

/// Seconds of processor time while the window is hidden and kept: the page's, and the rest's.
fn idleness(program: &str) -> Outcome<[f64; 2]> {
    let stage = Stage::set()?;
    stage.add_setting("keep_running = true\nkeep_window_secs = 3600")?;
    let (_panel, postern) = begin(&stage, program)?;
    show(&stage, program)?;
    hide(&stage)?;
    std::thread::sleep(SETTLING);
    let before = ticks(postern.id())?;
    std::thread::sleep(WATCHED);
    let after = ticks(postern.id())?;
    let seconds = |at: usize| -> Outcome<f64> {
        Ok(f64::from(u32::try_from(after[at] - before[at])?) / TICKS_PER_SECOND)
    };
    Ok([seconds(0)?, seconds(1)?])
}

fn begin<'s>(stage: &'s Stage, program: &str) -> Outcome<(Panel<'s>, Running)> {
    let panel = Panel::start(stage, Theme::Light)?;
    let postern = stage.start(stage.command(program).arg("--background"))?;
    // A second launch at the same moment could be the first.
    std::thread::sleep(SETTLING);
    Ok((panel, postern))
}

/// Opens the window, as a second launch does.
fn show(stage: &Stage, program: &str) -> Outcome<()> {
    stage.start(&mut stage.command(program))?.left()?;
    until("the window opens", || is_open(stage).ok()?.then_some(()))?;
    std::thread::sleep(SETTLING);
    Ok(())
}

/// Closes the window, as its frame's button does.
fn hide(stage: &Stage) -> Outcome<()> {
    let closed = stage.command("wmctrl").args(["-c", "Postern"]).status()?;
    assert!(closed.success());
    until("the window closes", || {
        (!is_open(stage).ok()?).then_some(())
    })
}

fn is_open(stage: &Stage) -> Outcome<bool> {
    let output = stage.command("wmctrl").arg("-l").output()?;
    Ok(String::from_utf8(output.stdout)?.contains("Postern"))
}

/// Megabytes of a program and of all that it started, once it has come to rest.
fn size(of: &Running) -> Outcome<f64> {
    std::thread::sleep(SETTLING);
    let mut kilobytes = 0;
    for id in family(of.id())? {
        let Ok(told) = fs::read_to_string(format!("/proc/{id}/smaps_rollup")) else {
            continue;
        };
        let line = told.lines().find_map(|line| line.strip_prefix("Pss:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        kilobytes += number.ok_or("no size")?.parse::<u32>()?;
    }
    Ok(f64::from(kilobytes) / 1000.0)
}

/// Clock ticks that the page's process has spent, and the others of a program.
fn ticks(of: u32) -> Outcome<[u64; 2]> {
    let mut sums = [0, 0];
    for id in family(of)? {
        let told = fs::read_to_string(format!("/proc/{id}/stat"))?;
        let (_, fields) = told.rsplit_once(") ").ok_or("an odd line")?;
        let spent = fields.split(' ').skip(11).take(2);
        let spent: u64 = spent.filter_map(|field| field.parse::<u64>().ok()).sum();
        sums[usize::from(name(id) != PAGE)] += spent;
    }
    Ok(sums)
}

/// A program and all that it started.
fn family(of: u32) -> Outcome<Vec<u32>> {
    let mut found = vec![of];
    let mut next = 0;
    while let Some(id) = found.get(next) {
        let children = window::children(*id)?;
        found.extend(children);
        next += 1;
    }
    Ok(found)
}

fn name(id: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    name.trim().to_owned()
}

/// WebKit's process for the page, as the kernel cuts its name.
const PAGE: &str = "WebKitWebProces";
/// What was started a moment ago is not at rest.
const SETTLING: Duration = Duration::from_secs(5);
const WATCHED: Duration = Duration::from_mins(1);
/// What Linux tells programs on every machine (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
