//! Messages of the conversation and their blocks.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::Tool;
use crate::json::Object;

/// One message.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Its path, such as `messages[2]`.
    pub at: String,
    /// Paths of its fields that mean nothing here.
    pub strangers: Vec<String>,
    /// Who speaks.
    pub role: Role,
    /// What is said. A text alone is one block.
    pub content: Vec<Block<'a>>,
    /// True for a `system` message that counts only until the person speaks again.
    pub fleeting: bool,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The person, and the tools.
    User,
    /// The model.
    Assistant,
    /// The program, in the middle of a conversation.
    System,
}

/// One block of a message.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    /// Its path, such as `messages[2].content[0]`.
    pub at: String,
    /// Paths of its fields that mean nothing here.
    pub strangers: Vec<String>,
    /// What it says.
    pub said: Said<'a>,
}

/// What a block says.
#[derive(Debug, Clone)]
pub enum Said<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A picture.
    Image(Source<'a>),
    /// A document.
    Document {
        /// Where its content is.
        source: Source<'a>,
        /// Its title.
        title: Option<Cow<'a, str>>,
        /// What the model should know about it.
        context: Option<Cow<'a, str>>,
    },
    /// Something that the client's own search found.
    Found {
        /// The page's title.
        title: Cow<'a, str>,
        /// Where it is.
        source: Cow<'a, str>,
        /// Its text.
        content: Vec<Block<'a>>,
    },
    /// A tool that the model asked for.
    ToolUse {
        /// Pairs the call with its result.
        id: Cow<'a, str>,
        /// The tool's name.
        name: Cow<'a, str>,
        /// Its arguments, a JSON object.
        input: &'a RawValue,
    },
    /// What a tool answered.
    ToolResult {
        /// The call it belongs to.
        call_id: Cow<'a, str>,
        /// Text, pictures, documents.
        content: Vec<Block<'a>>,
        /// True where the tool failed.
        is_error: bool,
    },
    /// How the model thought: what lets it be replayed, the `signature` of `thinking` or the `data`
    /// of `redacted_thinking`. What was shown of it is not needed.
    Thinking(Option<Cow<'a, str>>),
    /// A web search that the other side made; its input.
    Search(Object<'a>),
    /// What such a search found.
    SearchResults {
        /// True where it holds sealed content, which only Anthropic can open.
        sealed: bool,
    },
    /// A tool that the client's own tool search found, by name.
    ToolReference(Cow<'a, str>),
    /// Tools come or go in the middle of the conversation.
    ToolChange(Change<'a>),
    /// What another tool of Anthropic's servers did.
    Foreign,
}

/// Where the content of a picture or a document is.
#[derive(Debug, Clone)]
pub enum Source<'a> {
    /// In the request.
    Base64 {
        /// Such as `image/png`.
        media_type: Cow<'a, str>,
        /// The bytes.
        data: Cow<'a, str>,
    },
    /// At an address.
    Url(Cow<'a, str>),
    /// Plain text in the request.
    Text(Cow<'a, str>),
    /// Blocks in the request.
    Blocks(Vec<Block<'a>>),
    /// An uploaded file.
    File(Cow<'a, str>),
}

/// A tool that comes or goes.
#[derive(Debug, Clone)]
pub enum Change<'a> {
    /// One of the request's tools is offered from here on.
    Offer(Cow<'a, str>),
    /// This tool is offered from here on.
    Define(Box<Tool<'a>>),
    /// A tool is offered no more.
    Withdraw(Cow<'a, str>),
}
