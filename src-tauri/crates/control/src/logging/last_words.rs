//! The line of a panic, which nearly always ends the program. It is written at once, past the thread that
//! writes the others and would have no time left. It tells where it was and not why: the reason may hold
//! anybody's words.

use std::io::{self, Write as _};
use std::panic::Location;
use std::path::{Path, PathBuf};

use serde_json::json;
use store::private::append;

use super::line::now;
use crate::plain;

/// Has a line written into `file` for every panic from now on, before whatever was done for one so far.
pub(super) fn write_into(file: PathBuf) {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // There is nobody left to tell where the file cannot be written.
        let _ = write(&file, panic.location());
        usual(panic);
    }));
}

fn write(file: &Path, place: Option<&Location<'_>>) -> io::Result<()> {
    let line = json!({
        "at": now().unwrap_or_default(),
        "level": "ERROR",
        "event": "panic",
        "target": "control",
        "place": place.map(ToString::to_string),
        "thread": std::thread::current().name(),
    });
    let line = format!("{}\n", plain::json(&line.to_string()));
    append(file)?.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_panic_says_where_it_was_and_not_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postern.log");
        std::fs::write(&file, "{\"event\":\"before\"}\n").unwrap();
        write_into(file.clone());
        let thread = std::thread::Builder::new().name("of-the-test".to_owned());
        let ended = thread.spawn(|| panic!("of what somebody said")).unwrap();
        assert!(ended.join().is_err());
        drop(std::panic::take_hook());
        let text = std::fs::read_to_string(file).unwrap();
        let (before, line) = text.trim_end().split_once('\n').unwrap();
        assert_eq!(before, "{\"event\":\"before\"}");
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["event"], &line["thread"]),
            (&json!("panic"), &json!("of-the-test"))
        );
        let place = line["place"].as_str().unwrap();
        assert!(place.contains("last_words.rs:"), "{place}");
        assert!(!text.contains("somebody"), "{text}");
    }
}
