//! What a translation depends on besides the body.

use wire::catalogue::{Catalogue, Model};
use wire::responses::Target;

/// Facts and choices that are not in the request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    /// The account's models, where they are known.
    pub catalogue: Option<&'a Catalogue>,
    /// The system text of a request that has none; empty for none.
    pub default_instructions: &'a str,
    /// Whether a Chat client sees how the model thought.
    pub chat_reasoning: ChatReasoning,
    /// Where the request will go.
    pub target: Target,
    /// Which model serves a name that a Messages client asks for: pairs of a pattern, in which `*`
    /// stands for anything, and a model. The first that matches counts.
    pub model_map: &'a [(String, String)],
    /// A word for the account that says nothing about it: what one account got sealed, no other can
    /// replay.
    pub account: &'a str,
    /// What a model's name may end with beside the model: efforts, and `fast`.
    pub model_suffixes: &'a [&'a str],
    /// True where a Chat completion will be stored, with its metadata.
    pub stored: bool,
}

/// Whether a Chat client sees how the model thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChatReasoning {
    /// In `reasoning_content`, the field that most clients understand (contract backend 8.1).
    #[default]
    Content,
    /// Not at all.
    Hidden,
    /// In the text itself, between `<think>` and `</think>`: some clients know nothing else. An
    /// answer that must be JSON has no room for it, and goes without.
    ThinkTags,
}

impl<'a> Given<'a> {
    /// The catalogue's entry of a model, where it is known.
    pub(crate) fn model(&self, slug: &str) -> Option<&'a Model> {
        self.catalogue?.find(slug)
    }
}
