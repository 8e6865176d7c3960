//! The one file that the service is made of.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use control::{Code, Complaint};

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

/// Replaces what is there in one step, for everyone to read.
///
/// # Errors
/// It cannot be written; what was there stays.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Complaint> {
    replace(path, bytes).map_err(|fault| complaint("written", path, &fault))
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

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = draft(path);
    let written = fill(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

fn fill(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(draft)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name beside `path` that no supervisor takes for a file of its own.
fn draft(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
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
