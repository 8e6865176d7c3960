//! Input items (contract backend 1.9).

use serde::Serialize;
use serde_json::value::RawValue;

/// One item of the conversation.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Item {
    /// Something somebody said.
    Message {
        /// Who.
        role: Role,
        /// What, in parts.
        content: Vec<Part>,
    },
    /// A tool that the model asked for.
    FunctionCall {
        /// Pairs the call with its output.
        call_id: String,
        /// The tool's name, at most 64 characters of `[a-zA-Z0-9_-]`.
        name: String,
        /// JSON text.
        arguments: String,
    },
    /// What the tool answered.
    FunctionCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// Text, or parts.
        output: Output,
    },
    /// A freeform tool that the model asked for.
    CustomToolCall {
        /// Pairs the call with its output.
        call_id: String,
        /// The tool's name.
        name: String,
        /// Free text.
        input: String,
    },
    /// What the freeform tool answered.
    CustomToolCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// Text, or parts.
        output: Output,
    },
    /// Any item as it came, kept byte for byte.
    #[serde(untagged)]
    Raw(Box<RawValue>),
}

/// Who speaks. There is no `system`: the backend refuses it (contract backend 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The program.
    Developer,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// Text from a person or a program.
    InputText {
        /// The text.
        text: String,
    },
    /// Text from the model.
    OutputText {
        /// The text.
        text: String,
    },
    /// The model's refusal.
    Refusal {
        /// Its words.
        refusal: String,
    },
    /// A picture.
    InputImage {
        /// A `data:` URL, or one the backend fetches.
        image_url: String,
        /// `auto`, `low` or `high`.
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
    /// A file.
    InputFile {
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
        /// A `data:` URL with its bytes.
        #[serde(skip_serializing_if = "Option::is_none")]
        file_data: Option<String>,
        /// The id of an uploaded file.
        #[serde(skip_serializing_if = "Option::is_none")]
        file_id: Option<String>,
    },
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// Plain text.
    Text(String),
    /// Text and pictures; pictures in the list reach the model.
    Parts(Vec<Part>),
}
