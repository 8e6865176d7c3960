//! A fresh Debian in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Because as _, Failure};
use crate::run;

/// The folder, and how programs run in it.
pub(super) struct Guest {
    root: PathBuf,
}

impl Guest {
    /// Makes it below `folder`: the least that Debian is, what the app's package depends on, and a
    /// display.
    pub(super) fn make(folder: &Path) -> Result<Self, Failure> {
        let root = folder.join("root");
        let release = fs::read_to_string("/etc/os-release").because("no name of the system")?;
        let name = release
            .lines()
            .find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let name = name.ok_or_else(|| Failure::new("this system's release has no name"))?;
        let mut command = Command::new("mmdebstrap");
        command.args(["--quiet", "--mode=root", "--variant=minbase"]);
        command.arg(format!("--include={}", INCLUDED.join(",")));
        run::loudly(command.arg(name).arg(&root))?;
        let guest = Self { root };
        let proc = guest.path("proc");
        run::loudly(Command::new("mount").args(["-t", "proc", "proc"]).arg(proc))?;
        Ok(guest)
    }

    /// A path in the guest, seen from here.
    pub(super) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// A program of the guest.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("chroot");
        command.env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("HOME", "/root").env("LANG", "C.UTF-8");
        command
            .env("DISPLAY", ":77")
            .env("POSTERN_HOME", "/root/postern");
        command.arg(&self.root).args(words);
        command
    }

    /// Copies a file into it.
    pub(super) fn take(&self, file: &Path, inside: &str) -> Result<(), Failure> {
        fs::copy(file, self.path(inside)).because("could not copy the package")?;
        Ok(())
    }

    /// Every name in it, but for what package management and running programs keep for themselves.
    pub(super) fn names(&self) -> Result<BTreeSet<PathBuf>, Failure> {
        let mut found = BTreeSet::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(self.root.join(&folder)).because("could not look around")?;
            for entry in entries.filter_map(Result::ok) {
                let path = folder.join(entry.file_name());
                if KEPT.iter().any(|kept| path == Path::new(kept)) {
                    continue;
                }
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path.clone());
                }
                found.insert(path);
            }
        }
        Ok(found)
    }

    /// Looks again until there is something.
    pub(super) fn wait<T>(
        &self,
        what: &str,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<T, Failure> {
        for _ in 0..TRIES {
            if let Some(found) = look() {
                return Ok(found);
            }
            std::thread::sleep(PAUSE);
        }
        Err(Failure::new(format!("this did not happen: {what}")))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path("proc")).status();
    }
}

/// True while a program of this name, cut to fifteen letters, runs. One that has ended and that
/// nobody has asked about does not.
pub(super) fn runs(name: &str) -> bool {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    let mut told = entries.filter_map(|entry| {
        let folder = entry.ok()?.path();
        fs::read_to_string(folder.join("status")).ok()
    });
    let named = format!("Name:\t{name}\n");
    told.any(|told| told.starts_with(&named) && !told.contains("State:\tZ"))
}

/// The display, and what the package says that it depends on; `dpkg` checks that it says enough.
const INCLUDED: [&str; 4] = [
    "ca-certificates",
    "libgtk-3-0",
    "libwebkit2gtk-4.1-0",
    "xvfb",
];

/// What changes whatever is installed, and the person's own folder.
const KEPT: [&str; 9] = [
    "dev",
    "proc",
    "root",
    "run",
    "tmp",
    "var/cache",
    "var/lib/apt",
    "var/lib/dpkg",
    "var/log",
];
const TRIES: usize = 1500;
const PAUSE: Duration = Duration::from_millis(20);
