//! What goes into cards: the address in each form that apps want, and the models.

use crate::view::ModelRow;

/// What goes into cards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup<'a> {
    /// What apps are given, as `http://127.0.0.1:7678/v1`.
    pub(crate) base_url: &'a str,
    /// The models of the account; empty where they are not known.
    pub(crate) models: &'a [ModelRow],
}

/// A model as a text to paste lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) id: String,
    /// Tokens it can read in one request.
    pub(super) context: u64,
    /// True where it thinks before it answers.
    pub(super) reasons: bool,
}

impl Setup<'_> {
    /// The address with `/v1` at its end.
    pub(super) fn versioned(&self) -> String {
        self.base_url.to_owned()
    }

    /// The address for apps that add `/v1` by themselves.
    pub(super) fn root(&self) -> String {
        let root = self.base_url.strip_suffix("/v1");
        root.unwrap_or(self.base_url).to_owned()
    }

    /// The address as a container sees this machine.
    pub(super) fn container_url(&self) -> String {
        let port = self
            .root()
            .rsplit_once(':')
            .map(|(_, port)| port.to_owned());
        match port {
            Some(port) => format!("http://host.docker.internal:{port}/v1"),
            None => self.versioned(),
        }
    }

    /// The models, or one that stands for any.
    pub(super) fn listed(&self) -> Vec<Listed> {
        if self.models.is_empty() {
            return vec![Listed {
                id: ANY_MODEL.to_owned(),
                context: CONTEXT,
                reasons: true,
            }];
        }
        let models = self.models.iter();
        models
            .map(|model| Listed {
                id: model.id.clone(),
                context: model.context_window.unwrap_or(CONTEXT),
                reasons: !model.efforts.is_empty(),
            })
            .collect()
    }
}

/// Where the page puts the app's key.
pub(super) const KEY: &str = "{{key}}";
/// Where the page puts the id of a model.
pub(super) const ANY_MODEL: &str = "{{model}}";
/// Small enough for every model of the catalogue.
const CONTEXT: u64 = 128_000;
