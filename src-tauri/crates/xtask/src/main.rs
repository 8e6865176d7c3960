//! What a person or CI runs: `cargo xtask demo | test | check | bench`.
//!
//! Each command does its own set-up, tells what it does, and ends with a status that says whether
//! it worked. Nothing here is part of the product: it only starts the product's programs and looks
//! at them from outside.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling a person what happens is its job"
)]

mod bench;
mod bindings;
mod bundle;
mod check;
mod child;
mod conformance;
mod demo;
mod desktop;
mod failure;
mod folder;
mod fuzz;
mod http;
mod icons;
mod machine;
mod page;
mod pgo;
mod place;
mod release;
mod run;
mod sbom;
mod screens;
mod soak;
mod stack;
mod suite;
mod systems;
mod tally;
mod trials;
mod wish;

use std::process::ExitCode;

use failure::Failure;
use place::Place;

fn main() -> ExitCode {
    let mut program = std::env::args_os();
    let as_compiler = program
        .next()
        .is_some_and(|name| systems::is_compiler(&name));
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match as_compiler {
        true => systems::compile(&words).map(|()| Ended::Well),
        false => dispatch(&words),
    };
    match outcome {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::Badly) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// How a command that ran to its end ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Badly,
}

fn dispatch(words: &[String]) -> Result<Ended, Failure> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words
        .iter()
        .any(|word| matches!(*word, "-h" | "--help" | "help"))
    {
        print!("{HELP}");
        return Ok(Ended::Well);
    }
    let place = Place::find()?;
    match words.as_slice() {
        ["run"] => desktop::run(&place),
        ["demo", options @ ..] => demo::run(&place, demo::Options::read(options)?),
        ["check"] => check::run(&place),
        ["test"] => suite::run(&place),
        ["clients", names @ ..] => conformance::run(&place, names),
        // What `clients` runs inside a network of its own.
        ["clients-inside", network, results, names @ ..] => {
            conformance::inside::run(&place, network, results.as_ref(), names)
        }
        ["bindings"] => bindings::run(&place),
        ["screens", options @ ..] => screens::run(&place, options),
        ["icons", options @ ..] => icons::run(&place, options),
        ["bundle", kinds @ ..] => bundle::run(&place, kinds),
        // What the trial of a package runs as root, in a world of its own.
        ["bundle-trial", deb] => bundle::trial::run(&place, deb.as_ref()),
        ["fuzz", options @ ..] => fuzz::run(&place, &fuzz::Options::read(options)?),
        ["sbom", file @ ..] => sbom::run(&place, file),
        ["bench"] => bench::build_and_run(&place),
        // The same, compiled with optimisation: the load must not be what is measured.
        ["bench-load"] => bench::run(&place),
        [word] if trials::has(word) => trials::run(&place, word),
        ["reproduce", words @ ..] => release::reproduce(&place, words),
        ["soak"] => soak::run(&place),
        ["systems"] => systems::run(&place),
        [] => {
            eprint!("{HELP}");
            Ok(Ended::Badly)
        }
        _ => Err(Failure::new(format!(
            "`{}` is not a command; `cargo xtask --help` lists them",
            words.join(" ")
        ))),
    }
}

const HELP: &str = "\
Usage: cargo xtask COMMAND

  run            build page and app and open the window; without a display, a page for a browser
  demo           start a stand-in for ChatGPT and Postern signed in to it, send one streamed
                 request, print base URL, key and a `curl` line, stay up until Ctrl-C
                 --once: end by itself; --built: with the programs as they are
                 --desktop: the app instead, with its first run, until it is quit
  test           everything that must pass; the last line is the count
  faults         only the faults of `test`: whatever can go wrong on the way to the backend, with
                 clients and around the program
  attack         only the attacks of `test`, as docs/security.md lists them
  check          format, lints, dependencies, text, links, documentation
  clients        only the real clients of `test`, SDKs and agents; writes docs/conformance.md.
                 Or those named after it, without the page
  bench          events per second and added latency against nginx, both in front of the same
                 stand-in; then what the desktop program costs at rest
  fuzz           throw made-up input at every reader, ten minutes each; or at the targets named
                 after it, or for --seconds N each
  screens        take pictures of window and tray in every state, light and dark, into
                 docs/screens, or into the folder named after it
  bundle         pack app and command for this system; on Linux as .deb and .rpm, or as the kinds
                 named after it; beside them the profile that they were compiled by
                 --try: without optimisation; install it on a fresh Debian, use it, remove it
  reproduce      compile what is released from the last commit in two places, and compare the bytes;
                 by the profile of a release that is named after it, or a new one
  sbom           print which crates are linked into the programs, as CycloneDX; or write it into the
                 file named after it
  bindings       write the page's types below ui/src/bindings anew, from those of `control`
  icons          draw every icon anew below icons/; --check: only say which differ;
                 --sheet FILE: all of them enlarged on one picture, for looking at
  systems        lint everything for Windows and macOS, whichever of them this machine is not
  soak           six hours' worth of a busy person's load on the released program: counts, and a
                 table of memory, descriptors, threads and files, which must be flat at the end

Every command installs what it needs: system packages by apt-get on Debian and Ubuntu (elsewhere
it names them), everything else below target/xtask.
";
