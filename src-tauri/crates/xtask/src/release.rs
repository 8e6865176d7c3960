//! How what is released is compiled: the same sources give the same bytes, wherever they lie.
//!
//! What a compiler writes of paths into a program is said relative to three places that every
//! machine has: the checkout, its target folder, and where `cargo` keeps what it downloads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Ended;
use crate::desktop;
use crate::failure::{Because as _, Failure};
use crate::folder::Folder;
use crate::page::Page;
use crate::pgo;
use crate::place::{Place, Profile};
use crate::run;

/// Compiles both programs as they leave this machine, and the stand-in for trying them.
pub(crate) fn compile(place: &Place) -> Result<(), Failure> {
    let mut cargo = Command::new("cargo");
    run::loudly(optimised(build(&mut cargo, place), place)?)
}

/// Has `cargo` compile with optimisation, as everything is that leaves this machine.
pub(crate) fn optimised<'c>(
    cargo: &'c mut Command,
    place: &Place,
) -> Result<&'c mut Command, Failure> {
    let profile = pgo::profile(place)?;
    flagged(cargo, place, by(profile.as_deref()))
}

/// The flags for compiling by `profile`, where there is one.
fn by(profile: Option<&Path>) -> Vec<String> {
    profile.map_or_else(Vec::new, pgo::used)
}

/// The command that compiles them, without flags.
pub(crate) fn build<'c>(cargo: &'c mut Command, place: &Place) -> &'c mut Command {
    cargo.current_dir(place.root());
    cargo.args(["build", "--release", "--locked", "--target-dir"]);
    cargo.arg(place.target()).args(desktop::PACKAGES)
}

/// Gives `cargo` the flags of what is released, and `more`.
pub(crate) fn flagged<'c>(
    cargo: &'c mut Command,
    place: &Place,
    more: Vec<String>,
) -> Result<&'c mut Command, Failure> {
    let mut flags = vec![
        told_as(place.root(), "/postern"),
        told_as(place.target(), "/target"),
    ];
    for registry in registries()? {
        flags.push(told_as(&registry, "/crates"));
    }
    flags.extend(more);
    if OWN_LINKER {
        // Not among the flags: those are for what runs while compiling too, and a panic does not end that.
        cargo.env("POSTERN_LINKER_SCRIPT", place.root().join(SCRIPT));
    }
    Ok(cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join(SEPARATOR)))
}

fn told_as(place: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}={name}", place.display())
}

/// Where the sources of other crates are; each registry has a folder of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "`cargo` itself reads it; nobody else does"
)]
fn registries() -> Result<Vec<PathBuf>, Failure> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let home = home.ok_or_else(|| Failure::new("there is no home of `cargo`"))?;
    let folder = home.join("registry/src");
    let Ok(entries) = fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let places = entries.map(|entry| Ok(entry?.path()));
    let places: std::io::Result<_> = places.collect();
    places.because(format!("could not read `{}`", folder.display()))
}

/// `cargo xtask reproduce [PROFILE]`: compiles the last commit twice, in two places, by one profile, and
/// compares. The profile is that of a release, or a new one.
pub(crate) fn reproduce(place: &Place, words: &[&str]) -> Result<Ended, Failure> {
    let mut profile = match words {
        [] => None,
        [it] => Some(fs::canonicalize(it).because(format!("could not find `{it}`"))?),
        _ => return Err(Failure::new("`reproduce` takes one profile")),
    };
    desktop::ready()?;
    let mut last = Command::new("git");
    let commit = run::quietly(last.current_dir(place.root()).args(["rev-parse", "HEAD"]))?;
    // The profile may lie in the first place, so both stay to the end.
    let folder = Folder::make("reproduce")?;
    let mut sums = Vec::new();
    for name in ["first", "second-and-longer"] {
        let checkout = folder.path().join(name);
        let mut clone = Command::new("git");
        clone.args(["clone", "--quiet"]);
        run::loudly(clone.arg(place.root()).arg(&checkout))?;
        let mut switch = Command::new("git");
        switch.current_dir(&checkout).args(["checkout", "--quiet"]);
        run::loudly(switch.arg(commit.trim()))?;
        let place = place.at(checkout);
        Page::ready(&place)?.build()?;
        if profile.is_none() {
            profile = pgo::profile(&place)?;
        }
        let mut cargo = Command::new("cargo");
        let used = by(profile.as_deref());
        run::loudly(flagged(build(&mut cargo, &place), &place, used)?)?;
        sums.push(sums_of(&place)?);
    }
    for program in PROGRAMS.iter().zip(sums[0].iter().zip(&sums[1])) {
        let (program, (first, second)) = program;
        println!("{first}  {program}\n{second}  {program}");
    }
    Ok(match sums[0] == sums[1] {
        true => Ended::Well,
        false => Ended::Badly,
    })
}

/// The SHA-256 of each program.
fn sums_of(place: &Place) -> Result<Vec<String>, Failure> {
    let sum = |program: &&str| run::sha256(&place.program(Profile::Release, program));
    PROGRAMS.iter().map(sum).collect()
}

/// Here the compiler brings a linker of its own, so what that can do is known.
pub(crate) const OWN_LINKER: bool = cfg!(all(
    target_os = "linux",
    target_arch = "x86_64",
    target_env = "gnu"
));
/// What that linker leaves out of both programs.
const SCRIPT: &str = "src-tauri/crates/xtask/src/release.ld";
/// What is released.
const PROGRAMS: [&str; 2] = ["postern", "postern-desktop"];

/// Between flags, as `cargo` wants it.
const SEPARATOR: &str = "\u{1f}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_while_compiling_keeps_its_tables() {
        let place = Place::find().unwrap();
        let mut cargo = Command::new("cargo");
        flagged(&mut cargo, &place, Vec::new()).unwrap();
        let given = |wanted: &str| {
            let mut all = cargo.get_envs();
            let (_, value) = all.find(|(name, _)| *name == wanted)?;
            Some(value?.to_str()?.to_owned())
        };
        assert!(!given("CARGO_ENCODED_RUSTFLAGS").unwrap().contains("-T"));
        let script = given("POSTERN_LINKER_SCRIPT");
        assert_eq!(script.is_some(), OWN_LINKER);
        assert!(script.is_none_or(|script| Path::new(&script).is_file()));
    }

    #[test]
    fn every_place_of_sources_has_another_name() {
        let place = Place::find().unwrap().at("/somewhere/else".into());
        let mut cargo = Command::new("cargo");
        flagged(&mut cargo, &place, Vec::new()).unwrap();
        let flags = cargo.get_envs().find_map(|(name, value)| {
            (name == "CARGO_ENCODED_RUSTFLAGS").then(|| value.unwrap().to_str().unwrap())
        });
        let flags: Vec<&str> = flags.unwrap().split(SEPARATOR).collect();
        for expected in [
            "--remap-path-prefix=/somewhere/else=/postern",
            "--remap-path-prefix=/somewhere/else/target=/target",
        ] {
            assert!(flags.contains(&expected), "{flags:?}");
        }
        // These tests are compiled from the sources of others too.
        assert!(
            flags.iter().any(|flag| flag.ends_with("=/crates")),
            "{flags:?}"
        );
    }
}
