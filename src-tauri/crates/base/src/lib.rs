//! Clock, secret, tasks, id: what every floor needs and no floor owns.
//!
//! Door policy: a fifth module needs three crates that want it and a page in `docs/decisions`.
//! Nothing here knows what the product does.

pub mod clock;
pub mod id;
pub mod secret;
pub mod tasks;

pub use clock::{Clock, Hand, Timestamp};
pub use id::{Chance, RequestId};
pub use secret::Secret;
pub use tasks::{Drained, Spot, Tasks, aside, thread};
