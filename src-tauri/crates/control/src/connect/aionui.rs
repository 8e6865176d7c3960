//! AionUi.

use base::Secret;
use serde_json::json;

use super::payload::encoded;
use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) const ID: &str = "aionui";

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: ID,
        name: "AionUi",
        group: CardGroup::App,
        place: "Settings ▸ Model ▸ Add Model ▸ Platform: Custom",
        fields: vec![
            Field::text("Base URL", setup.versioned()),
            Field::key("API Key"),
            Field::model("Model"),
        ],
        paste: None,
        can_import: true,
        traps: vec![Trap::WantsVersion, Trap::AsksFirst],
    }
}

pub(super) fn link(setup: &Setup<'_>, key: &Secret) -> String {
    let data = json!({
        "platform": "custom",
        "name": "Postern",
        "baseUrl": setup.versioned(),
        "apiKey": key.reveal(),
    });
    format!("aionui://provider/add?v=1&data={}", encoded(&data))
}
