//! What an Ollama client is told of models: the list, one of them, and which are loaded.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// The answer to `GET /api/version`.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// The version of Ollama whose dialect is spoken.
    pub version: &'static str,
}

/// The answer to `GET /api/tags`.
#[derive(Debug, Clone, Serialize)]
pub struct Tags<'a> {
    /// The models.
    pub models: Vec<Entry<'a>>,
}

/// One model of the list.
#[derive(Debug, Clone, Serialize)]
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// The same.
    pub model: &'a str,
    /// When it was changed.
    pub modified_at: String,
    /// Bytes on this machine: none.
    pub size: u64,
    /// 64 characters that no other model has: some programs take models of one digest for one.
    pub digest: String,
    /// What it is made of.
    pub details: Details,
    /// What it can do: `completion`, `tools`, `vision`, `thinking`.
    pub capabilities: Vec<&'static str>,
}

/// What a model is made of. Nothing is known of that here, and the fields are expected.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Details {
    /// Empty.
    pub parent_model: &'static str,
    /// Empty: there is no file.
    pub format: &'static str,
    /// Who made it.
    pub family: &'static str,
    /// The same as a list.
    pub families: Vec<&'static str>,
    /// Empty.
    pub parameter_size: &'static str,
    /// Empty.
    pub quantization_level: &'static str,
}

/// The answer to `POST /api/show`.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Empty.
    pub modelfile: &'static str,
    /// Empty.
    pub parameters: &'static str,
    /// Empty.
    pub template: &'static str,
    /// What it is made of.
    pub details: Details,
    /// `general.architecture`, and `<architecture>.context_length` where it is known.
    pub model_info: BTreeMap<String, Value>,
    /// What it can do.
    pub capabilities: Vec<&'static str>,
    /// When it was changed.
    pub modified_at: String,
}

/// The answer to `GET /api/ps`: nothing is ever loaded here.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Running {
    /// Empty.
    pub models: [(); 0],
}
