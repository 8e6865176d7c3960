//! The account's models, as the backend lists them (contract backend 5).
//!
//! Every entry is kept as it came, so that a Codex client gets all it needs; what Postern itself
//! decides by is read leniently beside it. An entry without a `slug` is dropped, never the list.

mod codex;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::Effort;

/// The models one account may use, in the backend's order.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// All of them, hidden ones included.
    pub models: Vec<Model>,
    /// The backend's tag of this list.
    pub etag: Option<String>,
}

/// One model.
#[derive(Debug, Clone)]
pub struct Model {
    /// The id that requests name.
    pub slug: String,
    /// True for models that people should see.
    pub listed: bool,
    /// Efforts it takes, as listed; empty where none were.
    pub efforts: Vec<Effort>,
    /// The effort it uses when none is asked for.
    pub default_effort: Option<Effort>,
    /// True where `reasoning.summary` may be sent.
    pub takes_summary: bool,
    /// True where `text.verbosity` may be sent.
    pub takes_verbosity: bool,
    /// Ids of service tiers that may be asked for, such as `priority`.
    pub service_tiers: Vec<String>,
    /// Tokens the model can read in one request.
    pub context_window: Option<u64>,
    /// True where the first party speaks the Lite shape to it (contract backend 1.8).
    pub lite: bool,
    /// The entry as it came.
    pub raw: Box<RawValue>,
    /// The name that people see.
    pub display_name: Option<String>,
    /// Its place among the models; the smallest is the first choice.
    pub priority: Option<i64>,
}

impl Catalogue {
    /// Reads `{"models":[…]}`.
    ///
    /// # Errors
    /// The body is no JSON object with a list of `models`.
    pub fn read(body: &[u8], etag: Option<String>) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Body {
            models: Vec<Box<RawValue>>,
        }
        let Body { models } = serde_json::from_slice(body)?;
        Ok(Self {
            models: models.into_iter().filter_map(Model::read).collect(),
            etag,
        })
    }

    /// The model with this id.
    pub fn find(&self, slug: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.slug == slug)
    }

    /// The model to begin with, of those that people should see.
    pub fn first_choice(&self) -> Option<&Model> {
        self.first(|_| true)
    }

    /// The first choice among those that people should see and that fit.
    pub fn first(&self, fits: impl Fn(&str) -> bool) -> Option<&Model> {
        let listed = self.models.iter().filter(|model| model.listed);
        let fitting = listed.filter(|model| fits(&model.slug));
        fitting.min_by_key(|model| model.priority.unwrap_or(i64::MAX))
    }
}

impl Model {
    fn read(raw: Box<RawValue>) -> Option<Self> {
        let entry: Entry = serde_json::from_str(raw.get()).ok()?;
        let levels = entry.supported_reasoning_levels.unwrap_or_default();
        let mut efforts: Vec<Effort> = levels
            .iter()
            .filter_map(|level| Effort::parse(level.effort.as_deref()?))
            .collect();
        // `max` and `ultra` are the same word on the wire.
        efforts.dedup();
        let tiers = entry.service_tiers.unwrap_or_default();
        Some(Self {
            listed: entry.visibility.as_deref().unwrap_or("list") == "list",
            efforts,
            default_effort: entry
                .default_reasoning_level
                .as_deref()
                .and_then(Effort::parse),
            takes_summary: entry.supports_reasoning_summary_parameter.unwrap_or(true),
            takes_verbosity: entry.support_verbosity.unwrap_or(false),
            service_tiers: tiers.into_iter().filter_map(|tier| tier.id).collect(),
            context_window: entry.context_window,
            lite: entry.use_responses_lite.unwrap_or(false),
            display_name: entry.display_name,
            priority: entry.priority,
            slug: entry.slug,
            raw,
        })
    }
}

#[derive(Deserialize)]
struct Entry {
    slug: String,
    visibility: Option<String>,
    supported_reasoning_levels: Option<Vec<Level>>,
    default_reasoning_level: Option<String>,
    supports_reasoning_summary_parameter: Option<bool>,
    support_verbosity: Option<bool>,
    service_tiers: Option<Vec<Tier>>,
    context_window: Option<u64>,
    use_responses_lite: Option<bool>,
    display_name: Option<String>,
    priority: Option<i64>,
}

#[derive(Deserialize)]
struct Level {
    effort: Option<String>,
}

#[derive(Deserialize)]
struct Tier {
    id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_entry_hides_nothing_else() {
        let body = br#"{"models":[
            {"slug":"gpt-5.6-terra","visibility":"list","supported_reasoning_levels":[{"effort":"low"},{"effort":"warp"},{"effort":"max"},{"effort":"ultra"}],
             "default_reasoning_level":"medium","service_tiers":[{"id":"priority"}],"support_verbosity":true,"context_window":272000,"unknown":{"kept":1}},
            {"display_name":"no slug"},
            {"slug":"codex-auto-review","visibility":"hide"}
        ],"more":1}"#;
        let catalogue = Catalogue::read(body, None).unwrap();
        assert_eq!(catalogue.models.len(), 2);
        let terra = catalogue.find("gpt-5.6-terra").unwrap();
        assert_eq!(terra.efforts, [Effort::Low, Effort::Max]);
        assert_eq!(terra.service_tiers, ["priority"]);
        assert!(terra.listed && terra.takes_verbosity && terra.raw.get().contains("kept"));
        assert!(!catalogue.models[1].listed);
        assert!(Catalogue::read(b"[]", None).is_err());
    }
}
