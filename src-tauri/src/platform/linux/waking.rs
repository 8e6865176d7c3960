//! The system bus says when the machine wakes and when it finds another network.

use std::time::Duration;

use base::Clock;
use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream};

/// Calls `woke` after each sleep and on each new network, until `stop`. Without a system bus it
/// returns at once.
pub(super) async fn follow(clock: Clock, stop: CancellationToken, woke: impl Fn()) {
    if let Some(Err(fault)) = stop.run_until_cancelled(changes(&clock, &woke)).await {
        tracing::info!(name = "waking.not_followed", %fault);
    }
}

async fn changes(clock: &Clock, woke: &impl Fn()) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let mut sleeps = heard(&bus, LOGIN, "PrepareForSleep").await?;
    let mut networks = heard(&bus, NETWORKS, "StateChanged").await?;
    loop {
        let said = tokio::select! {
            Some(Ok(said)) = sleeps.next() => said,
            Some(Ok(said)) = networks.next() => said,
            else => return Ok(()),
        };
        if !matters(&said) {
            continue;
        }
        // A network comes up in steps, and often right after the machine woke: wait for the end.
        while clock
            .timeout(SETTLED, async {
                tokio::select! {
                    more = sleeps.next() => more.is_some(),
                    more = networks.next() => more.is_some(),
                }
            })
            .await
            .unwrap_or(false)
        {}
        woke();
    }
}

async fn heard(bus: &Connection, of: &'static str, name: &str) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(of)?
        .member(name)?
        .build();
    MessageStream::for_match_rule(rule, bus, Some(WAITING)).await
}

fn matters(said: &Message) -> bool {
    let body = said.body();
    let header = said.header();
    match header.member().map(|member| member.as_str()) {
        Some("PrepareForSleep") => body.deserialize::<bool>().is_ok_and(|before| !before),
        Some("StateChanged") => body.deserialize::<u32>().is_ok_and(|state| state >= ONLINE),
        _ => false,
    }
}

const LOGIN: &str = "org.freedesktop.login1.Manager";
const NETWORKS: &str = "org.freedesktop.NetworkManager";
/// `NM_STATE_CONNECTED_SITE`: from here on there is more than the local link.
const ONLINE: u32 = 60;
const SETTLED: Duration = Duration::from_secs(2);
const WAITING: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn signal<B: serde::Serialize + zbus::zvariant::DynamicType>(
        of: &str,
        name: &str,
        body: &B,
    ) -> Message {
        let signal = Message::signal("/org/freedesktop", of, name).unwrap();
        signal.build(body).unwrap()
    }

    #[test]
    fn waking_and_coming_online_matter() {
        for (said, expected) in [
            (signal(LOGIN, "PrepareForSleep", &(false,)), true),
            (signal(LOGIN, "PrepareForSleep", &(true,)), false),
            (signal(NETWORKS, "StateChanged", &(70_u32,)), true),
            (signal(NETWORKS, "StateChanged", &(60_u32,)), true),
            (signal(NETWORKS, "StateChanged", &(20_u32,)), false),
            (signal(NETWORKS, "StateChanged", &("70",)), false),
            (signal(NETWORKS, "DeviceAdded", &(70_u32,)), false),
        ] {
            assert_eq!(matters(&said), expected, "{said:?}");
        }
    }
}
