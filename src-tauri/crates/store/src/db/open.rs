//! Opening the file: its connections, its tables, and what to do when it is damaged.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base::{Clock, Timestamp};
use rusqlite::{Connection, OpenFlags};

use super::damage;
use super::fault::DatabaseFault;
use super::migrate::{migrate, refuse_newer};
use crate::paths::Paths;
use crate::private;
use crate::turn::Turn;

/// The connections of an open database.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) questions: Connection,
    pub(super) door: Connection,
    pub(super) recovered_from: Option<PathBuf>,
}

pub(super) fn open(paths: &Paths, clock: &Clock) -> Result<Opened, DatabaseFault> {
    private::own_folder(&paths.data).map_err(unreachable)?;
    let file = paths.database_file();
    // Two processes must not both find it damaged and move each other's new one aside.
    let _turn = Turn::wait_here(&paths.data.join("database.lock")).map_err(unreachable)?;
    match open_good(&file, clock.now()) {
        Err(DatabaseFault::Damaged) => {
            let aside = move_aside(&file, clock.now()).map_err(unreachable)?;
            tracing::warn!(name: "database.damaged", aside = %aside.display(), "moved aside");
            let mut opened = open_good(&file, clock.now())?;
            salvage(&opened.writer, &aside);
            damage::note(&opened.writer, &aside, clock.now())?;
            opened.recovered_from = Some(aside);
            Ok(opened)
        }
        outcome => outcome,
    }
}

fn open_good(file: &Path, now: Timestamp) -> Result<Opened, DatabaseFault> {
    private::claim(file).map_err(unreachable)?;
    let mut writer = connect(file)?;
    refuse_newer(&writer)?;
    // Only a file without tables takes the first; the second stays with the file.
    writer.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")?;
    let sound: String = writer.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(DatabaseFault::Damaged);
    }
    migrate(&mut writer, now)?;
    let [questions, door] = [reader(file)?, reader(file)?];
    Ok(Opened {
        writer,
        questions,
        door,
        recovered_from: None,
    })
}

#[expect(clippy::disallowed_methods, reason = "the one opener of the database")]
fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(
        "PRAGMA synchronous = NORMAL;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA journal_size_limit = 4194304;",
    )?;
    Ok(connection)
}

fn reader(file: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(file)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

/// Renames the file and SQLite's two companions, so that the new one does not inherit them.
fn move_aside(file: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let with = |path: &Path, suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let aside = with(file, &format!(".damaged-{}", now.millis()));
    fs::rename(file, &aside)?;
    for suffix in ["-wal", "-shm"] {
        match fs::rename(with(file, suffix), with(&aside, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(aside)
}

/// Carries over what the damaged file still tells of keys and stops; the log is let go.
fn salvage(connection: &Connection, aside: &Path) {
    let Some(aside) = aside.to_str() else {
        return;
    };
    if connection.execute("ATTACH ?1 AS damaged", [aside]).is_err() {
        return;
    }
    for table in [
        "local_key (id, name, hash, created_at, revoked_at)",
        "cooldown (account, since, until, body, headers)",
    ] {
        if let Some((name, columns)) = table.split_once(' ') {
            let columns = columns.trim_matches(['(', ')']);
            let _ = connection.execute_batch(&format!(
                "INSERT OR IGNORE INTO {table} SELECT {columns} FROM damaged.{name}"
            ));
        }
    }
    let _ = connection.execute_batch("DETACH damaged");
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` wants")]
fn unreachable(error: io::Error) -> DatabaseFault {
    DatabaseFault::Unreachable(error.to_string())
}

/// How long to wait for another process to finish writing.
const PATIENCE: Duration = Duration::from_secs(5);
