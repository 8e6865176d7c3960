//! `cargo xtask fuzz`: throws what libFuzzer thinks up at everything that reads a stranger's words.
//!
//! libFuzzer wants to know which code was reached; the compiler's options for that are stable, and
//! need no tool beside the compiler. What finds something is kept below `target/fuzz/found`, and
//! belongs below `src-tauri/crates/fuzz/corpus` once it is mended.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::place::Place;
use crate::run;

/// Which targets, and for how long each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    targets: Vec<String>,
    seconds: u32,
}

impl Options {
    /// Reads `[TARGET…] [--seconds N]`.
    pub(crate) fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self {
            targets: Vec::new(),
            seconds: TEN_MINUTES,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--seconds" => {
                    let number = words.next().and_then(|word| word.parse().ok());
                    options.seconds =
                        number.ok_or_else(|| Failure::new("--seconds wants a number"))?;
                }
                name if TARGETS.lines().any(|known| known == name) => {
                    options.targets.push(name.to_owned());
                }
                other => {
                    let known = TARGETS.lines().collect::<Vec<_>>().join(", ");
                    return Err(Failure::new(format!("`{other}` is none of {known}")));
                }
            }
        }
        if options.targets.is_empty() {
            options.targets = TARGETS.lines().map(str::to_owned).collect();
        }
        Ok(options)
    }
}

/// Builds the targets, runs one after the other, and tells what each has found.
pub(crate) fn run(place: &Place, options: &Options) -> Result<Ended, Failure> {
    let folder = place.root().join("target/fuzz");
    let program = build(place, &folder)?;
    let mut findings = 0;
    println!("target        seconds   inputs tried   findings");
    for target in &options.targets {
        let told = throw(place, &folder, &program, target, options.seconds)?;
        findings += u32::from(told.found.is_some());
        let found = u8::from(told.found.is_some());
        println!(
            "{target:<12} {:>8} {:>14} {found:>10}",
            options.seconds, told.tried
        );
        if let Some(said) = told.found {
            println!("{said}");
        }
    }
    println!("{} targets, {findings} findings", options.targets.len());
    match findings {
        0 => Ok(Ended::Well),
        _ => Ok(Ended::Badly),
    }
}

/// What came of one target.
struct Told {
    tried: u64,
    /// The end of what it said, where it found something.
    found: Option<String>,
}

fn build(place: &Place, folder: &Path) -> Result<PathBuf, Failure> {
    let host = host()?;
    let mut build = Command::new("cargo");
    build.current_dir(place.root());
    build.args(["build", "--quiet", "--release", "--package", "fuzz"]);
    build.args(["--features", "libfuzzer", "--target", &host]);
    build.arg("--target-dir").arg(folder);
    build.env("RUSTFLAGS", COVERAGE);
    // What is found is to be read, and a sum that is too large is a finding.
    build.envs([
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ("CARGO_PROFILE_RELEASE_STRIP", "none"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only"),
        ("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true"),
        ("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true"),
    ]);
    run::loudly(&mut build)?;
    Ok(folder.join(host).join("release/fuzz"))
}

/// This machine, as the compiler calls it. Named, so that the options reach no build script.
fn host() -> Result<String, Failure> {
    let told = run::quietly(Command::new("rustc").arg("-vV"))?;
    let line = told.lines().find_map(|line| line.strip_prefix("host: "));
    let host = line.ok_or_else(|| Failure::new("the compiler does not name this machine"))?;
    Ok(host.to_owned())
}

fn throw(
    place: &Place,
    folder: &Path,
    program: &Path,
    target: &str,
    seconds: u32,
) -> Result<Told, Failure> {
    let (corpus, found) = (
        folder.join("corpus").join(target),
        folder.join("found").join(target),
    );
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).because(format!("could not make `{}`", folder.display()))?;
    }
    seed(place, target, &corpus)?;
    let output = Command::new(program)
        .env("FUZZ_TARGET", target)
        .arg(&corpus)
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"])
        .args(["-max_len=16384", "-verbosity=0"])
        .output()
        .because(format!("could not start `{}`", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let tried = said.lines().find_map(|line| {
        let number = line.strip_prefix("stat::number_of_executed_units:")?;
        number.trim().parse().ok()
    });
    let found = (!output.status.success()).then(|| {
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    });
    Ok(Told {
        tried: tried.unwrap_or(0),
        found,
    })
}

/// The golden cases and what was found before, to begin with.
fn seed(place: &Place, target: &str, corpus: &Path) -> Result<(), Failure> {
    let crates = place.root().join("src-tauri/crates");
    let fixtures = crates.join("translate/fixtures");
    let (dialect, file) = match target {
        "answer" | "frames" => ("chat", "upstream.sse"),
        dialect => (dialect, "request.json"),
    };
    let golden = files(&fixtures.join(dialect))
        .into_iter()
        .map(|case| case.join(file));
    let known = files(&crates.join("fuzz/corpus").join(target));
    for (count, case) in golden.filter(|case| case.exists()).chain(known).enumerate() {
        let to = corpus.join(format!("seed-{count}"));
        fs::copy(&case, to).because(format!("could not copy `{}`", case.display()))?;
    }
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// One name a line; `src-tauri/crates/fuzz/tests/cases.rs` holds it to the code.
const TARGETS: &str = include_str!("../../fuzz/targets.txt");

/// What libFuzzer needs to see which branches were taken and what was compared.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

const TEN_MINUTES: u32 = 600;

/// Lines of a finding that are shown.
const SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_targets_for_ten_minutes_unless_somebody_says_otherwise() {
        let all = Options::read(&[]).unwrap();
        assert_eq!(all.seconds, 600);
        assert_eq!(all.targets.len(), TARGETS.lines().count());
        let one = Options::read(&["chat", "--seconds", "5"]).unwrap();
        assert_eq!(
            (one.targets.as_slice(), one.seconds),
            (&["chat".to_owned()][..], 5)
        );
        for wrong in [&["nothing"][..], &["--seconds"], &["--seconds", "long"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
