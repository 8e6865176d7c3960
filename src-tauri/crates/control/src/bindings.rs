//! The TypeScript of everything that crosses the door, made from the types themselves.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use ts_rs::{Config, ExportError, TS};

use crate::Complaint;
use crate::ask::{Ask, Replies};
use crate::news::News;

/// Writes one file for each type into `folder`, and `index.ts` that names them all. Files of
/// types that are gone are removed.
///
/// # Errors
/// The folder cannot be written.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "ts") {
            fs::remove_file(path)?;
        }
    }
    // Every number here stays far below 2^53, and JSON has no other.
    let config = Config::new().with_large_int("number").with_out_dir(folder);
    export::<Ask>(&config)?;
    export::<Replies>(&config)?;
    export::<News>(&config)?;
    export::<Complaint>(&config)?;
    fs::write(folder.join("index.ts"), index(folder)?)
}

fn export<T: TS + 'static>(config: &Config) -> io::Result<()> {
    T::export_all(config).map_err(|fault| match fault {
        ExportError::Io(fault) => fault,
        fault => io::Error::other(fault),
    })
}

fn index(folder: &Path) -> io::Result<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".ts"))
            && name != "index"
        {
            names.insert(name.to_owned());
        }
    }
    let lines = names
        .iter()
        .map(|name| format!("export type {{ {name} }} from \"./{name}\";\n"));
    Ok(HEAD.to_owned() + &lines.collect::<String>())
}

const HEAD: &str =
    "// Made by `cargo xtask bindings` from `src-tauri/crates/control`. Do not edit.\n";
