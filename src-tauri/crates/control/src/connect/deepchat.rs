//! DeepChat. A payload without `id` makes a provider of its own and overwrites none.

use base::Secret;
use serde_json::json;

use super::payload::encoded;
use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) const ID: &str = "deepchat";

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: ID,
        name: "DeepChat",
        group: CardGroup::App,
        place: "Settings ▸ Model Providers ▸ Add Custom Provider",
        fields: vec![
            Field::text("Name", "Postern"),
            Field::text("API Type", "OpenAI Completions"),
            Field::key("API Key"),
            Field::text("API Base URL", setup.versioned()),
        ],
        paste: None,
        can_import: true,
        traps: vec![Trap::WantsVersion, Trap::AsksFirst],
    }
}

pub(super) fn link(setup: &Setup<'_>, key: &Secret) -> String {
    let data = json!({
        "name": "Postern",
        "type": "openai-completions",
        "baseUrl": setup.versioned(),
        "apiKey": key.reveal(),
    });
    format!("deepchat://provider/install?v=1&data={}", encoded(&data))
}
