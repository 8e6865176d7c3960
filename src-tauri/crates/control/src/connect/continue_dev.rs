//! Continue, in VS Code and JetBrains.

use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let blocks: String = setup
        .listed()
        .iter()
        .map(|model| {
            format!(
                "  - name: \"{id}\"\n    provider: openai\n    model: \"{id}\"\n    \
                 apiBase: {base}\n    apiKey: {KEY}\n    roles: [chat, edit, apply]\n",
                id = model.id,
                base = setup.versioned(),
            )
        })
        .collect();
    Card {
        id: "continue",
        name: "Continue",
        group: CardGroup::App,
        place: "Continue ▸ Settings ▸ Configs ▸ Local Config",
        fields: vec![
            Field::text("provider", "openai"),
            Field::model("model"),
            Field::text("apiBase", setup.versioned()),
            Field::key("apiKey"),
        ],
        paste: Some(Paste {
            into: "~/.continue/config.yaml",
            language: "yaml",
            text: format!("name: Postern\nversion: 0.0.1\nschema: v1\nmodels:\n{blocks}"),
        }),
        can_import: false,
        traps: vec![Trap::BlockPerModel, Trap::WantsVersion],
    }
}
