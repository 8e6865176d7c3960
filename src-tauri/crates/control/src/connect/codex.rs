//! The Codex CLI, through Postern instead of its own sign-in.

use super::setup::{ANY_MODEL, KEY};
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let text = format!(
        "model = \"{ANY_MODEL}\"\nmodel_provider = \"postern\"\n\n[model_providers.postern]\n\
         name = \"Postern\"\nbase_url = \"{}\"\nwire_api = \"responses\"\n\
         env_key = \"POSTERN_KEY\"\n",
        setup.versioned()
    );
    Card {
        id: "codex",
        name: "Codex CLI",
        group: CardGroup::CommandLine,
        place: "~/.codex/config.toml",
        fields: vec![
            Field::text("base_url", setup.versioned()),
            Field::text("export", format!("POSTERN_KEY={KEY}")),
        ],
        paste: Some(Paste {
            into: "~/.codex/config.toml",
            language: "toml",
            text,
        }),
        can_import: false,
        traps: vec![Trap::KeyInEnvironment, Trap::OwnSignIn],
    }
}
