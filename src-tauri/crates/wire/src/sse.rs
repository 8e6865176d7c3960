//! Server-sent events, as both sides speak them (WHATWG HTML, section 9.2; contract backend 2.1).
//!
//! A frame ends at an empty line and nowhere else. Lines end with CR, LF, or CRLF; no other
//! character ends a line, because U+2028, U+2029 and U+0085 occur unescaped inside data.

mod frame;
mod split;
mod write;

pub use frame::Frame;
pub use split::{FrameTooLong, Splitter};
pub use write::Frames;
