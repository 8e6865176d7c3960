//! What a process holds, looked at from outside.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// One look, while no request was under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Requests so far.
    pub(crate) requests: usize,
    /// Memory that is the process's own (`RssAnon`), in KiB.
    pub(crate) memory: u64,
    pub(crate) descriptors: u64,
    pub(crate) threads: u64,
    /// The database with its write-ahead log, in KiB.
    pub(crate) database: u64,
    /// The program's own log, in KiB.
    pub(crate) log: u64,
}

impl Sample {
    /// Looks at process `pid` and at its home.
    pub(crate) fn take(pid: u32, home: &Path, requests: usize) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
        Self {
            requests,
            memory: field(&status, "RssAnon:"),
            descriptors: descriptors as u64,
            threads: field(&status, "Threads:"),
            database: kib(&home.join("data"), "postern.db"),
            log: kib(&home.join("logs"), "postern"),
        }
    }
}

/// The samples as a person reads them.
pub(crate) fn table(samples: &[Sample]) -> String {
    let mut table =
        String::from("requests  memory KiB  descriptors  threads  database KiB  log KiB");
    for sample in samples {
        let Sample {
            requests,
            memory,
            descriptors,
            threads,
            database,
            log,
        } = sample;
        let _ = write!(
            table,
            "\n{requests:>8}  {memory:>10}  {descriptors:>11}  {threads:>7}  {database:>12}  {log:>7}"
        );
    }
    table
}

/// A number of `/proc/PID/status` (proc_pid_status(5)).
fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// All files in `folder` whose names begin with `prefix`.
fn kib(folder: &Path, prefix: &str) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.filter(|it| it.file_name().to_string_lossy().starts_with(prefix));
    let bytes: u64 = files.map(|it| it.metadata().unwrap().len()).sum();
    bytes / 1024
}
