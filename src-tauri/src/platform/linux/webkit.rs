//! WebKit's network process, which WebKit keeps although no page is left that could use it.

use std::fs;

use rustix::process::{Pid, Signal, getpid, kill_process};

/// Ends it. The next page gets a new one.
pub(crate) fn end_helpers() {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    let told = entries.filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    for helper in told.filter_map(|told| helper(&told, getpid())) {
        // An error means that it is gone, which is what was wanted.
        let _ = kill_process(helper, Signal::TERM);
        tracing::info!(name = "window.helper_ended");
    }
}

/// The id in a line of `/proc/PID/stat`, where that is a network process which `parent` started.
fn helper(told: &str, parent: Pid) -> Option<Pid> {
    let (id, rest) = told.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let of: i32 = rest.split(' ').nth(1)?.parse().ok()?;
    let is_ours = name == NETWORK && Pid::from_raw(of) == Some(parent);
    is_ours.then(|| Pid::from_raw(id.parse().ok()?)).flatten()
}

/// `WebKitNetworkProcess`, as the kernel cuts it.
const NETWORK: &str = "WebKitNetworkPr";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_network_process_is_one() {
        let (us, them) = (Pid::from_raw(7).unwrap(), Pid::from_raw(8));
        for (told, expected) in [
            ("8 (WebKitNetworkPr) S 7 1 1", them),
            ("8 (WebKitNetworkPr) S 9 1 1", None),
            ("8 (WebKitWebProces) S 7 1 1", None),
            ("8 (a) (WebKitNetworkPr) S 7 1 1", None),
            ("8 (WebKitNetworkPr)", None),
            ("", None),
        ] {
            assert_eq!(helper(told, us), expected, "{told}");
        }
    }
}
