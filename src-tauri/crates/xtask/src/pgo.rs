//! Profile-guided optimisation: what is released is compiled twice. A first form counts how often each
//! branch is taken under the load of the bench; the second is inlined and laid out accordingly. What
//! has run lies together, so that memory does not hold what never does.
//!
//! The counts vary a little from time to time, and so do the programs; by the same counts they are the
//! same. Only on Linux: elsewhere nobody has tried the load.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench;
use crate::failure::{Because as _, Failure};
use crate::place::{Place, Profile};
use crate::release;
use crate::run;

/// The folder with what is known of the programs as their sources are now, the files [`PARTS`], counted
/// anew only where these changed. What the desktop program is compiled with must be there
/// ([`crate::desktop::ready`], the page).
pub(crate) fn profile(place: &Place) -> Result<Option<PathBuf>, Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let folder = place.target().join("pgo");
    let counts = folder.join("counts");
    let counting = place.compiled_into(folder.clone());
    let mut cargo = Command::new("cargo");
    let flag = format!("-Cprofile-generate={}", counts.display());
    let cargo = release::build(&mut cargo, &counting);
    run::loudly(release::flagged(cargo, &counting, vec![flag])?)?;

    let sum = run::sha256(&counting.program(Profile::Release, "postern"))?;
    let profile = folder.join(sum);
    if !profile.is_dir() {
        let begun = folder.join("begun");
        let _ = fs::remove_dir_all(&begun);
        fs::create_dir_all(&begun).because("could not make a folder for counts")?;
        let [all, order] = PARTS.map(|part| begun.join(part));
        println!("the program starts, then is asked what the bench asks it, and counts");
        let start = begun.join("start.profdata");
        counted(&counts, &start, || bench::begin(&counting))?;
        counted(&counts, &all, || bench::practise(&counting))?;
        let ran = [ran(&start)?, ran(&all)?];
        fs::write(order, in_order(&ran)).because("could not write the order of functions")?;
        fs::rename(&begun, &profile).because("could not keep the counts")?;
    }
    Ok(Some(profile))
}

/// The flags that have the compiler go by the counts in `profile`, and the linker by its order.
pub(crate) fn used(profile: &Path) -> Vec<String> {
    let [counts, order] = PARTS.map(|part| profile.join(part).display().to_string());
    let mut flags = vec![format!("-Cprofile-use={counts}")];
    if release::OWN_LINKER {
        flags.push("-Clink-arg=-Wl,--no-warn-symbol-ordering".to_owned());
        flags.push(format!("-Clink-arg=-Wl,--symbol-ordering-file={order}"));
    }
    flags
}

/// What a profile consists of: how often which branch was taken, and the functions that ran, in the order
/// in which they are to lie.
pub(crate) const PARTS: [&str; 2] = ["counts.profdata", "order"];

/// Has the programs do `work`, and makes one file of what each wrote when it ended.
fn counted(
    counts: &Path,
    file: &Path,
    work: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    // Counts of other work, or of other programs, are not to be added.
    let _ = fs::remove_dir_all(counts);
    work()?;
    let written = fs::read_dir(counts).because("the programs have counted nothing")?;
    let written: std::io::Result<Vec<_>> = written.map(|entry| Ok(entry?.path())).collect();
    let written = written.because(format!("could not read `{}`", counts.display()))?;
    let mut merge = Command::new(tool()?);
    // What never ran is in it too, or else the compiler would not know that it does not.
    merge.args(["merge", "--output"]).arg(file);
    run::loudly(merge.args(written))
}

/// The functions that have run, as the compiler's reader shows them.
fn ran(counts: &Path) -> Result<String, Failure> {
    let mut show = Command::new(tool()?);
    show.args(["show", "--all-functions", "--counts", "--value-cutoff=1"]);
    run::quietly(show.arg(counts))
}

/// Functions, a line each: of each part of `shown` those that are in none before it, the rarest first.
/// What runs when a program starts lies together then, and memory does not hold what it is mixed with.
fn in_order(shown: &[String]) -> String {
    let (mut lines, mut seen) = (String::new(), HashSet::new());
    for part in shown {
        let mut functions = functions(part);
        functions.sort_unstable();
        for (_, name) in functions {
            if seen.insert(name) {
                lines.push_str(name);
                lines.push('\n');
            }
        }
    }
    lines
}

/// Each with the most that one of its blocks has run.
fn functions(shown: &str) -> Vec<(u64, &str)> {
    let mut functions = Vec::new();
    let mut name = None;
    for line in shown.lines() {
        if let Some(counts) = line.trim_start().strip_prefix("Block counts: [") {
            let counts = counts.trim_end_matches(']').split(", ");
            let most = counts.filter_map(|count| count.parse().ok()).max();
            functions.extend(most.zip(name.take()));
        } else if let Some(named) = line.strip_suffix(':') {
            // A function of one file alone has that before its name.
            name = named.trim_start().rsplit(';').next();
        }
    }
    functions
}

/// The compiler's own reader of counts, fetched where it is missing.
fn tool() -> Result<PathBuf, Failure> {
    let libraries = run::quietly(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let tool = Path::new(libraries.trim()).with_file_name("bin/llvm-profdata");
    if !tool.is_file() {
        run::loudly(Command::new("rustup").args(["component", "add", "llvm-tools"]))?;
    }
    Ok(tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(functions: &[(&str, &str)]) -> String {
        let function = |(name, counts): &(&str, &str)| {
            format!("  {name}:\n    Hash: 0x0a4d\n    Counters: 1\n    Block counts: [{counts}]\n")
        };
        let functions: String = functions.iter().map(function).collect();
        format!("Counters:\n{functions}Instrumentation level: IR\nFunctions shown: 3\n")
    }

    #[test]
    fn what_ran_at_the_start_lies_first_and_of_each_the_rarest() {
        let start = shown(&[("often", "4, 700, 0"), ("gateway.6579-cgu.0;once", "1")]);
        let all = shown(&[("often", "4, 9000"), ("loop", "2, 800"), ("twice", "2, 2")]);
        assert_eq!(in_order(&[start, all]), "once\noften\ntwice\nloop\n");
    }
}
