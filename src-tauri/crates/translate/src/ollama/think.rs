//! `think`: an effort, and whether the client sees how the model thought.

use wire::Effort;
use wire::ollama::{Request, Think};
use wire::responses::{Reasoning, Summary};

use crate::ignored::Ignored;
use crate::offer::Offer;
use crate::{ChatReasoning, Given};

/// `reasoning`, and what is shown of it. A client that says nothing gets what the settings say of
/// chats; one that asks gets what it asks for. `false` is the weakest effort that the model has
/// (contract backend 1.7), and silence about it.
pub(super) fn reasoning(
    ask: &Request<'_>,
    given: &Given<'_>,
    slug: &str,
    ignored: &mut Ignored,
) -> (Option<Reasoning>, ChatReasoning) {
    let (asked, shown) = match ask.think {
        // This dialect has a place for it, so that it needs no tags.
        None if given.chat_reasoning == ChatReasoning::ThinkTags => (None, ChatReasoning::Content),
        None => (None, given.chat_reasoning),
        Some(Think::No) => (Some(Effort::None), ChatReasoning::Hidden),
        Some(Think::Yes) => (Some(Effort::Medium), ChatReasoning::Content),
        Some(Think::Level(effort)) => (Some(effort), ChatReasoning::Content),
    };
    let effort = match given.model(slug) {
        Some(model) => asked.and_then(|asked| asked.clamp(&model.efforts)),
        // Not every model takes `none`, and nobody knows whether this one does.
        None => asked.filter(|asked| *asked != Effort::None),
    };
    if effort != asked {
        ignored.add("think");
    }
    let summary = match shown {
        ChatReasoning::Content if effort != Some(Effort::None) => {
            let takes = Offer::new(given, slug).surely_takes_summary();
            takes.then_some(Summary::Auto)
        }
        ChatReasoning::Content | ChatReasoning::Hidden | ChatReasoning::ThinkTags => None,
    };
    let reasoning = Reasoning {
        effort,
        summary,
        context: None,
    };
    let says = reasoning != Reasoning::default();
    (says.then_some(reasoning), shown)
}
