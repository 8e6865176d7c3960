//! Who listens, as Linux tells in `/proc` (proc_pid_net(5), proc_pid_fd(5)).

use std::fs;
use std::path::Path;

/// The process that listens on `port`, found below `proc`.
pub(super) fn holder(proc: &Path, port: u16) -> Option<String> {
    let sockets: Vec<String> = ["net/tcp", "net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(proc.join(table)).ok())
        .flat_map(|table| listeners(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if sockets.is_empty() {
        return None;
    }
    let processes = fs::read_dir(proc).ok()?;
    let mut pids: Vec<u32> = processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    pids.sort_unstable();
    let pid = pids
        .into_iter()
        .find(|pid| has_one(&proc.join(pid.to_string()), &sockets))?;
    let name = fs::read_to_string(proc.join(pid.to_string()).join("comm")).ok()?;
    Some(format!("{} (PID {pid})", name.trim_end()))
}

/// The inodes of sockets that listen on `port`, in a table of `/proc/net`.
fn listeners(table: &str, port: u16) -> Vec<u64> {
    let rows = table.lines().skip(1);
    rows.filter_map(|row| {
        let mut columns = row.split_ascii_whitespace().skip(1);
        let (local, state) = (columns.next()?, columns.nth(1)?);
        let (_, at) = local.rsplit_once(':')?;
        let listens = state == LISTENING && u16::from_str_radix(at, 16) == Ok(port);
        listens.then(|| columns.nth(5)?.parse().ok())?
    })
    .collect()
}

/// True where one of the process's open files is one of `sockets`. Files of other people's
/// processes cannot be read.
fn has_one(process: &Path, sockets: &[String]) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    files.flatten().any(|file| {
        let target = fs::read_link(file.path()).ok();
        let target = target.as_deref().and_then(Path::to_str);
        target.is_some_and(|target| sockets.iter().any(|socket| socket == target))
    })
}

/// `TCP_LISTEN` in the kernel's `tcp_states.h`.
const LISTENING: &str = "0A";

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1DFE 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0
   1: 0100007F:1DFE 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 31338 1 0
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1 0
broken line
";

    #[test]
    fn only_listeners_on_the_port_count() {
        assert_eq!(listeners(TABLE, 7678), [31_337]);
        assert_eq!(listeners(TABLE, 22), [99]);
        assert!(listeners(TABLE, 50_000).is_empty());
    }

    #[test]
    fn the_process_with_the_socket_is_named() {
        let proc = tempfile::tempdir().unwrap();
        for (pid, name, socket) in [
            ("17", "sshd", "socket:[99]"),
            ("4121", "node", "socket:[31337]"),
        ] {
            let process = proc.path().join(pid);
            fs::create_dir_all(process.join("fd")).unwrap();
            fs::write(process.join("comm"), format!("{name}\n")).unwrap();
            std::os::unix::fs::symlink("/dev/null", process.join("fd/0")).unwrap();
            std::os::unix::fs::symlink(socket, process.join("fd/3")).unwrap();
        }
        fs::create_dir_all(proc.path().join("net")).unwrap();
        assert_eq!(holder(proc.path(), 7678), None);
        fs::write(proc.path().join("net/tcp"), TABLE).unwrap();
        assert_eq!(
            holder(proc.path(), 7678).as_deref(),
            Some("node (PID 4121)")
        );
        assert_eq!(holder(proc.path(), 80), None);
    }
}
