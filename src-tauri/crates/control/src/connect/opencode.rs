//! OpenCode.

use serde_json::{Map, Value, json};

use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let models: Map<String, Value> = setup
        .listed()
        .into_iter()
        .map(|model| (model.id, json!({})))
        .collect();
    let config = json!({
        "$schema": "https://opencode.ai/config.json",
        "provider": {
            "postern": {
                "npm": "@ai-sdk/openai-compatible",
                "name": "Postern",
                "options": { "baseURL": setup.versioned(), "apiKey": KEY },
                "models": models,
            },
        },
    });
    Card {
        id: "opencode",
        name: "OpenCode",
        group: CardGroup::CommandLine,
        place: "~/.config/opencode/opencode.json",
        fields: vec![
            Field::text("baseURL", setup.versioned()),
            Field::key("apiKey"),
        ],
        paste: Some(Paste {
            into: "~/.config/opencode/opencode.json",
            language: "json",
            text: format!("{config:#}"),
        }),
        can_import: false,
        traps: vec![Trap::TypeModel, Trap::OwnSignIn],
    }
}
