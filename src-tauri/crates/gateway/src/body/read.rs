//! A request's body: all of it, within bounds of size and time.

use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;
use http_body_util::BodyExt as _;
use wire::Fault;

use super::decode::{self, Coding};

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It cannot be served; the client waits for the reason.
    Fault(Fault),
    /// The client left in the middle of it.
    Left,
}

/// The body as it was before any encoding, at most `limit` bytes of it.
pub(crate) async fn read<B>(
    body: &mut B,
    headers: &HeaderMap,
    limit: usize,
    clock: &Clock,
) -> Result<Bytes, Unread>
where
    B: Body<Data = Bytes> + Unpin,
{
    let coding = Coding::of(headers).map_err(Unread::Fault)?;
    let raw = collect(body, limit, clock).await?;
    let decoded = match coding {
        Coding::Identity => Ok(raw.into()),
        Coding::Gzip | Coding::Zstd if raw.len() < LONG => decode::plain(coding, &raw, limit),
        Coding::Gzip | Coding::Zstd => {
            let work = tokio::task::spawn_blocking(move || decode::plain(coding, &raw, limit));
            work.await
                .unwrap_or(Err(Fault::Internal("decompression stopped")))
        }
    };
    decoded.map_err(Unread::Fault)
}

/// Reads on and forgets, so that a client that sends first and listens later hears why it was
/// refused. Bounded: who sends without end is hung up on.
pub(crate) async fn discard<B>(body: &mut B, limit: usize, clock: &Clock)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut left = limit.saturating_mul(DISCARDED);
    let rest = async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    let _ = clock.timeout(PATIENCE, rest).await;
}

async fn collect<B>(body: &mut B, limit: usize, clock: &Clock) -> Result<Vec<u8>, Unread>
where
    B: Body<Data = Bytes> + Unpin,
{
    let too_large = || {
        Unread::Fault(Fault::TooLarge {
            limit: limit as u64,
        })
    };
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > limit {
        return Err(too_large());
    }
    let mut all = Vec::with_capacity(told);
    let until = clock.passed() + ALTOGETHER;
    loop {
        let wait = GAP.min(until.saturating_sub(clock.passed()));
        let frame = match clock.timeout(wait, body.frame()).await {
            None => return Err(Unread::Fault(Fault::SlowBody)),
            Some(None) => return Ok(all),
            Some(Some(Err(_))) => return Err(Unread::Left),
            Some(Some(Ok(frame))) => frame,
        };
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if all.len() + data.len() > limit {
            return Err(too_large());
        }
        all.extend_from_slice(data);
    }
}

/// The longest silence within a body.
const GAP: Duration = Duration::from_secs(30);
/// The longest a body may take, however lively.
const ALTOGETHER: Duration = Duration::from_secs(600);
/// The longest a refused body is still listened to.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many times the limit is thrown away at most.
const DISCARDED: usize = 4;
/// From here on decompression would hold up other requests.
const LONG: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use http_body_util::{Full, StreamBody};

    use super::*;

    const LIMIT: usize = 16;

    async fn read_full(bytes: &'static [u8]) -> Result<Bytes, Unread> {
        let clock = Clock::system();
        read(&mut Full::from(bytes), &HeaderMap::new(), LIMIT, &clock).await
    }

    #[tokio::test]
    async fn the_limit_is_the_last_byte_that_fits() {
        assert_eq!(read_full(&[7; LIMIT]).await.unwrap().len(), LIMIT);
        let fault = Fault::TooLarge {
            limit: LIMIT as u64,
        };
        assert_eq!(read_full(&[7; LIMIT + 1]).await, Err(Unread::Fault(fault)));
    }

    #[tokio::test]
    async fn a_body_that_was_not_announced_is_counted_too() {
        let piece = || Ok::<_, std::io::Error>(http_body::Frame::data(Bytes::from_static(&[1; 9])));
        let pieces = futures_util::stream::iter([piece(), piece()]);
        let mut body = StreamBody::new(pieces);
        let read = read(&mut body, &HeaderMap::new(), LIMIT, &Clock::system()).await;
        assert!(matches!(read, Err(Unread::Fault(Fault::TooLarge { .. }))));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_means_that_the_client_left() {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let pieces = futures_util::stream::iter([Err(broken)]);
        let mut body = StreamBody::new(pieces);
        let read = read(&mut body, &HeaderMap::new(), LIMIT, &Clock::system()).await;
        assert_eq!(read, Err(Unread::Left));
    }

    #[tokio::test]
    async fn a_body_that_stops_is_waited_for_only_so_long() {
        let (clock, hand) = Clock::manual(base::Timestamp::default());
        let never =
            futures_util::stream::pending::<Result<http_body::Frame<Bytes>, std::io::Error>>();
        let mut body = StreamBody::new(never);
        let headers = HeaderMap::new();
        let reading = read(&mut body, &headers, LIMIT, &clock);
        let moving = async {
            hand.until_sleeping(1).await;
            hand.advance(GAP);
        };
        let (read, ()) = tokio::join!(reading, moving);
        assert_eq!(read, Err(Unread::Fault(Fault::SlowBody)));
    }
}
