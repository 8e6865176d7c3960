//! Files for their owner alone, and replaced whole or not at all.
//!
//! - A folder made here is 0700, a file 0600; a file found with wider permissions is tightened.
//! - No symbolic link is followed to a file.
//! - `replace` leaves the old bytes or the new ones, never a mixture, whenever the process dies.
//!
//! Everything here blocks.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells one version of a file from the next without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Stamp {
    node: u64,
    len: u64,
    modified: i128,
}

impl Stamp {
    /// The stamp of the file that `found` describes.
    pub(crate) fn of(found: &fs::Metadata) -> Self {
        stamp_of(found)
    }

    /// True for a file without a byte.
    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// What lies at a path.
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// A link, a folder, a device: something we do not open.
    NotAFile,
    /// A file of ours.
    Bytes(Vec<u8>, Stamp),
}

/// Makes `folder` and what is missing above it.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes `folder` and what is missing above it; one that is there already is closed to others.
///
/// # Errors
/// It cannot be made, or not be closed.
pub fn own_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    tighten(&fs::metadata(folder)?, 0o700, |wanted| {
        fs::set_permissions(folder, wanted)
    })
}

/// The stamp of the file at `path`; `None` where there is no file.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::symlink_metadata(path).ok()?;
    found.is_file().then(|| stamp_of(&found))
}

/// Reads the file at `path`.
pub(crate) fn read(path: &Path) -> io::Result<Found> {
    let mut options = OpenOptions::new();
    options.read(true);
    let mut file = match open(path, &mut options) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(_) if is_odd(path) => return Ok(Found::NotAFile),
        Err(error) => return Err(error),
    };
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(Found::NotAFile);
    }
    tighten(&found, 0o600, |wanted| file.set_permissions(wanted))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Found::Bytes(bytes, stamp_of(&found)))
}

/// Replaces the file at `path` by `bytes`: on disk, under its name, before this returns.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, File::sync_all)?;
    sync_folder(parts(path)?.0)
}

/// Replaces the file at `path` by `bytes`, for as long as the system runs: what tells of a process
/// need not outlive it.
///
/// # Errors
/// The file cannot be written; the old one is there then.
pub fn post(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, |_| Ok(()))
}

/// Replaces the file at `path` by `bytes`, for everybody to read and its owner alone to write: what
/// other programs start this one by. Makes the folder where it is missing.
///
/// # Errors
/// The file cannot be written; the old one is there then.
pub fn show(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parts(path)?.0;
    make_folder(folder)?;
    put(path, bytes, |file| {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        file.sync_all()
    })?;
    sync_folder(folder)
}

/// Opens the file at `path` to write at its end, making it where there is none.
///
/// # Errors
/// It cannot be made or opened, or is a link or no file.
pub fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    let file = open(path, &mut options)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::ErrorKind::InvalidFilename.into());
    }
    tighten(&found, 0o600, |wanted| file.set_permissions(wanted))?;
    Ok(file)
}

/// Removes what processes left behind that died inside [`replace`]. Only for whoever holds the
/// turn at `path`, so that nobody's running draft is taken away.
pub(crate) fn sweep(path: &Path) -> io::Result<()> {
    let (folder, name) = parts(path)?;
    let prefix = draft_prefix(name);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Opens the lock file at `path`, making it where there is none.
///
/// # Errors
/// It cannot be made or opened, or is a link.
pub fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    open(path, &mut options)
}

/// Makes an empty file at `path` unless there is one, and closes either to others.
pub(crate) fn claim(path: &Path) -> io::Result<()> {
    let file = lock_file(path)?;
    let found = file.metadata()?;
    tighten(&found, 0o600, |wanted| file.set_permissions(wanted))
}

fn put(path: &Path, bytes: &[u8], settle: fn(&File) -> io::Result<()>) -> io::Result<()> {
    let (folder, name) = parts(path)?;
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = format!("{}{}-{number}", draft_prefix(name), std::process::id());
    let draft = folder.join(draft);
    // A process that had our number and died may have left one.
    let _ = fs::remove_file(&draft);
    let written = write_new(&draft, bytes).and_then(|file| settle(&file));
    let placed = written.and_then(|()| rename(&draft, path));
    if placed.is_err() {
        let _ = fs::remove_file(&draft);
    }
    placed
}

#[cfg(unix)]
fn rename(draft: &Path, path: &Path) -> io::Result<()> {
    fs::rename(draft, path)
}

/// What somebody else looks at cannot be replaced there at that moment, and virus scanners look at
/// whatever was written.
#[cfg(not(unix))]
fn rename(draft: &Path, path: &Path) -> io::Result<()> {
    for _ in 0..TRIES {
        match fs::rename(draft, path) {
            Err(error) if is_being_looked_at(&error) => std::thread::sleep(BETWEEN_TRIES),
            renamed => return renamed,
        }
    }
    fs::rename(draft, path)
}

/// What Windows says where the old file is open, and where the draft is:
/// `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION`, `ERROR_LOCK_VIOLATION`.
#[cfg(not(unix))]
fn is_being_looked_at(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

fn write_new(draft: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = open(draft, &mut options)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn parts(path: &Path) -> io::Result<(&Path, &str)> {
    let folder = path.parent();
    let name = path.file_name().and_then(|name| name.to_str());
    folder
        .zip(name)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))
}

fn draft_prefix(name: &str) -> String {
    format!(".{name}.draft-")
}

#[cfg(unix)]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    options
        .mode(0o600)
        // Without NONBLOCK, opening a pipe somebody put there would wait for ever.
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    if is_odd(path) {
        return Err(io::ErrorKind::InvalidFilename.into());
    }
    options.open(path)
}

fn is_odd(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_file())
}

/// True where everybody on this machine may write the file.
#[cfg(unix)]
pub(crate) fn is_open_to_all(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & 0o002 != 0
}

/// Other systems give a person's own folders to that person alone.
#[cfg(not(unix))]
pub(crate) fn is_open_to_all(_found: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn tighten(
    found: &fs::Metadata,
    mode: u32,
    set: impl FnOnce(fs::Permissions) -> io::Result<()>,
) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if found.permissions().mode() & 0o777 & !mode == 0 {
        return Ok(());
    }
    set(fs::Permissions::from_mode(mode))
}

/// Other systems give a person's own folders to that person alone.
#[cfg(not(unix))]
fn tighten(
    _found: &fs::Metadata,
    _mode: u32,
    _set: impl FnOnce(fs::Permissions) -> io::Result<()>,
) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A rename is durable there without it, and a folder cannot be opened like a file.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Tells one folder from another that has its name.
pub(crate) type Identity = (u64, u64);

/// The identity of what `found` describes.
#[cfg(unix)]
pub(crate) fn identity(found: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (found.dev(), found.ino())
}

/// It cannot be had there: all are taken for one.
#[cfg(not(unix))]
pub(crate) fn identity(_found: &fs::Metadata) -> Identity {
    (0, 0)
}

#[cfg(unix)]
fn stamp_of(found: &fs::Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;
    Stamp {
        node: found.ino(),
        len: found.len(),
        modified: i128::from(found.mtime()) * 1_000_000_000 + i128::from(found.mtime_nsec()),
    }
}

#[cfg(not(unix))]
fn stamp_of(found: &fs::Metadata) -> Stamp {
    use std::time::{SystemTime, UNIX_EPOCH};
    let nanos = |at: io::Result<SystemTime>| {
        let since = at.ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        since.unwrap_or_default().as_nanos()
    };
    Stamp {
        // Its number cannot be had there. Its birth often tells two of them apart, if not always.
        node: u64::try_from(nanos(found.created())).unwrap_or_default(),
        len: found.len(),
        modified: i128::try_from(nanos(found.modified())).unwrap_or(i128::MAX),
    }
}

/// Numbers the drafts of this process, so that two of its threads never share one.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// Together a second: longer than a scanner looks at a small file.
#[cfg(not(unix))]
const TRIES: u32 = 100;
#[cfg(not(unix))]
const BETWEEN_TRIES: std::time::Duration = std::time::Duration::from_millis(10);

#[cfg(test)]
mod tests;
