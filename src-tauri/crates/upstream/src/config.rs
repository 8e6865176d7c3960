//! What the client says about itself, and how patient it is.

use std::time::Duration;

use crate::HttpConfig;

/// Settings of a [`crate::Client`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Who we say we are.
    pub originator: String,
    /// The whole `User-Agent`.
    pub user_agent: String,
    /// `MAJOR.MINOR.PATCH`; the backend filters its models by it (contract backend 5).
    pub client_version: String,
    /// How long one attempt may take until its first event is there.
    pub first_event_timeout: Duration,
    /// How long the stream may be silent between two events (contract backend 2.5).
    pub idle_timeout: Duration,
    /// How many requests may follow the first one (contract backend 3.4).
    pub retries: u32,
    /// How to make the HTTP client anew, for [`crate::Client::drop_idle`]. Without it the client
    /// that was given stays.
    pub http: Option<HttpConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            originator: "postern".to_owned(),
            user_agent: format!(
                "postern/{} ({}; {})",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
            client_version: "1.0.0".to_owned(),
            first_event_timeout: Duration::from_secs(300),
            idle_timeout: Duration::from_secs(300),
            retries: 2,
            http: None,
        }
    }
}
