//! Chatbox, from 1.15.1 on. Without `maxOutput`, because it becomes a limit of each request.

use base::Secret;
use serde_json::{Value, json};

use super::payload::encoded;
use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) const ID: &str = "chatbox";

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: ID,
        name: "Chatbox",
        group: CardGroup::App,
        place: "Settings ▸ Model Provider ▸ Add ▸ API Mode: OpenAI API Compatible",
        fields: vec![
            Field::text("Name", "Postern"),
            Field::key("API Key"),
            Field::text("API Host", setup.root()),
            Field::text("API Path", "/v1/chat/completions"),
        ],
        paste: Some(Paste {
            into: "Settings ▸ Model Provider ▸ Import from clipboard",
            language: "json",
            text: format!("{:#}", provider(setup, KEY)),
        }),
        can_import: true,
        traps: vec![Trap::AddsVersion, Trap::WebEdition],
    }
}

pub(super) fn link(setup: &Setup<'_>, key: &Secret) -> String {
    let config = encoded(&provider(setup, key.reveal()));
    format!("chatbox://provider/import?config={config}")
}

/// The `ProviderConfig` of Chatbox's documentation.
fn provider(setup: &Setup<'_>, key: &str) -> Value {
    let models: Vec<Value> = setup
        .listed()
        .into_iter()
        .map(|model| {
            let mut capabilities = vec!["vision", "tool_use"];
            if model.reasons {
                capabilities.push("reasoning");
            }
            json!({
                "modelId": model.id,
                "type": "chat",
                "capabilities": capabilities,
                "contextWindow": model.context,
            })
        })
        .collect();
    json!({
        "id": "postern",
        "name": "Postern",
        "type": "openai",
        "urls": { "website": setup.root() },
        "settings": {
            "apiHost": setup.root(),
            "apiPath": "/v1/chat/completions",
            "apiKey": key,
            "models": models,
        },
    })
}
