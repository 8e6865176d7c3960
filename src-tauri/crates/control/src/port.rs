//! Who holds a port, and which one to take instead.

#[cfg(target_os = "linux")]
mod proc;

use std::net::{IpAddr, SocketAddr, TcpListener};

/// Who listens on `port` of this machine, as `node (PID 4121)`; `None` where the system does not
/// tell, as for programs of other people.
#[cfg(target_os = "linux")]
pub(crate) fn holder(port: u16) -> Option<String> {
    proc::holder(std::path::Path::new("/proc"), port)
}

/// Who listens on `port` of this machine; this system tells nobody without asking for rights.
#[cfg(not(target_os = "linux"))]
pub(crate) fn holder(_: u16) -> Option<String> {
    None
}

/// A port that is free on `listen`, one that is easy to remember first.
pub(crate) fn free(listen: IpAddr, wanted: u16) -> Option<u16> {
    let far = wanted.checked_add(10_000);
    let near = (1..=9).filter_map(|step| wanted.checked_add(step));
    far.into_iter()
        .chain(near)
        .chain([0])
        .find_map(|port| bound(listen, port))
}

/// True where nobody listens on `port`, and Postern may.
pub(crate) fn is_free(listen: IpAddr, port: u16) -> bool {
    bound(listen, port).is_some()
}

/// The port that a listener gets; it is closed again at once.
fn bound(listen: IpAddr, port: u16) -> Option<u16> {
    let listener = TcpListener::bind(SocketAddr::new(listen, port)).ok()?;
    Some(listener.local_addr().ok()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn the_port_offered_is_free_and_not_the_one_that_is_taken() {
        let held = TcpListener::bind((HERE, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(!is_free(HERE, port));
        let offered = free(HERE, port).unwrap();
        assert!(offered != port && offered != 0);
        assert!(is_free(HERE, offered));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_listener_of_ours_is_found_by_its_name_and_process() {
        let held = TcpListener::bind((HERE, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let told = holder(port).unwrap();
        assert!(
            told.ends_with(&format!("(PID {})", std::process::id())),
            "{told}"
        );
        drop(held);
        assert_eq!(holder(port), None);
    }
}
