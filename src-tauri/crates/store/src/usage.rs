//! One line per request, however it ends. Metadata only: no body, no header value.

mod line;
mod log;
mod pages;
mod rows;
mod ticket;
mod totals;

pub use self::line::{Ended, Line, UnknownEnd};
pub use self::log::{Bounds, Log};
pub use self::pages::{Narrow, Page};
pub use self::ticket::Ticket;
pub use self::totals::{By, Total};

#[cfg(test)]
mod tests;
