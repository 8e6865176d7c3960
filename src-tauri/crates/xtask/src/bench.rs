//! `cargo xtask bench`: what Postern costs, against nginx passing the same bytes through.
//!
//! Both stand in front of the same stand-in, in the same run, one after the other in turn, so that
//! whatever else the machine does hits both alike. An event is one text delta of the stand-in.

mod load;
mod nginx;
mod process;
mod rest;
mod secure;
mod target;

use std::process::Command;
use std::time::Duration;

use crate::Ended;
use crate::desktop;
use crate::failure::{Because as _, Failure};
use crate::machine::{Need, packages};
use crate::place::{Place, Profile};
use crate::release;
use crate::run;
use crate::stack::Stack;
use load::Burst;
use nginx::Nginx;
use rest::Rest;
use secure::Secure;
use target::Target;

/// Sets up, compiles everything with optimisation, and hands over to the optimised `xtask`.
pub(crate) fn build_and_run(place: &Place) -> Result<Ended, Failure> {
    packages(&[Need::Nginx])?;
    desktop::stage()?;
    desktop::build(place, Profile::Release)?;
    let mut command = Command::new("cargo");
    command.current_dir(place.root());
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "xtask",
        "--",
        "bench-load",
    ]);
    run::loudly(release::optimised(&mut command, place)?)?;
    // Only what is measured is compiled with optimisation; what measures it is a test like others.
    let mut memory = Command::new("cargo");
    memory.current_dir(place.root());
    memory.args(["test", "--package", "desktop", "--test", "memory", "--"]);
    run::loudly(memory.arg(place.program(Profile::Release, "postern-desktop")))?;
    Ok(Ended::Well)
}

/// Measures and prints.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    let profile = place.profile();
    let stack = Stack::start(place, profile)?;
    let nginx = Nginx::start(&stack)?;
    let secure = Secure::start(place, profile, &stack)?;
    let targets = [
        Target::direct(&stack)?,
        Target::nginx(&stack, &nginx)?,
        Target::responses(&stack),
        Target::stored(&stack),
        Target::chat(&stack),
        Target::messages(&stack),
        Target::completions(&stack),
        Target::nginx_secure(&stack, &nginx)?,
        Target::responses_secure(&stack, &secure),
        Target::chat_secure(&stack, &secure),
    ];
    // First, because whatever has been at work has memory to spare.
    print_silent(&targets, &stack)?;
    let failed = "the load could not be put on";
    let mut measures: Vec<Measured> = targets.iter().map(|_| Measured::default()).collect();
    for target in &targets {
        load::burst(target, 1, WARM_UP).because(failed)?;
    }
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        for (target, measured) in targets.iter().zip(&mut measures) {
            measured
                .alone
                .push(load::burst(target, 1, ALONE).because(failed)?);
            measured
                .crowd
                .push(load::burst(target, CROWD, CROWDED).because(failed)?);
        }
    }
    let first = load::first_bytes(&targets, ASKS).because(failed)?;
    for (measured, first) in measures.iter_mut().zip(first) {
        measured.first = first;
    }
    let talks = [
        Target::direct(&stack)?.after(TURNS),
        Target::nginx(&stack, &nginx)?.after(TURNS),
        Target::responses(&stack).after(TURNS),
    ];
    let first_of_talks = load::first_bytes(&talks, TALKS).because(failed)?;
    for _ in 0..ROUNDS {
        for (target, measured) in targets.iter().zip(&mut measures) {
            let first = load::first_bytes_of_crowd(target, THRONG).because(failed)?;
            measured.throng.extend(first);
        }
    }
    print(&targets, &measures);
    print_talks(&talks, &first_of_talks);
    Rest::measure(place, &stack)?.print();
    Ok(Ended::Well)
}

/// Starts `postern` as it is started where its rest is measured.
pub(crate) fn begin(place: &Place) -> Result<(), Failure> {
    let stack = Stack::start(place, Profile::Release)?;
    Rest::measure(place, &stack).map(drop)
}

/// Puts on what Postern is asked in the bench, and measures nothing: many small answers and some long
/// ones, so that the beginning of an answer counts as much as its events (`crate::pgo`).
pub(crate) fn practise(place: &Place) -> Result<(), Failure> {
    let stack = Stack::start(place, Profile::Release)?;
    let secure = Secure::start(place, Profile::Release, &stack)?;
    let targets = [
        Target::responses(&stack),
        Target::stored(&stack),
        Target::chat(&stack),
        Target::messages(&stack),
        Target::completions(&stack),
        Target::responses_secure(&stack, &secure),
        Target::chat_secure(&stack, &secure),
    ];
    let failed = "the load could not be put on";
    for target in &targets {
        load::burst(target, CROWD, PRACTISED).because(failed)?;
    }
    load::first_bytes(&targets, PRACTISED).because(failed)?;
    Ok(())
}

/// Everything measured at one target.
#[derive(Debug, Default)]
struct Measured {
    alone: Vec<Burst>,
    crowd: Vec<Burst>,
    /// Times to the first byte of the answer, one request at a time.
    first: Vec<Duration>,
    /// The same, where many ask at once.
    throng: Vec<Duration>,
}

impl Measured {
    fn rate(bursts: &[Burst]) -> f64 {
        median(bursts.iter().map(Burst::rate))
    }

    fn first(times: &[Duration]) -> f64 {
        median(times.iter().map(|time| time.as_secs_f64() * MICROS))
    }

    /// Processor time for one event, in microseconds.
    fn cost(&self) -> f64 {
        median(self.crowd.iter().map(|burst| burst.cost() * MICROS))
    }
}

fn print(targets: &[Target], measures: &[Measured]) {
    let (plain, secure) = targets.split_at(PLAIN);
    let (of_plain, of_secure) = measures.split_at(PLAIN);
    let ([nobody, nginx, ..], [nginx_secure, ..]) = (of_plain, of_secure) else {
        return;
    };
    println!("\n{HEAD}");
    for (target, measured) in plain.iter().zip(of_plain) {
        print_row(target, measured, nobody, nginx);
    }
    for (target, measured) in secure.iter().zip(of_secure) {
        print_row(target, measured, nobody, nginx_secure);
    }
    println!(
        "\nMedians of {ROUNDS} rounds in turn; `x` is the ratio to nginx that does the same; times"
    );
    println!("to the first byte are what is added to those of the stand-in with nobody in front.");
    compare(plain, of_plain);
}

fn print_row(target: &Target, measured: &Measured, nobody: &Measured, nginx: &Measured) {
    let (alone, crowd) = (
        Measured::rate(&measured.alone),
        Measured::rate(&measured.crowd),
    );
    println!(
        "{:<22} {alone:>10.0} {:>5.2} {crowd:>12.0} {:>5.2} {:>10.2} {:>5.2} {:>10.0} {:>10.0}",
        target.name(),
        alone / Measured::rate(&nginx.alone),
        crowd / Measured::rate(&nginx.crowd),
        measured.cost(),
        measured.cost() / nginx.cost(),
        Measured::first(&measured.first) - Measured::first(&nobody.first),
        Measured::first(&measured.throng) - Measured::first(&nobody.throng),
    );
}

/// What translating costs beside passing through, and what keeping an answer costs.
fn compare(targets: &[Target], measures: &[Measured]) {
    let (Some(passed), [_, _, _, others @ ..]) = (measures.get(2), measures) else {
        return;
    };
    println!("\nagainst /v1/responses that keeps nothing");
    for (target, measured) in targets.iter().skip(3).zip(others) {
        println!(
            "{:<22} {:>5.2} of its events/s at 64 streams, {:>5.2} of its CPU per event",
            target.name(),
            Measured::rate(&measured.crowd) / Measured::rate(&passed.crowd),
            measured.cost() / passed.cost(),
        );
    }
}

/// How much later the answer to a long conversation begins.
fn print_talks(targets: &[Target], times: &[Vec<Duration>]) {
    let ([_, targets @ ..], [nobody, times @ ..]) = (targets, times) else {
        return;
    };
    println!("\nfirst byte after a conversation of {TURNS} turns, us added");
    for (target, times) in targets.iter().zip(times) {
        let added = Measured::first(times) - Measured::first(nobody);
        println!("{:<22} {added:>8.0}", target.name());
    }
}

/// What a stream costs that is open and silent, once at each process that passes on.
fn print_silent(targets: &[Target], stack: &Stack) -> Result<(), Failure> {
    println!("memory of each of {SILENT} streams that wait, in programs that have just started");
    // One nginx does both its kinds, and only the first finds it as it started.
    let another = Nginx::start(stack)?;
    let mut seen = Vec::new();
    for target in targets.iter().skip(1) {
        if seen.contains(&target.process()) {
            continue;
        }
        seen.push(target.process());
        print_silent_at(target)?;
    }
    print_silent_at(&Target::nginx_secure(stack, &another)?)
}

fn print_silent_at(target: &Target) -> Result<(), Failure> {
    let bytes = load::memory_of_silent(target, SILENT);
    let bytes = bytes.because("the streams could not be opened")?;
    println!("{:<22} {:>8.1} KiB", target.name(), bytes / KIBI);
    Ok(())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

const HEAD: &str = "                       1 stream, events/s  64 streams, ev/s  CPU us per event  first byte, us added
                           median     x       median     x     median     x    1 request     256 at once";
const MICROS: f64 = 1e6;
/// How many of the targets are reached without TLS; the others follow.
const PLAIN: usize = 7;
const ROUNDS: usize = 7;
/// Events of a stream. A burst takes about half a second: the kernel tells processor time in hundredths.
const WARM_UP: usize = 2_000;
const ALONE: usize = 100_000;
const CROWDED: usize = 10_000;
const CROWD: usize = 64;
/// Requests for the time to the first byte. nginx ends a connection after a thousand.
const ASKS: usize = 900;
/// Turns of a long conversation, some 100 KiB, and how many such requests come.
const TURNS: usize = 200;
const TALKS: usize = 300;
/// Events of each stream, and requests at each target, where nothing is measured.
const PRACTISED: usize = 500;
/// Requests at once.
const THRONG: usize = 256;
/// Streams that are open and silent.
const SILENT: usize = 512;
const KIBI: f64 = 1024.0;
