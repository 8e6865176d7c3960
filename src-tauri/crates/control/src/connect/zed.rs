//! Zed. The key goes into its own form and from there to the keychain, never into the file.

use serde_json::{Value, json};

use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let models: Vec<Value> = setup
        .listed()
        .into_iter()
        .map(|model| {
            json!({
                "name": model.id,
                "max_tokens": model.context,
                "capabilities": {
                    "tools": true,
                    "images": true,
                    "parallel_tool_calls": true,
                    "prompt_cache_key": true,
                },
            })
        })
        .collect();
    let settings = json!({
        "language_models": {
            "openai_compatible": {
                "Postern": { "api_url": setup.versioned(), "available_models": models },
            },
        },
    });
    Card {
        id: "zed",
        name: "Zed",
        group: CardGroup::App,
        place: "Agent Settings ▸ LLM Providers ▸ Add Provider ▸ OpenAI",
        fields: vec![
            Field::text("Provider Name", "Postern"),
            Field::text("API URL", setup.versioned()),
            Field::key("API Key"),
            Field::model("Model Name"),
        ],
        paste: Some(Paste {
            into: "settings.json",
            language: "json",
            text: format!("{settings:#}"),
        }),
        can_import: false,
        traps: vec![Trap::TypeModel, Trap::KeyRequired, Trap::OwnSignIn],
    }
}
