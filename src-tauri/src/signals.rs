//! Signals that ask the process to end.

/// Signals from here on: none that comes later is missed.
#[derive(Debug)]
pub(crate) struct Signals(System);

#[cfg(unix)]
type System = Option<[tokio::signal::unix::Signal; 2]>;

#[cfg(not(unix))]
type System = ();

impl Signals {
    /// Begins to listen.
    #[cfg(unix)]
    pub(crate) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt());
        let terminate = signal(SignalKind::terminate());
        Self(
            interrupt
                .ok()
                .zip(terminate.ok())
                .map(|(one, other)| [one, other]),
        )
    }

    /// Begins to listen.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> Self {
        Self(())
    }

    /// Returns at the next signal.
    #[cfg(unix)]
    pub(crate) async fn heard(&mut self) {
        match &mut self.0 {
            Some([interrupt, terminate]) => tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            },
            None => std::future::pending().await,
        }
    }

    /// Returns at the next signal.
    #[cfg(not(unix))]
    pub(crate) async fn heard(&mut self) {
        let () = self.0;
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
