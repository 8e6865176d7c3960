//! What a person can do with Postern, without a window: the last headless floor.
//!
//! [`Core`] composes the parts; the command line asks it, and so will the desktop shell. Every
//! failure that reaches a person is a [`Complaint`]: what happened, and one thing to do about it.

pub mod ask;
pub mod bindings;
mod complaint;
mod compose;
pub mod connect;
mod doctor;
mod engine;
pub mod headline;
mod keys;
mod logging;
pub mod news;
mod options;
mod requests;
mod running;
mod sign_in;
pub mod state;
mod view;

pub use complaint::{Code, Complaint};
pub use compose::Core;
pub use doctor::{Check, Outcome};
pub use engine::Serving;
pub use logging::Logs;
pub use options::{Environment, Options};
pub use requests::Requests;
pub use running::Instance;
pub use sign_in::{Browser, Device, PHISHING_WARNING, Pasted, SignInStep};
pub use store::VaultKind;
pub use view::{
    AccountView, KeyRow, KeyView, LimitView, ModelRow, ModelView, RequestRow, RequestView,
    SignedOutView, StatusView,
};
