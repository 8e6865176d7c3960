//! A secret that cannot be printed: no `Display`, no `Serialize`, and a `Debug` that says nothing.

use std::fmt;
use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// Text that must never reach a log, an error, a page, or a database. Clones share it.
#[derive(Clone)]
pub struct Secret(Arc<Held>);

struct Held {
    text: Box<str>,
    /// [`Secret::bearer`], once somebody asked for it: a token is long, and goes with each request.
    bearer: OnceLock<HeaderValue>,
}

impl Secret {
    /// Wraps `value`; from here on it can only be read through [`Secret::reveal`].
    pub fn new(value: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Held {
            text: value.into(),
            bearer: OnceLock::new(),
        }))
    }

    /// The only way to the text; a search for `reveal` lists every use.
    pub fn reveal(&self) -> &str {
        &self.0.text
    }

    /// `Bearer <secret>` as a header value that is marked sensitive.
    ///
    /// # Errors
    /// The text holds a byte that no header value may hold.
    pub fn bearer(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        if let Some(made) = self.0.bearer.get() {
            return Ok(made.clone());
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.reveal()))?;
        value.set_sensitive(true);
        Ok(self.0.bearer.get_or_init(|| value).clone())
    }

    /// True where there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.reveal().is_empty()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(..) Secret(..)");
        assert!(!format!("{:?}", secret.bearer().unwrap()).contains("hunter2"));
    }

    #[test]
    fn the_header_is_made_once_for_all_clones() {
        let secret = Secret::new("hunter2");
        let both = [secret.clone(), secret];
        let [first, second] = both.map(|one| one.bearer().unwrap());
        assert_eq!(second, "Bearer hunter2");
        assert_eq!(first.as_bytes().as_ptr(), second.as_bytes().as_ptr());
        assert!(first.is_sensitive() && second.is_sensitive());
    }

    #[test]
    fn a_line_break_makes_no_header() {
        assert!(Secret::new("a\r\nx: y").bearer().is_err());
    }
}
