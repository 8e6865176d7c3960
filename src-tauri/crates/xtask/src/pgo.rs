//! Profile-guided optimisation: what is released is compiled twice. A first form counts how often each
//! branch is taken under the load of the bench; the second is inlined and laid out accordingly.
//!
//! The counts vary a little from time to time, and so do the programs; by the same counts they are the
//! same. Only on Linux: elsewhere nobody has tried the load.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench;
use crate::failure::{Because as _, Failure};
use crate::place::{Place, Profile};
use crate::release;
use crate::run;

/// The file with the counts of the programs as their sources are now, counted anew only where these
/// changed. What the desktop program is compiled with must be there ([`crate::desktop::ready`], the page).
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
    run::loudly(release::flagged(cargo, &counting, Some(flag))?)?;

    let sum = run::sha256(&counting.program(Profile::Release, "postern"))?;
    let profile = folder.join(format!("{sum}.profdata"));
    if !profile.exists() {
        // Counts of another program are of no use to this one.
        let _ = fs::remove_dir_all(&counts);
        println!("the programs are asked what the bench asks them, and count");
        bench::practise(&counting)?;
        merge(&counts, &profile)?;
    }
    Ok(Some(profile))
}

/// The flag that has the compiler go by `profile`.
pub(crate) fn used(profile: &Path) -> String {
    format!("-Cprofile-use={}", profile.display())
}

/// Makes one file of what each program wrote when it ended.
fn merge(counts: &Path, profile: &Path) -> Result<(), Failure> {
    let written = fs::read_dir(counts).because("the programs have counted nothing")?;
    let written: std::io::Result<Vec<_>> = written.map(|entry| Ok(entry?.path())).collect();
    let written = written.because(format!("could not read `{}`", counts.display()))?;
    let mut merge = Command::new(tool()?);
    merge.args(["merge", "--sparse", "--output"]).arg(profile);
    run::loudly(merge.args(written))
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
