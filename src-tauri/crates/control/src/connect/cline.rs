//! Cline.

use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: "cline",
        name: "Cline",
        group: CardGroup::App,
        place: "Cline ▸ Settings ▸ API Provider: OpenAI Compatible",
        fields: vec![
            Field::text("Base URL", setup.versioned()),
            Field::key("OpenAI Compatible API Key"),
            Field::model("Model ID"),
        ],
        paste: None,
        can_import: false,
        traps: vec![Trap::WantsVersion, Trap::TypeModel],
    }
}
