//! A look at clock and network once a minute: enough to notice a sleep or another network where
//! the system does not tell.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::Duration;

use base::{Clock, Timestamp};
use tokio_util::sync::CancellationToken;

/// What one look saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// When, by the wall clock.
    at: Timestamp,
    /// The address from which packets would leave; `None` without a network.
    from: Option<IpAddr>,
}

/// Calls `woke` whenever the machine slept or its network changed, until `stop`.
pub(crate) async fn follow(clock: Clock, stop: CancellationToken, woke: impl Fn() + Send) {
    let mut before = look(&clock);
    while stop.run_until_cancelled(clock.sleep(EVERY)).await.is_some() {
        let now = look(&clock);
        if is_other(before, now) {
            woke();
        }
        before = now;
    }
}

/// True where the machine slept between two looks or is on another network. Losing the network
/// is no reason to do anything; finding one is.
fn is_other(before: Look, now: Look) -> bool {
    let gone = now.at.millis().saturating_sub(before.at.millis());
    let slept = u128::from(gone.unsigned_abs()) > (EVERY + SLACK).as_millis();
    slept || (now.from.is_some() && now.from != before.from)
}

fn look(clock: &Clock) -> Look {
    Look {
        at: clock.now(),
        from: leaving_from().ok(),
    }
}

/// Asks the system which address it would use; no packet is sent for that.
fn leaving_from() -> std::io::Result<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect((NOBODY, 9))?;
    Ok(socket.local_addr()?.ip())
}

/// An address for documentation (RFC 5737): routed like any other, owned by nobody.
const NOBODY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const EVERY: Duration = Duration::from_mins(1);
/// A busy machine may be this late without having slept.
const SLACK: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64, last: Option<u8>) -> Look {
        Look {
            at: Timestamp::from_millis(second * 1000),
            from: last.map(|last| IpAddr::from([10, 0, 0, last])),
        }
    }

    #[test]
    fn sleep_and_other_networks_are_noticed() {
        for (before, now, expected) in [
            (at(0, Some(1)), at(60, Some(1)), false),
            (at(0, Some(1)), at(89, Some(1)), false),
            (at(0, Some(1)), at(91, Some(1)), true),
            (at(0, Some(1)), at(60, Some(2)), true),
            (at(0, None), at(60, Some(1)), true),
            (at(0, Some(1)), at(60, None), false),
            (at(0, None), at(60, None), false),
            // The clock was set back by an hour.
            (at(3600, Some(1)), at(0, Some(1)), true),
        ] {
            assert_eq!(is_other(before, now), expected, "{before:?} {now:?}");
        }
    }
}
