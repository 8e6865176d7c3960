//! aider. It knows other people's models by the prefix `openai/`.

use super::setup::{ANY_MODEL, KEY};
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let base = setup.versioned();
    Card {
        id: "aider",
        name: "aider",
        group: CardGroup::CommandLine,
        place: "The shell that aider is started from",
        fields: vec![
            Field::text("OPENAI_API_BASE", base.as_str()),
            Field::key("OPENAI_API_KEY"),
            Field::text("--model", format!("openai/{ANY_MODEL}")),
        ],
        paste: Some(Paste {
            into: "~/.bashrc, ~/.zshrc",
            language: "shell",
            text: format!(
                "export OPENAI_API_BASE={base}\nexport OPENAI_API_KEY={KEY}\n\
                 aider --model openai/{ANY_MODEL}"
            ),
        }),
        can_import: false,
        traps: vec![Trap::KeyInEnvironment, Trap::TypeModel],
    }
}
