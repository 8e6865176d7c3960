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

/// Bytes of memory of `process`: its own, and its share of what others have as well (PSS).
pub(super) fn memory(process: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    kilobytes(&text, "Pss:").ok_or_else(|| io::Error::other("the kernel tells no PSS"))
}

/// Bytes of memory of `process` that are in use at all (RSS), as `ps` and `top` tell it.
pub(super) fn resident(process: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    kilobytes(&text, "VmRSS:").ok_or_else(|| io::Error::other("the kernel tells no RSS"))
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(number * 1024)
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

    #[test]
    fn memory_is_told_in_kilobytes() {
        let text = "Name:\tpostern\nVmRSS:\t   12 kB\nThreads:\t3\n";
        assert_eq!(super::kilobytes(text, "VmRSS:"), Some(12 * 1024));
        assert_eq!(super::kilobytes(text, "Pss:"), None);
    }
}
