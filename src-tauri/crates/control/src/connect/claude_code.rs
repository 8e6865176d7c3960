//! Claude Code. It adds `/v1` itself, and asks for claudes, which `model_map` knows.

use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let base = setup.root();
    Card {
        id: "claude-code",
        name: "Claude Code",
        group: CardGroup::CommandLine,
        place: "The shell that Claude Code is started from",
        fields: vec![
            Field::text("ANTHROPIC_BASE_URL", base.as_str()),
            Field::key("ANTHROPIC_AUTH_TOKEN"),
        ],
        paste: Some(Paste {
            into: "~/.bashrc, ~/.zshrc",
            language: "shell",
            text: format!(
                "export ANTHROPIC_BASE_URL={base}\nexport ANTHROPIC_AUTH_TOKEN={KEY}\nclaude"
            ),
        }),
        can_import: false,
        traps: vec![Trap::KeyInEnvironment, Trap::AddsVersion],
    }
}
