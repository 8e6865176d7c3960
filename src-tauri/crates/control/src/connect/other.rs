//! Any other app that speaks the OpenAI API.

use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: "other",
        name: "Other app",
        group: CardGroup::App,
        place: "Where the app asks for an OpenAI-compatible server",
        fields: vec![
            Field::text("Base URL", setup.versioned()),
            Field::key("API key"),
            Field::model("Model"),
        ],
        paste: None,
        can_import: false,
        traps: vec![Trap::AddsVersion, Trap::NoSlash],
    }
}
