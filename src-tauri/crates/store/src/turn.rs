//! Taking turns across processes, by a lock on a file.
//!
//! A turn ends when it is dropped, and by the system's hand when its process dies, so nobody
//! has to clean up. Waiting happens off the runtime and ends when nobody waits any more.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::private;

/// One holder's turn at something that only one process may do at a time.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub struct Turn {
    _file: File,
}

impl Turn {
    /// Waits for a turn at the file `path`; dropping the future gives the place in line back.
    pub(crate) async fn wait(path: PathBuf) -> io::Result<Self> {
        let (tell, told) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let mut tell = Some(tell);
            while let Some(waiting) = tell.take_if(|waiting| !waiting.is_closed()) {
                match Self::take(&path) {
                    Ok(None) => {
                        tell = Some(waiting);
                        std::thread::sleep(BETWEEN_TRIES);
                    }
                    Ok(Some(turn)) => drop(waiting.send(Ok(turn))),
                    Err(error) => drop(waiting.send(Err(error))),
                }
            }
        });
        told.await
            .unwrap_or_else(|_| Err(io::Error::other("the runtime is stopping")))
    }

    /// Waits for a turn on this thread.
    pub(crate) fn wait_here(path: &Path) -> io::Result<Self> {
        let file = private::lock_file(path)?;
        file.lock()?;
        Ok(Self { _file: file })
    }

    /// A turn, or `None` while somebody else has it.
    fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = private::lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Short beside a write to disk, long beside a look at a lock.
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_next_waits_until_the_turn_is_given_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("refresh.lock");
        let first = Turn::wait(path.clone()).await.unwrap();
        assert!(Turn::take(&path).unwrap().is_none());
        let next = Turn::wait(path.clone());
        tokio::pin!(next);
        tokio::select! {
            biased;
            _ = &mut next => panic!("two had the turn at once"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        let second = next.await.unwrap();
        assert!(Turn::take(&path).unwrap().is_none());
        drop(second);
        assert!(Turn::take(&path).unwrap().is_some());
    }

    #[tokio::test]
    async fn who_stops_waiting_does_not_get_the_turn() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("refresh.lock");
        let first = Turn::wait(path.clone()).await.unwrap();
        {
            let left = Turn::wait(path.clone());
            tokio::pin!(left);
            tokio::select! {
                biased;
                _ = &mut left => panic!("two had the turn at once"),
                () = tokio::task::yield_now() => {}
            }
        }
        drop(first);
        let _second = Turn::wait(path).await.unwrap();
    }

    #[tokio::test]
    async fn a_turn_in_a_folder_that_is_not_there_fails() {
        let home = tempfile::tempdir().unwrap();
        let missing = home.path().join("no/refresh.lock");
        assert!(Turn::wait(missing).await.is_err());
    }
}
