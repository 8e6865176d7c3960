//! The request log, read forward.

use std::time::Duration;

use crate::{Core, RequestView};

/// Reads requests in the order in which they ended.
#[derive(Debug)]
pub struct Requests {
    core: Core,
    seen: i64,
}

impl Core {
    /// The last `limit` requests, oldest first.
    pub fn last_requests(&self, limit: usize) -> Vec<RequestView> {
        let mut lines = self.log.recent(limit);
        lines.reverse();
        lines.into_iter().map(RequestView::from).collect()
    }

    /// Follows the log from here on.
    pub fn follow_requests(&self) -> Requests {
        Requests {
            seen: self.log.last_row(),
            core: self.clone(),
        }
    }
}

impl Requests {
    /// Waits for the next requests; never empty.
    pub async fn next(&mut self) -> Vec<RequestView> {
        loop {
            let rows = self.core.log.after(self.seen, BATCH);
            if let Some((last, _)) = rows.last() {
                self.seen = *last;
                return rows.into_iter().map(|(_, line)| line.into()).collect();
            }
            self.core.clock.sleep(PAUSE).await;
        }
    }
}

/// Rows to read at once.
const BATCH: usize = 100;

/// The server is another process, so its rows are looked for.
const PAUSE: Duration = Duration::from_millis(250);
