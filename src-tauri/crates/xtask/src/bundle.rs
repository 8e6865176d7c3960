//! `cargo xtask bundle`: what a person installs, with both programs in it.
//!
//! Tauri's bundler packs; what goes in besides the app is decided here: the command `postern`, its
//! page for a browser, its completions, and on Linux a user unit for headless use.

pub(crate) mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::Ended;
use crate::desktop;
use crate::failure::{Because as _, Failure};
use crate::page::Page;
use crate::pgo;
use crate::place::{Place, Profile};
use crate::run;
use crate::sbom;

/// Builds everything with optimisation and packs it; or tries packages, as the tests do.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<Ended, Failure> {
    let kinds = match words {
        ["--try"] => return try_them(place),
        [] => KINDS,
        named => named,
    };
    desktop::build(place, Profile::Release)?;
    // Before the bundler touches what the desktop program is compiled from.
    let profile = pgo::profile(place)?;
    let mut made = make(place, Profile::Release, kinds)?;
    if let Some(profile) = profile {
        let beside = place.programs(Profile::Release).join("bundle/profile");
        let failed = "could not put the profile beside the packages";
        fs::create_dir_all(&beside).because(failed)?;
        for part in pgo::PARTS {
            fs::copy(profile.join(part), beside.join(part)).because(failed)?;
            made.push(beside.join(part));
        }
    }
    println!();
    for file in made {
        let size = fs::metadata(&file).because("a package is gone")?.len();
        println!("{:>6.1} MB  {}", size_in_mb(size), file.display());
    }
    println!("{ELSEWHERE}");
    Ok(Ended::Well)
}

fn try_them(place: &Place) -> Result<Ended, Failure> {
    desktop::build(place, Profile::Dev)?;
    let tally = trial::check(place)?;
    println!("{tally}");
    Ok(match tally.failed {
        0 => Ended::Well,
        _ => Ended::Badly,
    })
}

/// Packs what was built, and says where the packages are.
pub(crate) fn make(
    place: &Place,
    profile: Profile,
    kinds: &[&str],
) -> Result<Vec<PathBuf>, Failure> {
    let folder = place.programs(profile).join("bundle");
    // Packages of another version must not be mistaken for these.
    let _ = fs::remove_dir_all(&folder);
    let mut tauri = Page::ready(place)?.tauri();
    tauri.current_dir(place.root().join("src-tauri"));
    tauri.args(["bundle", "--ci", "--bundles", &kinds.join(",")]);
    if profile == Profile::Dev {
        tauri.arg("--debug");
    }
    let contents = json!({"bundle": contents(place, profile)?});
    run::loudly(tauri.arg("--config").arg(contents.to_string()))?;
    let mut made = Vec::new();
    for kind in kinds {
        let found = packages(&folder.join(kind))?;
        if found.is_empty() {
            return Err(Failure::new(format!(
                "no package of kind `{kind}` was made"
            )));
        }
        made.extend(found);
    }
    Ok(made)
}

/// What goes in besides the app, in the words of Tauri's settings.
fn contents(place: &Place, profile: Profile) -> Result<Value, Failure> {
    let program = place.program(profile, "postern");
    let page = place.root().join("ui/dist");
    if cfg!(windows) {
        return Ok(json!({"resources": {
            program.with_extension("exe").display().to_string(): "postern.exe",
            page.display().to_string(): "page",
        }}));
    }
    if cfg!(target_os = "macos") {
        return Ok(json!({"macOS": {"files": {
            "MacOS/postern": program,
            "share/postern/page": page,
        }}}));
    }
    let mut files = json!({
        "/usr/bin/postern": program,
        "/usr/share/postern/page": page,
        "/usr/lib/systemd/user/postern.service": place.root().join(UNIT),
        "/usr/share/doc/postern/copyright": place.root().join("LICENSE"),
    });
    let bill = place.tools().join("bom.cdx.json");
    fs::write(&bill, sbom::bill(place.root())?).because("could not write what is linked")?;
    files["/usr/share/doc/postern/bom.cdx.json"] = json!(bill);
    for (shell, path) in COMPLETIONS {
        let words = ["completions", shell];
        let text = run::quietly(Command::new(&program).args(words))?;
        let file = place.tools().join(format!("completions.{shell}"));
        fs::write(&file, text).because("could not write the completions")?;
        files[path] = json!(file);
    }
    Ok(json!({"linux": {"deb": {"files": files}, "rpm": {"files": files}}}))
}

/// The packages in a folder of the bundler's, which leaves its own parts beside them.
fn packages(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).because(format!("no `{}`", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_package = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ENDINGS.contains(&ending))
    };
    Ok(paths.filter(is_package).collect())
}

#[expect(clippy::cast_precision_loss, reason = "packages are small")]
fn size_in_mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What is made where nothing is named.
const KINDS: &[&str] = if cfg!(windows) {
    &["msi", "nsis"]
} else if cfg!(target_os = "macos") {
    &["app", "dmg"]
} else {
    &["deb", "rpm"]
};
const ENDINGS: [&str; 7] = ["deb", "rpm", "AppImage", "msi", "exe", "app", "dmg"];
const UNIT: &str = "src-tauri/packaging/postern.service";
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "/usr/share/bash-completion/completions/postern"),
    ("zsh", "/usr/share/zsh/site-functions/_postern"),
    ("fish", "/usr/share/fish/vendor_completions.d/postern.fish"),
];
const ELSEWHERE: &str = "
An AppImage is made by `cargo xtask bundle appimage` where the bundler may download its tools;
a dmg on macOS and an msi on Windows, by this same command.";
