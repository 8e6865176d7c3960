//! Fields of a query, a form, or a flat JSON object: each once, each known, or refused by name.

use std::fmt;

use serde_json::Value;

/// What one request carries, in order.
#[derive(Debug, Clone)]
pub(super) struct Fields(Vec<(String, String)>);

/// The one field that is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) name: String,
    pub(super) why: String,
}

impl Bad {
    pub(super) fn new(name: &str, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            why: why.into(),
        }
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.why)
    }
}

impl Fields {
    /// The fields of a query string or a form body.
    pub(super) fn form(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes);
        Self(pairs.into_owned().collect())
    }

    /// The fields of a JSON object whose values are all strings.
    pub(super) fn json(bytes: &[u8]) -> Result<Self, Bad> {
        let whole = serde_json::from_slice(bytes);
        let Ok(Value::Object(object)) = whole else {
            return Err(Bad::new("body", "is no JSON object"));
        };
        let fields = object.into_iter().map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => Err(Bad::new(&name, "is no string")),
        });
        Ok(Self(fields.collect::<Result<_, _>>()?))
    }

    /// Refuses fields that are not among `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Bad> {
        let mut names = self.0.iter().map(|(name, _)| name);
        match names.find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Bad::new(name, "is not a known parameter")),
            None => Ok(()),
        }
    }

    /// A field that must be there once and not be empty.
    pub(super) fn one(&self, name: &str) -> Result<&str, Bad> {
        match self.maybe(name)? {
            Some("") => Err(Bad::new(name, "is empty")),
            Some(value) => Ok(value),
            None => Err(Bad::new(name, "is missing")),
        }
    }

    /// A field that may be absent, but not doubled.
    pub(super) fn maybe(&self, name: &str) -> Result<Option<&str>, Bad> {
        let mut values = self.0.iter().filter(|(it, _)| it == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Bad::new(name, "is given more than once")),
            (first, None) => Ok(first.map(|(_, value)| value.as_str())),
        }
    }

    /// A field that must have exactly this value.
    pub(super) fn exactly(&self, name: &str, wanted: &str) -> Result<(), Bad> {
        match self.one(name)? {
            value if value == wanted => Ok(()),
            _ => Err(Bad::new(name, format!("must be `{wanted}`"))),
        }
    }

    /// Adds the fields of `more` behind these.
    pub(super) fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The same fields without those whose name begins with `prefix`, written as a query.
    pub(super) fn query_without(&self, prefix: &str) -> String {
        let kept = self.0.iter().filter(|(name, _)| !name.starts_with(prefix));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .finish()
    }
}
