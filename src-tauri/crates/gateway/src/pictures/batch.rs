//! As many requests to the backend as pictures are wanted, a few at a time.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::HeaderMap;
use translate::Born;
use translate::pictures::{Collector, Drawn};
use upstream::{Ask, Head};
use wire::{Fault, Usage, pictures};

use super::AT_ONCE;
use crate::exchange::Exchange;
use crate::house::House;
use crate::lease::Lease;

/// One picture, the one way or the other.
pub(super) enum Job {
    /// By a dedicated endpoint, with the headers that the client sent.
    Dedicated(Box<pictures::Request>, HeaderMap),
    /// By the hosted tool.
    Hosted(Box<Ask>),
}

/// What all requests together brought.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) drawn: Vec<Drawn>,
    /// Of the first that succeeded.
    pub(super) head: Head,
    pub(super) usage: Option<Usage>,
    /// Why the first that failed did; none began after it.
    pub(super) fault: Option<Fault>,
}

struct Made {
    drawn: Drawn,
    head: Head,
    usage: Option<Usage>,
}

/// Runs `job` until there are `count` pictures, or one fails, or the program is stopping.
pub(super) async fn run(exchange: &mut Exchange, job: &Job, count: usize, lease: &Lease) -> Batch {
    let house = Arc::clone(&exchange.house);
    let born = exchange.born();
    let mut batch = Batch::default();
    let mut running = FuturesUnordered::new();
    let mut left = count;
    loop {
        while left > 0 && running.len() < AT_ONCE && batch.fault.is_none() {
            left -= 1;
            // Counted as it begins, so that the line is right also where the client leaves.
            *exchange.held.attempts() += 1;
            running.push(Box::pin(one(&house, job, lease.clone(), born.clone())));
        }
        let made = tokio::select! {
            made = running.next() => made,
            () = house.cut.cancelled() => {
                batch.fault.get_or_insert(Fault::ShuttingDown);
                return batch;
            }
        };
        let Some((made, attempts)) = made else {
            return batch;
        };
        *exchange.held.attempts() += attempts.saturating_sub(1);
        batch.take(made);
    }
}

impl Batch {
    fn take(&mut self, made: Result<Made, Fault>) {
        match made {
            Ok(made) => {
                if self.drawn.is_empty() {
                    self.head = made.head;
                }
                self.drawn.push(made.drawn);
                self.usage = added(self.usage, made.usage);
            }
            Err(fault) => self.fault = self.fault.take().or(Some(fault)),
        }
    }
}

/// One picture, and how often the backend was asked for it.
async fn one(house: &House, job: &Job, mut lease: Lease, born: Born) -> (Result<Made, Fault>, u32) {
    let mut attempts = 0;
    let made = match job {
        Job::Dedicated(request, headers) => {
            dedicated(house, request, headers, &mut lease, &mut attempts).await
        }
        Job::Hosted(ask) => hosted(house, ask, born, &mut lease, &mut attempts).await,
    };
    (made, attempts)
}

async fn dedicated(
    house: &House,
    request: &pictures::Request,
    headers: &HeaderMap,
    lease: &mut Lease,
    attempts: &mut u32,
) -> Result<Made, Fault> {
    loop {
        let (client, credential) = (&house.parts.upstream, lease.credential());
        let told = client.picture(request, headers, &credential, attempts);
        match told.await {
            Ok(told) => {
                let drawn = Drawn::read(told.said)?;
                return Ok(Made {
                    usage: drawn.tokens(),
                    head: told.head,
                    drawn,
                });
            }
            Err(fault) => lease.renew(fault).await?,
        }
    }
}

async fn hosted(
    house: &House,
    ask: &Ask,
    born: Born,
    lease: &mut Lease,
    attempts: &mut u32,
) -> Result<Made, Fault> {
    let opened = lease.open(&house.parts.upstream, ask, attempts).await?;
    let mut collector = Collector::new(born);
    let mut events = opened.events;
    while !collector.is_closed() {
        match events.next().await {
            Some(Ok(event)) => collector.push(&event),
            Some(Err(fault)) => collector.fail(&fault),
            None => collector.fail(&Fault::CutShort),
        }
    }
    Ok(Made {
        usage: collector.usage(),
        head: opened.head,
        drawn: collector.finish()?,
    })
}

fn added(sum: Option<Usage>, more: Option<Usage>) -> Option<Usage> {
    match (sum, more) {
        (Some(sum), Some(more)) => Some(sum.plus(more)),
        (sum, more) => sum.or(more),
    }
}
