//! Why the database did not do what it was asked.

use rusqlite::ErrorCode;

/// Why the database did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseFault {
    /// The writer has stopped.
    #[error("the database is closed")]
    Closed,
    /// More is waiting to be written than may wait.
    #[error("the database cannot keep up")]
    Crowded,
    /// Another process has it and does not let go.
    #[error("another program keeps the database busy")]
    Busy,
    /// No room left.
    #[error("the disk is full")]
    Full,
    /// Its bytes make no sense.
    #[error("the database is damaged")]
    Damaged,
    /// It cannot be opened or written: permissions, a folder in its place.
    #[error("the database cannot be opened: {0}")]
    Unreachable(String),
    /// Anything else, in SQLite's own words.
    #[error("the database failed: {0}")]
    Failed(String),
    /// A newer Postern changed it in a way that this one does not know.
    #[error("the database was made by a newer Postern, and is left as it is")]
    Newer,
}

impl DatabaseFault {
    /// One thing the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Busy => Some("close other programs that have `postern.db` open"),
            Self::Full => Some("free some disk space"),
            Self::Damaged => Some("start Postern again; it keeps the old file and makes a new one"),
            Self::Unreachable(_) => Some("check the permissions of the data folder"),
            Self::Newer => Some("update Postern"),
            Self::Closed | Self::Crowded | Self::Failed(_) => None,
        }
    }
}

impl From<rusqlite::Error> for DatabaseFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                Self::Unreachable(error.to_string())
            }
            // "may indicate that the underlying filesystem volume is out of space"
            // (https://www.sqlite.org/rescode.html#ioerr_shmsize); nothing else makes it fail.
            _ if extended_code(&error) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => Self::Full,
            _ => Self::Failed(error.to_string()),
        }
    }
}

fn extended_code(error: &rusqlite::Error) -> Option<i32> {
    Some(error.sqlite_error()?.extended_code)
}
