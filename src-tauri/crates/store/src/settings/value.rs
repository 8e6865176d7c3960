//! The value of any key, where the key does not matter.

use toml_edit::Array;

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// Text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl From<Value> for toml_edit::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => number.into(),
            Value::Flag(flag) => flag.into(),
            Value::Text(text) => text.into(),
            Value::List(list) => Self::Array(Array::from_iter(list)),
        }
    }
}
