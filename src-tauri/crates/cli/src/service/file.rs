//! The one file that the service is made of.

use std::fs;
use std::io;
use std::path::Path;

use control::{Code, Complaint, private};

/// Stands in the first line that a person can write to, and tells our files from others.
pub(super) const MARK: &str = "Postern writes this file";

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// Postern wrote it.
    Ours(Vec<u8>),
    /// Somebody else wrote it, or it is no file.
    Foreign,
}

/// Looks at what is there.
///
/// # Errors
/// It cannot be read.
pub(super) fn read(path: &Path) -> Result<Found, Complaint> {
    match fs::read(path) {
        Ok(bytes) if is_ours(&bytes) => Ok(Found::Ours(bytes)),
        Ok(_) => Ok(Found::Foreign),
        // A link that leads nowhere is somebody's.
        Err(_) if path.is_symlink() || path.is_dir() => Ok(Found::Foreign),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
        Err(fault) => Err(complaint("read", path, &fault)),
    }
}

/// Replaces what is there in one step, for everyone to read. The name beside it that it has meanwhile
/// is one that no supervisor takes for a file of its own.
///
/// # Errors
/// It cannot be written; what was there stays.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Complaint> {
    private::show(path, bytes).map_err(|fault| complaint("written", path, &fault))
}

/// Takes it away; fine when nothing is there.
///
/// # Errors
/// It cannot be removed.
pub(super) fn remove(path: &Path) -> Result<(), Complaint> {
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
            Err(complaint("removed", path, &fault))
        }
        _ => Ok(()),
    }
}

/// The mark is in the first line, or in the second where the first one has to declare XML.
fn is_ours(bytes: &[u8]) -> bool {
    let text = match bytes.strip_prefix(&[0xff, 0xfe]) {
        Some(wide) => {
            let units = wide
                .chunks_exact(2)
                .map(|b| u16::from_le_bytes([b[0], b[1]]));
            char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    let mut lines = text.lines().skip_while(|line| line.starts_with("<?xml"));
    lines.next().is_some_and(|line| line.contains(MARK))
}

fn complaint(done: &str, path: &Path, fault: &io::Error) -> Complaint {
    let path = path.display();
    Complaint::new(Code::Other, format!("`{path}` cannot be {done}: {fault}"))
}
