//! The page in a browser: for a machine without a window, and as the escape from a broken one.
//!
//! - It has a listener of its own on a random port of 127.0.0.1, never the proxy's, and takes no
//!   local key.
//! - Its address holds a code that works once, within two minutes; from then on a cookie counts
//!   that no script can read and no other site can send.
//! - A foreign `Host` is refused, and so is an ask that comes from another origin.
//! - It closes ten minutes after the last page was closed.

mod answer;
mod folder;
mod heads;
mod listener;
mod pass;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use url::Url;

pub use self::folder::Folder;
pub(crate) use self::listener::PageDoor;
use crate::engine::Engine;
use crate::{Code, Complaint};

/// The files of the page.
pub trait Assets: Send + Sync {
    /// The file at `path`, which begins with no slash: `index.html`, `assets/index.js`.
    fn file(&self, path: &str) -> Option<Asset>;
}

/// One file of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its media type, such as `text/html; charset=utf-8`.
    pub media: &'static str,
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
}

impl Asset {
    /// The file at `path`, whose ending tells its media type.
    pub fn at(path: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            media: media(path),
            bytes: bytes.into(),
        }
    }
}

fn media(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some(_) | None => "application/octet-stream",
    }
}

impl Engine {
    /// An address at which a browser shows the page, good once and for two minutes. The door to
    /// it is opened where it is not open yet.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn page(&self, assets: Arc<dyn Assets>) -> Result<Url, Complaint> {
        let mut door = self.0.page.lock().await;
        if let Some(open) = door.as_ref().filter(|open| open.is_open()) {
            return Ok(open.address());
        }
        let opened = PageDoor::open(self, assets).await.map_err(|fault| {
            let message = format!("no port could be had for the page: {fault}");
            Complaint::new(Code::Other, message)
        })?;
        let address = opened.address();
        *door = Some(opened);
        Ok(address)
    }

    /// Waits until the door to the page has closed; returns at once where none is open.
    pub async fn until_page_closes(&self) {
        let closed = self.0.page.lock().await.as_ref().map(PageDoor::closed);
        if let Some(closed) = closed {
            closed.cancelled().await;
        }
    }

    pub(crate) async fn close_page(&self) {
        if let Some(door) = self.0.page.lock().await.take() {
            door.close();
        }
    }
}

impl fmt::Debug for dyn Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assets")
    }
}
