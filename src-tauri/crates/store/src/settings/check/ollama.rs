//! The rules of the Ollama door.

use super::Desk;
use crate::settings::{Ollama, Settings};

impl Desk {
    /// The door, where there is one.
    pub(super) fn ollama(
        &mut self,
        opens: Option<bool>,
        port: Option<i64>,
        asks_key: Option<bool>,
    ) -> Option<Ollama> {
        let port = self.number("ollama_port", port, 0..=65535);
        let asks_key = asks_key.unwrap_or(true);
        opens
            .unwrap_or_default()
            .then_some(Ollama { port, asks_key })
    }

    /// Two doors need two ports, and beyond this machine nobody comes in without a key.
    pub(super) fn ollama_fits(&mut self, settings: &Settings) {
        let Some(ollama) = settings.ollama else {
            return;
        };
        if ollama.port != 0 && ollama.port == settings.port {
            self.note("ollama_port", "must differ from `port`".to_owned());
        }
        if !ollama.asks_key && !settings.listen.is_loopback() {
            let why = "must be true where `listen` is not loopback";
            self.note("ollama_key", why.to_owned());
        }
    }
}
