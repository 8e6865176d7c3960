//! Raycast. Custom providers are a file; what a model can do has to be declared.

use super::setup::{KEY, Listed};
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let models: String = setup.listed().iter().map(model).collect();
    let text = format!(
        "providers:\n  - id: postern\n    name: Postern\n    base_url: {}\n    api_keys:\n      \
         postern: {KEY}\n    models:\n{models}",
        setup.versioned()
    );
    Card {
        id: "raycast",
        name: "Raycast",
        group: CardGroup::App,
        place: "Settings ▸ AI ▸ Custom Providers ▸ Reveal Providers Config",
        fields: vec![
            Field::text("base_url", setup.versioned()),
            Field::key("api_keys"),
        ],
        paste: Some(Paste {
            into: "~/.config/raycast/ai/providers.yaml",
            language: "yaml",
            text,
        }),
        can_import: false,
        traps: vec![Trap::DeclareAbilities, Trap::Restart],
    }
}

fn model(model: &Listed) -> String {
    let can = |ability: &str| format!("          {ability}:\n            supported: true\n");
    let mut abilities = can("vision") + &can("system_message") + &can("tools");
    if model.reasons {
        abilities += &can("reasoning_effort");
    }
    format!(
        "      - id: \"{id}\"\n        name: \"{id}\"\n        context: {context}\n        \
         abilities:\n{abilities}",
        id = model.id,
        context = model.context,
    )
}
