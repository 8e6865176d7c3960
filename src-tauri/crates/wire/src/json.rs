//! JSON read in place: objects keep the order and the bytes of their fields, and a wrong field is
//! told in the words of the official API.
//!
//! An explicit `null` counts as absent everywhere, because several SDKs send one for every optional
//! field. Of two fields with one name the last counts.

mod entries;
mod numbers;
mod shape;
mod surrogates;

use std::borrow::Cow;

use serde_json::value::RawValue;

use self::entries::Entries;
use self::shape::{Excess, excess};
pub use self::surrogates::without_lone_surrogates;
use crate::Fault;

/// Reads a whole body, whatever half a character it holds, and hands its object to `with`.
///
/// # Errors
/// As [`Object::body`], or what `with` says.
pub fn read<T>(
    body: &[u8],
    with: impl FnOnce(&Object<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    with(&Object::body(&without_lone_surrogates(body))?)
}

/// An object, with the place where it stands.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    at: String,
    raw: &'a RawValue,
    entries: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Reads a whole body.
    ///
    /// # Errors
    /// It is no JSON, is nested deeper than [`DEEPEST`], has more than [`MOST_VALUES`] or a number that no
    /// double holds, or is no object.
    pub fn body(body: &'a [u8]) -> Result<Self, Fault> {
        let broken = |why: String| Fault::BadJson { why };
        if body.trim_ascii().is_empty() {
            return Err(broken("it is empty".to_owned()));
        }
        match excess(body) {
            None => {}
            Some(Excess::Deep) => {
                return Err(broken(format!("nested deeper than {DEEPEST} levels")));
            }
            Some(Excess::Endless(number)) => {
                let shown = number.get(..SHOWN).unwrap_or(number);
                return Err(broken(format!("a number is out of range, `{shown}`")));
            }
            Some(Excess::Many) => {
                return Err(Fault::Invalid {
                    message: format!(
                        "The request body has more than {MOST_VALUES} values, and so many are not read; send fewer messages or items."
                    ),
                    param: None,
                    code: Some("too_many_values"),
                });
            }
        }
        let raw: &RawValue = serde_json::from_slice(body).map_err(|e| broken(e.to_string()))?;
        if kind(raw) != "an object" {
            return Err(Fault::Invalid {
                message: format!(
                    "Invalid type for the request body: expected an object, but got {} instead.",
                    kind(raw)
                ),
                param: None,
                code: Some("invalid_type"),
            });
        }
        Self::at(raw, String::new())
    }

    /// Reads the object that stands at the path `at`.
    ///
    /// # Errors
    /// It is something else.
    pub fn at(raw: &'a RawValue, at: String) -> Result<Self, Fault> {
        match serde_json::from_str::<Entries<'a>>(raw.get()) {
            Ok(Entries(entries)) => Ok(Self { at, raw, entries }),
            Err(_) => Err(wrong_type(&at, "an object", raw)),
        }
    }

    /// The object of the body that took this one's place, if one did.
    ///
    /// # Errors
    /// As [`Self::body`].
    pub fn replaced_by(self, body: Option<&'a [u8]>) -> Result<Self, Fault> {
        body.map_or(Ok(self), Self::body)
    }

    /// The object's own bytes.
    pub fn raw(&self) -> &'a RawValue {
        self.raw
    }

    /// Every field as it came, nulls included.
    pub fn entries(&self) -> &[(Cow<'a, str>, &'a RawValue)] {
        &self.entries
    }

    /// The names of the fields that say something.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let told = self.entries.iter().filter(|(_, raw)| raw.get() != "null");
        told.map(|(name, _)| name.as_ref())
    }

    /// The path of a field of this object.
    pub fn path(&self, name: &str) -> String {
        match self.at.as_str() {
            "" => name.to_owned(),
            at => format!("{at}.{name}"),
        }
    }

    /// The path of this object; empty for the body.
    pub fn place(&self) -> &str {
        &self.at
    }

    /// A field, unless it is missing or `null`.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let (_, raw) = self.entries.iter().rev().find(|(known, _)| known == name)?;
        (raw.get() != "null").then_some(*raw)
    }

    /// A text.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        self.read(name, "a string", text)
    }

    /// A text that must be there and say something.
    ///
    /// # Errors
    /// It is missing, empty, or something else.
    pub fn need_text(&self, name: &str) -> Result<Cow<'a, str>, Fault> {
        match self.text(name)? {
            Some(text) if text.is_empty() => {
                let path = self.path(name);
                Err(Fault::Invalid {
                    message: format!(
                        "Invalid '{path}': empty string. Expected a string with minimum length 1, but got an empty string instead."
                    ),
                    param: Some(path),
                    code: Some("empty_string"),
                })
            }
            Some(text) => Ok(text),
            None => Err(self.missing(name)),
        }
    }

    /// A boolean.
    ///
    /// # Errors
    /// It is something else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.read(name, "a boolean", |raw| {
            serde_json::from_str(raw.get()).ok()
        })
    }

    /// An integer.
    ///
    /// # Errors
    /// It is something else.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, "an integer", |raw| {
            serde_json::from_str(raw.get()).ok()
        })
    }

    /// The elements of an array.
    ///
    /// # Errors
    /// It is something else.
    pub fn list(&self, name: &str) -> Result<Option<Vec<&'a RawValue>>, Fault> {
        self.read(name, "an array", |raw| serde_json::from_str(raw.get()).ok())
    }

    /// An object.
    ///
    /// # Errors
    /// It is something else.
    pub fn object(&self, name: &str) -> Result<Option<Self>, Fault> {
        let raw = self.get(name);
        raw.map(|raw| Self::at(raw, self.path(name))).transpose()
    }

    /// An object that must be there.
    ///
    /// # Errors
    /// It is missing or something else.
    pub fn need_object(&self, name: &str) -> Result<Self, Fault> {
        self.object(name)?.ok_or_else(|| self.missing(name))
    }

    /// An array of objects.
    ///
    /// # Errors
    /// It is something else, or one of its elements is.
    pub fn objects(&self, name: &str) -> Result<Option<Vec<Self>>, Fault> {
        let Some(list) = self.list(name)? else {
            return Ok(None);
        };
        let path = self.path(name);
        let read = |(index, raw)| Self::at(raw, format!("{path}[{index}]"));
        let objects: Result<_, _> = list.into_iter().enumerate().map(read).collect();
        objects.map(Some)
    }

    /// The complaint that a field is missing.
    pub fn missing(&self, name: &str) -> Fault {
        let path = self.path(name);
        Fault::Invalid {
            message: format!("Missing required parameter: '{path}'."),
            param: Some(path),
            code: Some("missing_required_parameter"),
        }
    }

    /// The complaint that a field is none of a few words.
    pub fn unknown_value(&self, name: &str, value: &str, known: &[&str]) -> Fault {
        let path = self.path(name);
        Fault::Invalid {
            message: format!(
                "Invalid value: '{value}'. Supported values are: {}.",
                listed(known)
            ),
            param: Some(path),
            code: Some("invalid_value"),
        }
    }

    /// The complaint that a field is of the wrong type.
    pub fn wrong_type(&self, name: &str, expected: &str) -> Fault {
        match self.get(name) {
            Some(raw) => wrong_type(&self.path(name), expected, raw),
            None => self.missing(name),
        }
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a RawValue) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(raw) = self.get(name) else {
            return Ok(None);
        };
        let value = read(raw);
        let wrong = || wrong_type(&self.path(name), expected, raw);
        value.ok_or_else(wrong).map(Some)
    }
}

/// A text, where `raw` is one; borrowed unless its JSON has escapes.
pub fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let read: Option<Text<'_>> = serde_json::from_str(raw.get()).ok();
    read.map(|Text(text)| text)
}

/// What `raw` is, with its article.
pub fn kind(raw: &RawValue) -> &'static str {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ if text.contains(['.', 'e', 'E']) => "a decimal",
        _ => "an integer",
    }
}

fn wrong_type(path: &str, expected: &str, raw: &RawValue) -> Fault {
    let article = match expected.split(' ').next() {
        Some("a" | "an") => "",
        _ => "one of ",
    };
    Fault::Invalid {
        message: format!(
            "Invalid type for '{path}': expected {article}{expected}, but got {} instead.",
            kind(raw)
        ),
        param: Some(path.to_owned()),
        code: Some("invalid_type"),
    }
}

/// `'a', 'b', and 'c'`.
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [all @ .., last] => format!("{}, and {last}", all.join(", ")),
    }
}

/// How deep a body may be nested; what `serde_json` itself allows.
pub const DEEPEST: usize = 128;

/// How many values a body may have. What a model reads at once has fewer, because each is some token of its
/// own; held in memory so many take some hundred megabytes.
pub const MOST_VALUES: usize = 1 << 18;

/// How much of a number is told that is too long to be read.
const SHOWN: usize = 24;

#[cfg(test)]
mod tests;
