//! Tools and the choice among them (contract backend 1.4, 1.10).

use serde::Serialize;
use serde_json::value::RawValue;

/// One tool, in the flat shape of the Responses dialect.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Tool {
    /// A function with a JSON schema.
    Function {
        /// At most 64 characters of `[a-zA-Z0-9_-]`.
        name: String,
        /// What it does.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// A JSON schema of type `object` with `properties`.
        parameters: Box<RawValue>,
        /// Whether arguments must match the schema exactly.
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
    /// A freeform tool, perhaps with a grammar.
    Custom {
        /// Its name.
        name: String,
        /// What it does.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// `{"type":"grammar",…}` or `{"type":"text"}`, as it came.
        #[serde(skip_serializing_if = "Option::is_none")]
        format: Option<Box<RawValue>>,
    },
    /// Any other tool as it came.
    #[serde(untagged)]
    Raw(Box<RawValue>),
}

/// Which tool must or may be called.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum ToolChoice {
    /// `auto`, `none` or `required`.
    Mode(&'static str),
    /// One tool by kind and name.
    Named {
        /// `function` or `custom`.
        #[serde(rename = "type")]
        kind: &'static str,
        /// The tool's name.
        name: String,
    },
    /// Any other choice as it came.
    Raw(Box<RawValue>),
}
