//! Copilot for Obsidian. Its own CORS switch works, but turns streaming off.

use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: "obsidian-copilot",
        name: "Obsidian Copilot",
        group: CardGroup::App,
        place: "Settings ▸ Copilot ▸ Model ▸ Add Custom Model",
        fields: vec![
            Field::model("Model Name"),
            Field::text("Provider", "3rd party (OpenAI format)"),
            Field::text("Base URL", setup.versioned()),
            Field::key("API Key"),
        ],
        paste: None,
        can_import: false,
        traps: vec![Trap::LeaveCorsOff, Trap::TypeModel],
    }
}
