//! The catalogue of contract backend 5: what the backend offers, to whom, from which client version on.

use serde_json::{Value, json};

/// One model as the stand-in serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) slug: &'static str,
    name: &'static str,
    listed: bool,
    /// Tokens: the default window and the largest one.
    window: u64,
    pub(crate) max_window: u64,
    /// What the catalogue lists; `ultra` is never sent, `none` may be accepted unlisted.
    efforts: &'static [&'static str],
    default_effort: &'static str,
    pub(crate) takes_none: bool,
    tiers: &'static [&'static str],
    pub(crate) lite: bool,
    pub(crate) minimum: Version,
    pub(crate) free: bool,
    pub(crate) family: &'static str,
    pub(crate) sees: bool,
    /// Not in any list, but served (contract backend 5, spark).
    unlisted: bool,
}

/// `MAJOR.MINOR.PATCH` of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u32, u32, u32);

impl Version {
    /// Reads `1.2.3`; a missing part is 0, anything behind the third number is left out.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| {
            let digits = part
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(part.len());
            part[..digits].parse::<u32>()
        });
        let mut next = || parts.next().unwrap_or(Ok(0)).ok();
        Some(Self(next()?, next()?, next()?))
    }
}

impl Model {
    /// The model behind `slug`.
    pub(crate) fn find(slug: &str) -> Option<&'static Self> {
        MODELS.iter().find(|model| model.slug == slug)
    }

    /// Every slug there is.
    pub(crate) fn slugs() -> impl Iterator<Item = &'static str> {
        MODELS.iter().map(|model| model.slug)
    }

    /// The efforts a request may name.
    pub(crate) fn accepted_efforts(&self) -> Vec<&'static str> {
        let none = self.takes_none.then_some("none");
        let sent = |effort: &&&'static str| **effort != "ultra";
        none.into_iter()
            .chain(self.efforts.iter().filter(sent).copied())
            .collect()
    }

    /// The effort taken where a request names none.
    pub(crate) fn default_effort(&self) -> &'static str {
        self.default_effort
    }

    /// True where the catalogue offers that service tier.
    pub(crate) fn has_tier(&self, tier: &str) -> bool {
        self.tiers.contains(&tier)
    }

    /// True where a `plan` may use it. Free plans have 5.5, terra, luna and the internal ones.
    pub(crate) fn is_in(&self, plan: &str) -> bool {
        self.free || !matches!(plan, "free" | "guest" | "free_workspace")
    }

    /// What may come in.
    fn modalities(&self) -> &'static [&'static str] {
        if self.sees {
            &["text", "image"]
        } else {
            &["text"]
        }
    }

    /// All fields that any known client requires, and those that are useful (contract backend 5).
    fn info(&self, priority: usize) -> Value {
        let efforts: Vec<Value> = self
            .efforts
            .iter()
            .map(|effort| effort_info(effort))
            .collect();
        let tiers: Vec<Value> = self.tiers.iter().map(|tier| tier_info(tier)).collect();
        let mut plans = PLANS.to_vec();
        plans.retain(|plan| self.is_in(plan));
        let Version(major, minor, patch) = self.minimum;
        json!({
            "slug": self.slug,
            "display_name": self.name,
            "description": format!("{} of the stand-in.", self.name),
            "default_reasoning_level": self.default_effort,
            "supported_reasoning_levels": efforts,
            "shell_type": "unified_exec",
            "visibility": if self.listed { "list" } else { "hide" },
            "minimal_client_version": format!("{major}.{minor}.{patch}"),
            "supported_in_api": true,
            "priority": priority,
            "available_in_plans": plans,
            "upgrade": null,
            "base_instructions": "You are a coding agent of the stand-in.",
            "supports_reasoning_summary_parameter": true,
            "supports_reasoning_summaries": true,
            "default_reasoning_summary": "none",
            "support_verbosity": true,
            "default_verbosity": "low",
            "apply_patch_tool_type": "freeform",
            "web_search_tool_type": "text",
            "truncation_policy": {"mode": "tokens", "limit": 10_000},
            "supports_parallel_tool_calls": true,
            "supports_image_detail_original": false,
            "context_window": self.window,
            "max_context_window": self.max_window,
            "auto_compact_token_limit": null,
            "effective_context_window_percent": 95,
            "experimental_supported_tools": [],
            "input_modalities": self.modalities(),
            "supports_search_tool": true,
            "prefer_websockets": false,
            "use_responses_lite": self.lite,
            "service_tiers": tiers,
            "additional_speed_tiers": if self.tiers.is_empty() { json!([]) } else { json!(["fast"]) },
        })
    }
}

/// The catalogue for a client of that version on that plan, without the `hidden` slugs.
pub(crate) fn catalogue(version: Version, plan: &str, hidden: &[String]) -> Value {
    let models: Vec<Value> = MODELS
        .iter()
        .enumerate()
        .filter(|(_, model)| !model.unlisted && model.minimum <= version && model.is_in(plan))
        .filter(|(_, model)| !hidden.iter().any(|slug| slug == model.slug))
        .map(|(at, model)| model.info(at))
        .collect();
    json!({ "models": models })
}

fn effort_info(effort: &str) -> Value {
    let description = match effort {
        "low" => "Fast responses with lighter reasoning",
        "medium" => "Balances speed and reasoning depth for everyday tasks",
        "high" => "Greater reasoning depth for complex problems",
        "xhigh" => "Extra high reasoning depth for complex problems",
        _ => "The deepest reasoning there is",
    };
    json!({"effort": effort, "description": description})
}

fn tier_info(tier: &str) -> Value {
    let (name, description) = match tier {
        "priority" => ("Fast", "1.5x speed, increased usage"),
        _ => ("Ultrafast", "The fastest there is"),
    };
    json!({"id": tier, "name": name, "description": description})
}

const PLANS: &[&str] = &[
    "free",
    "go",
    "plus",
    "pro",
    "prolite",
    "team",
    "business",
    "enterprise",
    "edu",
];

const TO_XHIGH: &[&str] = &["low", "medium", "high", "xhigh"];
const TO_MAX: &[&str] = &["low", "medium", "high", "xhigh", "max"];
const TO_ULTRA: &[&str] = &["low", "medium", "high", "xhigh", "max", "ultra"];

const PLAIN: Model = Model {
    slug: "",
    name: "",
    listed: true,
    window: 272_000,
    max_window: 872_000,
    efforts: TO_MAX,
    default_effort: "medium",
    takes_none: false,
    tiers: &["priority"],
    lite: true,
    minimum: Version(0, 144, 0),
    free: false,
    family: "5.6",
    sees: true,
    unlisted: false,
};

const MODELS: &[Model] = &[
    Model {
        slug: "gpt-6-astra",
        name: "GPT-6 Astra",
        efforts: TO_ULTRA,
        default_effort: "low",
        minimum: Version(0, 153, 0),
        family: "6",
        ..PLAIN
    },
    Model {
        slug: "gpt-5.6-sol",
        name: "GPT-5.6 Sol",
        efforts: TO_ULTRA,
        default_effort: "low",
        tiers: &["priority", "ultrafast"],
        ..PLAIN
    },
    Model {
        slug: "gpt-5.6-terra",
        name: "GPT-5.6 Terra",
        efforts: TO_ULTRA,
        free: true,
        ..PLAIN
    },
    Model {
        slug: "gpt-5.6-luna",
        name: "GPT-5.6 Luna",
        free: true,
        ..PLAIN
    },
    Model {
        slug: "gpt-daybreak-blue-latest",
        name: "Daybreak Blue",
        listed: false,
        efforts: TO_ULTRA,
        tiers: &[],
        minimum: Version(0, 142, 2),
        ..PLAIN
    },
    Model {
        slug: "gpt-daybreak-red-latest",
        name: "Daybreak Red",
        listed: false,
        window: 372_000,
        max_window: 372_000,
        efforts: TO_ULTRA,
        tiers: &[],
        minimum: Version(0, 142, 2),
        ..PLAIN
    },
    Model {
        slug: "gpt-5.5",
        name: "GPT-5.5",
        max_window: 272_000,
        efforts: TO_XHIGH,
        takes_none: true,
        lite: false,
        minimum: Version(0, 124, 0),
        free: true,
        family: "5.5",
        ..PLAIN
    },
    Model {
        slug: "gpt-5.2",
        name: "GPT-5.2",
        max_window: 272_000,
        efforts: TO_XHIGH,
        takes_none: true,
        tiers: &[],
        lite: false,
        minimum: Version(0, 0, 1),
        family: "5.2",
        ..PLAIN
    },
    Model {
        slug: "codex-auto-review",
        name: "Auto Review",
        listed: false,
        minimum: Version(0, 98, 0),
        free: true,
        ..PLAIN
    },
    Model {
        slug: "gpt-5.3-codex-spark",
        name: "GPT-5.3 Codex Spark",
        window: 128_000,
        max_window: 128_000,
        efforts: TO_XHIGH,
        tiers: &[],
        lite: false,
        minimum: Version(0, 0, 1),
        family: "5.3",
        sees: false,
        unlisted: true,
        ..PLAIN
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn slugs(version: &str, plan: &str, hidden: &[String]) -> Vec<String> {
        let version = Version::read(version).unwrap();
        let catalogue = catalogue(version, plan, hidden);
        let models = catalogue["models"].as_array().unwrap().clone();
        let slug = |model: &Value| model["slug"].as_str().unwrap().to_owned();
        models.iter().map(slug).collect()
    }

    #[test]
    fn the_version_and_the_plan_filter_the_list() {
        assert_eq!(
            slugs("0.128.0", "free", &[]),
            ["gpt-5.5", "codex-auto-review"]
        );
        let free = [
            "gpt-5.6-terra",
            "gpt-5.6-luna",
            "gpt-5.5",
            "codex-auto-review",
        ];
        assert_eq!(slugs("0.153.0", "free", &[]), free);
        let plus = slugs("1.0.0", "plus", &[]);
        assert!(
            plus.contains(&"gpt-6-astra".to_owned()) && plus.contains(&"gpt-5.6-sol".to_owned())
        );
        assert!(!slugs("0.152.9", "plus", &[]).contains(&"gpt-6-astra".to_owned()));
        assert!(!plus.contains(&"gpt-5.3-codex-spark".to_owned()));
    }

    #[test]
    fn a_hidden_model_vanishes() {
        let hidden = ["gpt-5.5".to_owned()];
        assert!(!slugs("1.0.0", "plus", &hidden).contains(&"gpt-5.5".to_owned()));
    }

    #[test]
    fn every_model_has_every_required_field() {
        let required = [
            "slug",
            "display_name",
            "supported_reasoning_levels",
            "shell_type",
            "visibility",
            "supported_in_api",
            "priority",
            "support_verbosity",
            "truncation_policy",
            "experimental_supported_tools",
            "supports_parallel_tool_calls",
            "base_instructions",
        ];
        let catalogue = catalogue(Version(9, 0, 0), "pro", &[]);
        for model in catalogue["models"].as_array().unwrap() {
            for field in required {
                assert!(
                    model.get(field).is_some(),
                    "{} lacks {field}",
                    model["slug"]
                );
            }
        }
    }

    #[test]
    fn ultra_is_never_accepted_and_none_where_it_is_known() {
        let astra = Model::find("gpt-6-astra").unwrap().accepted_efforts();
        assert_eq!(astra, ["low", "medium", "high", "xhigh", "max"]);
        let five = Model::find("gpt-5.5").unwrap().accepted_efforts();
        assert_eq!(five, ["none", "low", "medium", "high", "xhigh"]);
    }
}
