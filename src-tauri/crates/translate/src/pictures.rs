//! `POST /v1/images/generations` and `/v1/images/edits`.
//!
//! Two ways lead to a picture (contract backend 7.4). The dedicated endpoints make it from a prompt
//! and a few words. What they do not take (a mask, a stream, another format than PNG, many pictures
//! to work on) the hosted `image_generation` tool does, in an ordinary request for an answer.
//! Neither takes `n`: several pictures are several requests.

mod drawn;
mod form;
mod hosted;
mod progress;
mod request;
mod size;
mod usage;
mod write;

use wire::pictures;
use wire::responses;

pub use drawn::{Drawn, whole};
pub use form::body_of_form;
pub use request::request;
pub use write::{Collector, Writer};

/// Which of the two endpoints was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A picture from nothing but words.
    Generations,
    /// A picture from others.
    Edits,
}

/// Pictures that came as files of a form, each as a `data:` URL.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// The pictures to work on.
    pub images: Vec<String>,
    /// Where to change them.
    pub mask: Option<String>,
}

/// A request that can be sent, and what is needed to answer it.
#[derive(Debug)]
pub struct Order {
    /// One picture of it.
    pub asked: Asked,
    /// How many are wanted.
    pub count: usize,
    /// True where the client asked for a stream. Only the hosted tool can.
    pub stream: bool,
    /// The model as it goes out.
    pub model: String,
    /// Fields that could not be honoured.
    pub ignored: Vec<String>,
    /// What the answer must know.
    pub shape: Shape,
}

/// One picture, the one way or the other.
#[derive(Debug)]
pub enum Asked {
    /// By the dedicated endpoints.
    Dedicated(pictures::Request),
    /// By the hosted tool.
    Hosted(Box<responses::Request>),
}

/// What an answer must know about its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The endpoint, which names the events of a stream.
    pub route: Route,
    /// The size that was asked for, unless any would do.
    pub size: Option<String>,
    /// `png`, `jpeg` or `webp`.
    pub format: &'static str,
}
