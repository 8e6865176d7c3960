//! Open WebUI as a desktop app, or installed beside Postern.

use super::{Card, CardGroup, Field, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: "open-webui",
        name: "Open WebUI",
        group: CardGroup::App,
        place: "Admin Panel ▸ Settings ▸ Connections ▸ OpenAI API ▸ Add Connection",
        fields: vec![Field::text("URL", setup.versioned()), Field::key("Key")],
        paste: None,
        can_import: false,
        traps: vec![Trap::WantsVersion],
    }
}
