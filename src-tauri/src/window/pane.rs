//! The process of the window, as the program holds it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base::Clock;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::talk::{self, ToProgram, ToView};

/// A window's process; dropping it kills it.
pub(super) struct Pane {
    process: Child,
    told: Option<ChildStdin>,
    says: Lines<BufReader<ChildStdout>>,
}

impl Pane {
    /// Starts one by `command`, with `corner` as the folder for its own things.
    ///
    /// # Errors
    /// The system starts no process.
    pub(super) fn start(command: Command, corner: &Path) -> io::Result<Self> {
        let mut process = tokio::process::Command::from(command)
            .arg(talk::VIEW)
            .arg(corner)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let told = process.stdin.take();
        let says = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self {
            process,
            told,
            says: BufReader::new(says).lines(),
        })
    }

    /// Tells it something.
    ///
    /// # Errors
    /// It is gone.
    pub(super) async fn tell(&mut self, message: &ToView) -> io::Result<()> {
        let told = self.told.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        told.write_all(&talk::line(message)?).await
    }

    /// What it says next; `None` when it is gone. Nothing is lost where the future is dropped.
    pub(super) async fn says(&mut self) -> Option<ToProgram> {
        loop {
            let line = self.says.next_line().await.ok().flatten()?;
            match serde_json::from_str(&line) {
                Ok(message) => return Some(message),
                // A library of the desktop's may write here too.
                Err(fault) => tracing::debug!(name = "window.not_understood", %fault),
            }
        }
    }

    /// Has it end, and returns what it said before it did.
    pub(super) async fn end(mut self, clock: &Clock) -> Vec<ToProgram> {
        self.told = None;
        let mut last = Vec::new();
        let leaves = async {
            while let Some(message) = self.says().await {
                last.push(message);
            }
            let _ = self.process.wait().await;
        };
        tokio::select! {
            () = leaves => {}
            // Whatever holds it up, it is killed.
            () = clock.sleep(PATIENCE) => tracing::warn!(name = "window.killed"),
        }
        last
    }
}

/// How long a window may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn it_is_told_and_says_line_by_line() {
        let echo = r#"read line; echo noise; echo '{"Failed":'"$(printf %s "$line")"'}'; cat"#;
        let mut pane = Pane::start(shell(echo), Path::new("/")).unwrap();
        pane.tell(&ToView::Hide).await.unwrap();
        assert_eq!(
            pane.says().await,
            Some(ToProgram::Failed("Hide".to_owned()))
        );
        assert_eq!(pane.end(&Clock::system()).await, []);
    }

    #[tokio::test]
    async fn its_last_words_are_heard() {
        let script = r#"cat >/dev/null; echo '{"Copied":"text"}'"#;
        let pane = Pane::start(shell(script), Path::new("/")).unwrap();
        let last = pane.end(&Clock::system()).await;
        assert_eq!(last, [ToProgram::Copied("text".to_owned())]);
    }

    #[tokio::test]
    async fn one_that_does_not_end_is_killed() {
        let (clock, hand) = Clock::manual(base::Timestamp::default());
        let pane = Pane::start(shell("exec sleep 1000"), Path::new("/")).unwrap();
        let id = pane.process.id().unwrap();
        let ending = pane.end(&clock);
        tokio::pin!(ending);
        let mut moved = Duration::ZERO;
        // The clock is moved once the wait has begun.
        loop {
            tokio::select! {
                biased;
                last = &mut ending => {
                    assert_eq!(last, []);
                    break;
                }
                () = tokio::task::yield_now() => {
                    hand.advance(PATIENCE);
                    moved += PATIENCE;
                    assert!(moved < PATIENCE * 1000, "process {id} holds everything up");
                }
            }
        }
    }

    #[tokio::test]
    async fn one_that_is_gone_says_so() {
        let mut pane = Pane::start(shell("exit 1"), Path::new("/")).unwrap();
        assert_eq!(pane.says().await, None);
        pane.process.wait().await.unwrap();
        assert!(pane.tell(&ToView::Hide).await.is_err());
    }
}
