//! `cargo xtask systems`: lints everything for the systems that this machine does not run.
//!
//! Only Rust is looked at and nothing is linked, so what build scripts want compiled from other
//! languages is not: a copy of this program stands for the compilers of those systems and makes every
//! file that it is asked for, empty.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::page::Page;
use crate::place::Place;
use crate::run;
use crate::tally::{Board, Tally};

/// Lints for each system, also after one has failed, and prints the count.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    // Without it the desktop program does not compile.
    Page::ready(place)?.build()?;
    let compiler = compiler(place)?;
    let mut board = Board::default();
    for system in SYSTEMS {
        if system.name == std::env::consts::OS {
            continue;
        }
        board.begin(system.name);
        library(system.triple)?;
        let passed = run::passes(&mut clippy(place, system.triple, &compiler))?;
        board.end(system.name, Tally::one(passed));
    }
    Ok(board.close())
}

struct System {
    /// As the compiler calls it.
    name: &'static str,
    triple: &'static str,
}

const SYSTEMS: [System; 2] = [
    System {
        name: "windows",
        triple: "x86_64-pc-windows-msvc",
    },
    System {
        name: "macos",
        triple: "aarch64-apple-darwin",
    },
];

fn clippy(place: &Place, triple: &str, compiler: &Path) -> Command {
    let mut clippy = Command::new("cargo");
    clippy.current_dir(place.root());
    clippy.args(["clippy", "--workspace", "--all-targets", "--keep-going"]);
    clippy.args(["--target", triple]);
    clippy.args(["--", "-D", "warnings"]);
    for tool in ["CC", "CXX", "AR", "RC"] {
        clippy.env(format!("{tool}_{}", triple.replace('-', "_")), compiler);
    }
    clippy
}

/// Rust's own library for `triple`, fetched where it is missing.
fn library(triple: &str) -> Result<(), Failure> {
    let mut asked = Command::new("rustc");
    asked.args(["--print", "target-libdir", "--target", triple]);
    let folder = run::quietly(&mut asked)?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    run::loudly(Command::new("rustup").args(["target", "add", triple]))
}

/// A copy of this program by the name that [`is_compiler`] knows.
fn compiler(place: &Place) -> Result<PathBuf, Failure> {
    let folder = place.tools().join("systems");
    let failed = || format!("could not write below `{}`", folder.display());
    fs::create_dir_all(&folder).because(failed())?;
    let copy = folder.join(format!("{COMPILER}{}", std::env::consts::EXE_SUFFIX));
    fs::copy(place.own(), &copy).because(failed())?;
    Ok(copy)
}

/// True where this program was started as a compiler.
pub(crate) fn is_compiler(program: &OsStr) -> bool {
    Path::new(program)
        .file_stem()
        .is_some_and(|stem| stem == COMPILER)
}

/// Makes what a compiler, an archiver or a compiler of resources would make of `words`, but empty.
pub(crate) fn compile(words: &[String]) -> Result<(), Failure> {
    if words.iter().any(|word| word == "/?") {
        println!("{RESOURCES}");
    }
    match made_by(words) {
        Some(file) => File::create(file)
            .map(drop)
            .because(format!("could not make `{file}`")),
        None => Ok(()),
    }
}

/// The file that `words` ask for: after a word that announces one, behind a flag, or else the first that
/// is an archive.
fn made_by(words: &[String]) -> Option<&str> {
    let words = || words.iter().map(String::as_str);
    let mut after = words().skip_while(|word| !matches!(*word, "-o" | "/fo"));
    let behind = || {
        let mut files =
            words().filter_map(|word| FLAGS.iter().find_map(|flag| word.strip_prefix(flag)));
        files.find(|file| !file.is_empty())
    };
    let archive = || words().find(|word| word.ends_with(".a"));
    after.nth(1).or_else(behind).or_else(archive)
}

const COMPILER: &str = "no-compiler";

/// What a compiler of resources says of itself, so that its caller knows how to ask.
const RESOURCES: &str = "LLVM Resource Converter";

/// How Microsoft's tools are told what to make.
const FLAGS: [&str; 4] = ["-out:", "/OUT:", "-Fo", "/Fo"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_is_asked_for_is_made() {
        for (line, expected) in [
            ("-c a.c -o out/a.o -Wall", Some("out/a.o")),
            ("-o out.a in.a", Some("out.a")),
            ("cq lib.a a.o b.o", Some("lib.a")),
            ("-out:lib.a -nologo a.o", Some("lib.a")),
            ("-nologo -Foa.obj -c a.c", Some("a.obj")),
            ("/fo icon.res icon.rc", Some("icon.res")),
            ("--version", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(made_by(&words), expected, "{line}");
        }
    }

    #[test]
    fn only_the_copy_is_a_compiler() {
        for (program, expected) in [
            ("target/xtask/systems/no-compiler", true),
            ("no-compiler.exe", true),
            ("target/debug/xtask", false),
        ] {
            assert_eq!(is_compiler(OsStr::new(program)), expected, "{program}");
        }
    }
}
