//! A secret that cannot be printed: no `Display`, no `Serialize`, and a `Debug` that says nothing.

use std::fmt;

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// Text that must never reach a log, an error, a page, or a database.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Wraps `value`; from here on it can only be read through [`Secret::reveal`].
    pub fn new(value: impl Into<Box<str>>) -> Self {
        Self(value.into())
    }

    /// The only way to the text; a search for `reveal` lists every use.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `Bearer <secret>` as a header value that is marked sensitive.
    ///
    /// # Errors
    /// The text holds a byte that no header value may hold.
    pub fn bearer(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// True where there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

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
    fn a_line_break_makes_no_header() {
        assert!(Secret::new("a\r\nx: y").bearer().is_err());
    }
}
