//! Pi, the coding agent.

use serde_json::{Value, json};

use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let models: Vec<Value> = setup
        .listed()
        .into_iter()
        .map(|model| {
            json!({
                "id": model.id,
                "name": model.id,
                "reasoning": model.reasons,
                "input": ["text", "image"],
                "contextWindow": model.context,
            })
        })
        .collect();
    let config = json!({
        "providers": {
            "postern": {
                "baseUrl": setup.versioned(),
                "api": "openai-responses",
                "apiKey": KEY,
                "models": models,
            },
        },
    });
    Card {
        id: "pi",
        name: "Pi",
        group: CardGroup::CommandLine,
        place: "~/.pi/agent/models.json",
        fields: vec![
            Field::text("baseUrl", setup.versioned()),
            Field::key("apiKey"),
        ],
        paste: Some(Paste {
            into: "~/.pi/agent/models.json",
            language: "json",
            text: format!("{config:#}"),
        }),
        can_import: false,
        traps: vec![Trap::TypeModel],
    }
}
