//! The program's own log: event names and fields, one JSON object a line. Never a body, never a
//! header value.

mod bounded;
mod last_words;
mod line;

use std::io;
use std::path::PathBuf;

use store::Paths;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub(crate) use bounded::current;

/// The running log writer; what waits is written when this is dropped.
#[derive(Debug)]
pub struct Logs {
    _writer: WorkerGuard,
    file: PathBuf,
}

impl Logs {
    /// Starts logging into the folder of `paths`, at most `bound` bytes in all. The first caller
    /// in a process wins; a second one gets a log nobody writes to.
    ///
    /// # Errors
    /// The folder or the file cannot be made.
    pub(crate) fn start(paths: &Paths, bound: u64) -> io::Result<Self> {
        let file = bounded::BoundedFile::open(&paths.logs, bound)?;
        let (writer, guard) = NonBlockingBuilder::default()
            .buffered_lines_limit(LINES)
            .finish(file);
        let lines = fmt::layer()
            .with_ansi(false)
            .event_format(line::Line)
            .with_writer(writer);
        let log = tracing_subscriber::registry().with(lines).with(filter());
        let file = current(&paths.logs);
        if log.try_init().is_ok() {
            last_words::write_into(file.clone());
        }
        Ok(Self {
            _writer: guard,
            file,
        })
    }

    /// The file that is written to.
    pub fn file(&self) -> &std::path::Path {
        &self.file
    }
}

/// Lines that may wait for the disk; further ones are dropped. The room for all of them is taken at
/// the start, and for the usual number of them that is 4 MiB.
const LINES: usize = 1024;

/// Our own crates tell what they do; libraries only what went wrong, because at finer levels
/// some of them print headers.
fn filter() -> Targets {
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_targets(OUR_CRATES.map(|name| (name, LevelFilter::INFO)))
}

const OUR_CRATES: [&str; 6] = ["auth", "base", "control", "gateway", "store", "upstream"];
