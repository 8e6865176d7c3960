//! English.

use super::Catalogue;

pub(super) const WORDS: Catalogue = Catalogue {
    closing: [
        "This desktop has no tray",
        "Without the window nothing shows that Postern runs. Start it again to get the window back.",
        "Keep running",
        "Quit",
    ],
    leaving: [
        "Requests are being answered",
        "Postern is answering requests: {n}. Quitting cuts them off.",
        "Stay",
        "Quit anyway",
    ],
    cannot_start: ["Postern cannot start", "Close"],
};
