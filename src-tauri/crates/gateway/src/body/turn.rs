//! A turn for everyone else.
//!
//! A server that polls a body may poll it again in the same breath, so a future that is ready when
//! it is polled a second time, as `yield_now` is, gives no turn at all. This one waits until the
//! runtime itself comes back to it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Lets all others that can run do so.
#[derive(Debug, Default)]
pub(super) struct Turn(Arc<Given>);

#[derive(Debug, Default)]
struct Given {
    is_over: AtomicBool,
    who_waits: AtomicWaker,
}

impl Turn {
    /// Ready once the runtime had nothing else to do, or came back for another reason.
    pub(super) async fn give(&self) {
        let given = &self.0;
        given.is_over.store(false, Ordering::Relaxed);
        let woken = Waker::from(Arc::clone(given));
        let mut asking = pin!(tokio::task::yield_now());
        let mut is_asked = false;
        poll_fn(|cx| {
            given.who_waits.register(cx.waker());
            if !is_asked {
                is_asked = asking
                    .as_mut()
                    .poll(&mut Context::from_waker(&woken))
                    .is_pending();
            }
            match given.is_over.load(Ordering::Acquire) || !is_asked {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }
}

impl Wake for Given {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_over.store(true, Ordering::Release);
        self.who_waits.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn others_run_even_where_it_is_polled_twice_in_one_breath() {
        let ran = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&ran);
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { other.store(true, Ordering::Release) });
        let turn = Turn::default();
        let mut given = pin!(turn.give());
        poll_fn(|cx| match given.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => given.as_mut().poll(cx),
        })
        .await;
        assert!(ran.load(Ordering::Acquire));
    }
}
