//! `cargo xtask sbom`: which crates are linked into the programs that people get, as CycloneDX 1.6.
//!
//! The list is what Cargo would link for this system with the features that the programs ask for: no
//! test's, no build script's and no macro's crates. The same checkout gives the same bytes: no time,
//! no path and no chance is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::place::Place;
use crate::run;

/// A crate by its name and version.
type Crate = (String, String);

/// What is known of a crate that is linked.
#[derive(Debug, Default)]
struct Linked {
    licence: String,
    uses: BTreeSet<Crate>,
}

/// Prints the bill of materials, or writes it into the file that is named.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<Ended, Failure> {
    let bill = bill(place.root())?;
    match words {
        [] => print!("{bill}"),
        [file] => fs::write(file, bill).because(format!("could not write `{file}`"))?,
        _ => return Err(Failure::new("`sbom` takes one file to write to")),
    }
    Ok(Ended::Well)
}

/// The whole document.
pub(crate) fn bill(root: &Path) -> Result<String, Failure> {
    let linked = linked(root)?;
    let lock = fs::read_to_string(root.join("Cargo.lock")).because("there is no lock file")?;
    let sums = checksums(&lock);
    let version = env!("CARGO_PKG_VERSION");
    let components: Vec<Value> = linked
        .iter()
        .map(|(named, about)| component(named, about, sums.get(named)))
        .collect();
    let dependencies: Vec<Value> = linked
        .iter()
        .map(|(named, about)| {
            let uses: Vec<String> = about.uses.iter().map(reference).collect();
            json!({"ref": reference(named), "dependsOn": uses})
        })
        .collect();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {
            "type": "application",
            "bom-ref": format!("postern@{version}"),
            "name": "postern",
            "version": version,
            "licenses": [{"license": {"id": "MIT"}}],
        }},
        "components": components,
        "dependencies": dependencies,
    });
    let mut text = serde_json::to_string_pretty(&document).because("could not write JSON")?;
    text.push('\n');
    Ok(text)
}

fn component(named: &Crate, about: &Linked, sum: Option<&String>) -> Value {
    let (name, version) = named;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(named),
        "name": name,
        "version": version,
    });
    if !about.licence.is_empty() {
        // An older way to write a choice, which is no expression.
        let expression = about.licence.replace('/', " OR ");
        component["licenses"] = json!([{"expression": expression}]);
    }
    // Crates of this checkout come from no registry.
    if let Some(sum) = sum {
        component["purl"] = json!(reference(named));
        component["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
    }
    component
}

fn reference((name, version): &Crate) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// Every crate that is linked into a program, with the crates that it uses itself.
fn linked(root: &Path) -> Result<BTreeMap<Crate, Linked>, Failure> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).args(TREE);
    for program in PROGRAMS {
        cargo.args(["--package", program]);
    }
    let tree = run::quietly(&mut cargo)?;
    let mut linked: BTreeMap<Crate, Linked> = BTreeMap::new();
    let mut above: Vec<Crate> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let (depth, named, licence) =
            row(line).ok_or_else(|| Failure::new(format!("an odd line of the tree: {line}")))?;
        above.truncate(depth);
        if let Some(user) = above.last() {
            let uses = &mut linked.entry(user.clone()).or_default().uses;
            uses.insert(named.clone());
        }
        let about = linked.entry(named.clone()).or_default();
        licence.clone_into(&mut about.licence);
        above.push(named);
    }
    Ok(linked)
}

/// The depth, the crate and its licence in a line such as `2serde v1.0.1|MIT (*)`.
fn row(line: &str) -> Option<(usize, Crate, &str)> {
    let line = line.strip_suffix(" (*)").unwrap_or(line);
    let (named, licence) = line.split_once('|')?;
    let digits = named.find(|c: char| !c.is_ascii_digit())?;
    let depth = named[..digits].parse().ok()?;
    let mut words = named[digits..].split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    Some((depth, (name.to_owned(), version.to_owned()), licence))
}

/// What the lock file says of each crate's archive.
fn checksums(lock: &str) -> BTreeMap<Crate, String> {
    let value = |package: &str, key: &str| {
        let mut lines = package.lines();
        let line = lines.find_map(|line| line.strip_prefix(&format!("{key} = \"")))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let packages = lock.split("[[package]]").skip(1);
    packages
        .filter_map(|package| {
            let named = (value(package, "name")?, value(package, "version")?);
            Some((named, value(package, "checksum")?))
        })
        .collect()
}

/// The packages of the programs that people get.
const PROGRAMS: [&str; 2] = ["cli", "desktop"];
const TREE: [&str; 8] = [
    "tree",
    "--locked",
    "--edges",
    "normal,no-proc-macro",
    "--prefix",
    "depth",
    "--format",
    "{p}|{l}",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        own.ancestors().nth(3).unwrap()
    }

    /// Cargo's own list for both programs, one crate a line, found in another way.
    fn listed() -> BTreeSet<String> {
        let edges = ["--edges", "normal,no-proc-macro", "--prefix", "none"];
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root()).args(["tree", "--locked"]);
        cargo.args(edges).args(["--no-dedupe", "--format", "{p}"]);
        let tree = run::quietly(cargo.args(["-p", "cli", "-p", "desktop"])).unwrap();
        let crates = tree.lines().filter(|line| !line.is_empty());
        crates
            .map(|line| {
                let mut words = line.split(' ');
                let (name, version) = (words.next().unwrap(), words.next().unwrap());
                format!("pkg:cargo/{name}@{}", version.trim_start_matches('v'))
            })
            .collect()
    }

    #[test]
    fn every_crate_that_is_linked_is_named_and_nothing_else() {
        let bill: Value = serde_json::from_str(&bill(root()).unwrap()).unwrap();
        let components = bill["components"].as_array().unwrap();
        let named = components.iter().map(|one| &one["bom-ref"]);
        let named: BTreeSet<String> = named.map(|one| one.as_str().unwrap().into()).collect();
        assert_eq!(named, listed());
        assert_eq!(named.len(), components.len(), "each is named once");
        for (name, is_linked) in [
            ("hyper", true),
            ("rusqlite", true),
            ("tauri", true),
            ("gateway", true),
            ("standin", false),
            ("xtask", false),
            ("proptest", false),
            ("serde_derive", false),
        ] {
            let found = named.iter().any(|one| one.contains(&format!("/{name}@")));
            assert_eq!(found, is_linked, "{name}");
        }
        let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
        for one in components.iter().filter(|one| one["purl"].is_string()) {
            let sum = one["hashes"][0]["content"].as_str().unwrap();
            assert!(lock.contains(sum) && sum.len() == 64, "{one}");
            assert!(one["licenses"][0]["expression"].is_string(), "{one}");
        }
        let ours = components.iter().filter(|one| one["purl"].is_null());
        assert_eq!(ours.count(), 10, "the crates of this checkout");
        for used in bill["dependencies"].as_array().unwrap() {
            let uses = used["dependsOn"].as_array().unwrap().iter();
            let all = uses.map(|one| one.as_str().unwrap());
            assert!(all.into_iter().all(|one| named.contains(one)), "{used}");
        }
    }

    #[test]
    fn the_same_checkout_gives_the_same_bytes_and_names_no_folder() {
        let (first, second) = (bill(root()).unwrap(), bill(root()).unwrap());
        assert_eq!(first, second);
        let home = root().display().to_string();
        assert!(!first.contains(&home) && !first.contains("file://"));
    }

    #[test]
    fn a_row_of_the_tree_is_read() {
        let serde = ("serde".to_owned(), "1.0.1".to_owned());
        for (line, depth, licence) in [
            ("0serde v1.0.1|MIT", 0, "MIT"),
            (
                "12serde v1.0.1|MIT OR Apache-2.0 (*)",
                12,
                "MIT OR Apache-2.0",
            ),
            ("1serde v1.0.1 (/a/b)|", 1, ""),
        ] {
            assert_eq!(row(line), Some((depth, serde.clone(), licence)), "{line}");
        }
        assert_eq!(row("serde v1.0.1|MIT"), None);
        assert_eq!(row("1serde|MIT"), None);
    }
}
