//! Cherry Studio. Its link is read by `providersImport.ts`, which turns `'` into `"` and drops
//! `(` and `)`; none of them may be in the payload.

use base::Secret;
use serde_json::json;

use super::payload::encoded;
use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) const ID: &str = "cherry-studio";

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: ID,
        name: "Cherry Studio",
        group: CardGroup::App,
        place: "Settings ▸ Model Provider ▸ Add ▸ Provider Type: OpenAI",
        fields: vec![Field::key("API Key"), Field::text("API Host", setup.root())],
        paste: None,
        can_import: true,
        traps: vec![Trap::AddsVersion, Trap::FetchModels],
    }
}

pub(super) fn link(setup: &Setup<'_>, key: &Secret) -> String {
    let data = json!({
        "id": "postern",
        "name": "Postern",
        "type": "openai",
        "baseUrl": setup.root(),
        "apiKey": key.reveal(),
    });
    format!(
        "cherrystudio://providers/api-keys?v=1&data={}",
        encoded(&data)
    )
}
