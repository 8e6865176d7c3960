//! Where reasoning goes, and the tags around it where it stands in the text itself.

use super::spans::Channel;
use crate::{ChatReasoning, Shape};

/// How one answer tells its reasoning.
#[derive(Debug)]
pub(super) struct Tags {
    reasoning: ChatReasoning,
    is_thinking: bool,
}

impl Tags {
    /// As `shape` wants it.
    pub(super) fn new(shape: &Shape) -> Self {
        let reasoning = match shape.chat_reasoning {
            // Tags would make it something else than JSON.
            ChatReasoning::ThinkTags if shape.structured => ChatReasoning::Hidden,
            wanted => wanted,
        };
        Self {
            reasoning,
            is_thinking: false,
        }
    }

    /// What a text of `channel` is told as; `None` where it is not told.
    pub(super) fn place(&self, channel: Channel) -> Option<Channel> {
        match (channel, self.reasoning) {
            (Channel::Reasoning, ChatReasoning::Hidden) => None,
            (Channel::Reasoning, ChatReasoning::ThinkTags) => Some(Channel::Content),
            (channel, _) => Some(channel),
        }
    }

    /// The tag to write before what follows, which is or is not thinking.
    pub(super) fn turn(&mut self, is_thinking: bool) -> Option<&'static str> {
        if self.reasoning != ChatReasoning::ThinkTags || self.is_thinking == is_thinking {
            return None;
        }
        self.is_thinking = is_thinking;
        Some(match is_thinking {
            true => "<think>\n",
            false => "\n</think>\n\n",
        })
    }
}
