//! Start at login: an entry in the desktop's autostart folder, which is the truth.
//!
//! A desktop turns an entry off by marking it, a person by removing it; both count as off.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use control::private;

use crate::compose::Launch;

/// The entry of this program.
#[derive(Debug)]
pub(crate) struct Entry {
    file: PathBuf,
}

impl Entry {
    /// The entry below `config`, the person's configuration folder.
    pub(crate) fn new(config: &Path) -> Self {
        Self {
            file: config.join("autostart").join("postern.desktop"),
        }
    }

    /// True where the desktop starts the program at login.
    pub(crate) fn is_on(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| starts(&text))
    }

    /// Has the desktop start `program` at login.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn turn_on(&self, program: &Path) -> io::Result<()> {
        private::show(&self.file, text(program).as_bytes())
    }

    /// Has it no more; fine when it did not.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub(crate) fn turn_off(&self) -> io::Result<()> {
        match fs::remove_file(&self.file) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
            _ => Ok(()),
        }
    }
}

/// Reads the two marks by which desktops turn an entry off.
fn starts(text: &str) -> bool {
    !text.lines().map(str::trim).any(|line| {
        let line = line.replace(' ', "").to_ascii_lowercase();
        line == "hidden=true" || line == "x-gnome-autostart-enabled=false"
    })
}

fn text(program: &Path) -> String {
    let exec = quoted(&program.to_string_lossy());
    let background = Launch::BACKGROUND;
    format!(
        "[Desktop Entry]\nType=Application\nVersion=1.0\nName=Postern\nIcon=postern-desktop\n\
         Exec={exec} {background}\nTerminal=false\nStartupNotify=false\n"
    )
}

/// An argument as the Desktop Entry Specification quotes it: first for `Exec`, then as a string.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in argument.chars() {
        match letter {
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_then_on_then_off() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry::new(folder.path());
        assert!(!entry.is_on());
        entry.turn_off().unwrap();
        entry.turn_on(Path::new("/opt/postern")).unwrap();
        assert!(entry.is_on());
        entry.turn_off().unwrap();
        assert!(!entry.is_on());
    }

    #[test]
    fn what_the_desktop_turned_off_is_off() {
        for mark in [
            "Hidden=true",
            "X-GNOME-Autostart-enabled=false",
            "Hidden = true",
        ] {
            assert!(!starts(&format!("[Desktop Entry]\n{mark}\n")), "{mark}");
        }
        assert!(starts(&text(Path::new("/opt/postern"))));
    }

    #[test]
    fn a_path_is_quoted_twice() {
        for (path, expected) in [
            ("/opt/postern", r#""/opt/postern""#),
            ("/opt/my apps/postern", r#""/opt/my apps/postern""#),
            ("/opt/50%/p", r#""/opt/50%%/p""#),
            ("/opt/a$b", r#""/opt/a\\$b""#),
            (r"/opt/a\b", r#""/opt/a\\\\b""#),
        ] {
            assert_eq!(quoted(path), expected);
        }
    }
}
