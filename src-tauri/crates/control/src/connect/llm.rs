//! llm, the command. A model without `api_key_name` gets no key at all.

use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    let blocks: String = setup
        .listed()
        .iter()
        .map(|model| {
            format!(
                "- model_id: \"postern/{id}\"\n  model_name: \"{id}\"\n  api_base: {base}\n  \
                 api_key_name: postern\n",
                id = model.id,
                base = setup.versioned(),
            )
        })
        .collect();
    Card {
        id: "llm",
        name: "llm",
        group: CardGroup::CommandLine,
        place: "The folder that llm logs path names",
        fields: vec![
            Field::text("api_base", setup.versioned()),
            Field::text("llm keys set postern --value", KEY),
        ],
        paste: Some(Paste {
            into: "extra-openai-models.yaml",
            language: "yaml",
            text: blocks,
        }),
        can_import: false,
        traps: vec![Trap::BlockPerModel, Trap::KeyRequired],
    }
}
