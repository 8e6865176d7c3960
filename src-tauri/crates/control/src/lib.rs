//! What a person can do with Postern, without a window: the last headless floor.
//!
//! [`Core`] composes the parts; the command line asks it, and so will the desktop shell. Every
//! failure that reaches a person is a [`Complaint`]: what happened, and one thing to do about it.

mod answer;
pub mod ask;
pub mod bindings;
mod complaint;
mod compose;
pub mod connect;
mod doctor;
mod engine;
pub mod headline;
mod host;
mod keys;
mod limits;
mod logging;
pub mod news;
mod options;
mod page;
pub mod plain;
mod port;
mod requests;
mod running;
mod serving;
mod sign_in;
pub mod state;
mod text;
pub mod tray;
mod view;

pub use ask::Autostart;
pub use complaint::{Code, Complaint};
pub use compose::{Core, Means};
pub use doctor::{Check, Outcome};
pub use engine::Engine;
pub use host::{Headless, Host, Shell};
pub use keys::{Chosen, ReasoningWord};
pub use logging::Logs;
pub use options::{Environment, Options};
pub use page::{Asset, Assets, Folder};
pub use requests::Requests;
pub use running::Instance;
pub use serving::Serving;
pub use sign_in::{Browser, Device, PHISHING_WARNING, Pasted, SignInStep};
pub use store::VaultKind;
pub use store::private;
pub use store::settings::{Notification, Settings, Theme};
pub use view::{
    AccountView, KeyRow, KeyView, LimitView, ModelRow, ModelView, RequestRow, RequestView,
    SignedOutView, StatusView,
};
