//! Messages of the conversation.

use std::borrow::Cow;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its path, such as `messages[2]`.
    pub at: String,
    /// Fields it has that mean nothing here, such as `name`.
    pub strangers: Vec<String>,
    /// Who says what.
    pub said: Said<'a>,
}

/// Who says what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<'a> {
    /// The program: `system` or `developer`.
    Program(Vec<Part<'a>>),
    /// The person.
    User(Vec<Part<'a>>),
    /// The model.
    Assistant {
        /// Text and refusals; often empty beside calls.
        content: Vec<Part<'a>>,
        /// The tools it asked for.
        calls: Vec<Call<'a>>,
    },
    /// What a tool answered.
    Tool {
        /// The call it belongs to.
        call_id: Cow<'a, str>,
        /// Text, and pictures.
        content: Vec<Part<'a>>,
    },
    /// What a function answered, in the form before `tools`.
    Function {
        /// The function's name; there was no id.
        name: Cow<'a, str>,
        /// Text.
        content: Vec<Part<'a>>,
    },
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// The model's refusal.
    Refusal(Cow<'a, str>),
    /// A picture.
    Image {
        /// A `data:` URL, or an address.
        url: Cow<'a, str>,
        /// How closely to look.
        detail: Option<Cow<'a, str>>,
    },
    /// A file: its bytes with a name, or the id of an upload.
    File {
        /// Its name.
        filename: Option<Cow<'a, str>>,
        /// A `data:` URL with its bytes.
        file_data: Option<Cow<'a, str>>,
        /// The id of an uploaded file.
        file_id: Option<Cow<'a, str>>,
    },
}

/// A tool that the model asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'a> {
    /// Pairs the call with its answer; `None` in the form before `tools`.
    pub id: Option<Cow<'a, str>>,
    /// Function or freeform.
    pub kind: CallKind,
    /// The tool's name.
    pub name: Cow<'a, str>,
    /// A function's arguments as JSON text, or a freeform tool's input.
    pub payload: Cow<'a, str>,
}

/// The two kinds of tools that a client answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// `function`, with JSON arguments.
    Function,
    /// `custom`, with free text.
    Custom,
}
