//! Jan.

use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: "jan",
        name: "Jan",
        group: CardGroup::App,
        place: "Settings ▸ Model Providers ▸ Add Provider",
        fields: vec![
            Field::text("Provider Name", "Postern"),
            Field::key("API Key"),
            Field::text("Base URL", setup.versioned()),
        ],
        paste: None,
        can_import: false,
        traps: vec![Trap::WantsVersion, Trap::FetchModels],
    }
}
