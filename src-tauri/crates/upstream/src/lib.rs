//! The one client to the provider: what goes out, what comes back, and what is tried again.
//!
//! A canonical request and a credential go in; events come out, or one `wire::Fault` that says
//! what the backend said. Nothing here knows which dialect the asking program spoke, and nothing
//! is stored on disk. No header of a client reaches the backend unless it stands in the table of
//! [`request`](crate::Ask), and no second request is sent once an event was handed out.

mod ask;
mod classify;
mod client;
mod config;
mod head;
mod http;
mod limits;
mod models;
mod ourselves;
mod request;
mod retry;
mod stream;

pub use crate::ask::{Ask, Credential, Lane};
pub use crate::client::{Client, Opened, Speech, Step, Told, Upload, only_plan};
pub use crate::config::Config;
pub use crate::head::Head;
pub use crate::http::{BuildFault, HttpConfig, http_client};
pub use crate::limits::Reading;
pub use crate::ourselves::is_ourselves;
pub use crate::stream::Events;
