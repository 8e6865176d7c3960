//! What a process has cost so far.

use std::fs;
use std::io;
use std::time::Duration;

/// The processor time of `process`, its own and the system's for it.
pub(super) fn spent(process: u32) -> io::Result<Duration> {
    let line = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let ticks = ticks(&line).ok_or_else(|| io::Error::other("the kernel's line is odd"))?;
    Ok(Duration::from_secs(ticks) / TICKS_PER_SECOND)
}

/// User and system time in `/proc/PID/stat`; the name before them may hold anything.
fn ticks(line: &str) -> Option<u64> {
    let (_, fields) = line.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

/// What Linux tells programs on every machine (`USER_HZ`).
const TICKS_PER_SECOND: u32 = 100;

#[cfg(test)]
mod tests {
    #[test]
    fn both_times_are_added() {
        let line = "7 (a ) b) S 1 7 7 0 -1 4194560 1 2 3 4 120 30 0 0 20 0 5 0 1 2 3";
        assert_eq!(super::ticks(line), Some(150));
        assert_eq!(super::ticks("7 (a"), None);
    }
}
