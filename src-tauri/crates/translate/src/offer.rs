//! What the asked model takes, by the account's catalogue; an unknown model is believed to take
//! everything (contract backend 5: treat unknown slugs as pass-through).

use wire::catalogue::Model;
use wire::json::Object;
use wire::responses::{Reasoning, Summary, Target, Verbosity};
use wire::{Effort, Fault};

use crate::Given;
use crate::ignored::Ignored;
use crate::shorten::shortened;

/// The asked model and where it is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer<'a> {
    model: Option<&'a Model>,
    target: Target,
}

impl<'a> Offer<'a> {
    /// What `slug` takes.
    pub(crate) fn new(given: &Given<'a>, slug: &str) -> Self {
        Self {
            model: given.model(slug),
            target: given.target,
        }
    }

    /// The nearest effort that the model takes (contract backend 1.7).
    pub(crate) fn effort(
        self,
        fields: &Object<'_>,
        name: &str,
        ignored: &mut Ignored,
    ) -> Result<Option<Effort>, Fault> {
        let Some(word) = fields.text(name)? else {
            return Ok(None);
        };
        let asked =
            Effort::parse(&word).ok_or_else(|| fields.unknown_value(name, &word, EFFORTS))?;
        let given = self.nearest(asked);
        if given != Some(asked) {
            ignored.add(&fields.path(name));
        }
        Ok(given)
    }

    /// The nearest effort that the model takes.
    pub(crate) fn nearest(self, asked: Effort) -> Option<Effort> {
        match self.model {
            Some(model) => asked.clamp(&model.efforts),
            None => Some(asked),
        }
    }

    /// True where the catalogue knows the model.
    pub(crate) fn is_known(self) -> bool {
        self.model.is_some()
    }

    /// `reasoning`, as the Responses dialect has it. `context` belongs to Lite requests.
    pub(crate) fn reasoning(
        self,
        ask: &Object<'_>,
        lite: bool,
        ignored: &mut Ignored,
    ) -> Result<Option<Reasoning>, Fault> {
        let Some(fields) = ask.object("reasoning")? else {
            return Ok(None);
        };
        let effort = self.effort(&fields, "effort", ignored)?;
        let name = match fields.get("summary") {
            Some(_) => "summary",
            None => "generate_summary",
        };
        let mut summary = match fields.text(name)?.as_deref() {
            None | Some("none") => None,
            Some("auto") => Some(Summary::Auto),
            Some("concise") => Some(Summary::Concise),
            Some("detailed") => Some(Summary::Detailed),
            Some(other) => return Err(fields.unknown_value(name, other, SUMMARIES)),
        };
        if summary.is_some() && !self.model.is_none_or(|model| model.takes_summary) {
            ignored.add(&fields.path(name));
            summary = None;
        }
        let mut context = fields.text("context")?.map(String::from);
        if !lite && self.target == Target::Plan {
            if context
                .as_deref()
                .is_some_and(|context| context != "current_turn")
            {
                ignored.add("reasoning.context");
            }
            context = None;
        }
        for name in fields.names().filter(|name| !REASONING.contains(name)) {
            ignored.add(&fields.path(name));
        }
        let reasoning = Reasoning {
            effort,
            summary,
            context,
        };
        Ok((reasoning != Reasoning::default()).then_some(reasoning))
    }

    /// True where the catalogue says that summaries may be asked for.
    pub(crate) fn surely_takes_summary(self) -> bool {
        self.model.is_some_and(|model| model.takes_summary)
    }

    /// A verbosity, where the model takes any.
    pub(crate) fn verbosity(
        self,
        fields: &Object<'_>,
        name: &str,
        ignored: &mut Ignored,
    ) -> Result<Option<Verbosity>, Fault> {
        let asked = match fields.text(name)?.as_deref() {
            None => return Ok(None),
            Some("low") => Verbosity::Low,
            Some("medium") => Verbosity::Medium,
            Some("high") => Verbosity::High,
            Some(other) => {
                return Err(fields.unknown_value(name, other, &["low", "medium", "high"]));
            }
        };
        if self.model.is_none_or(|model| model.takes_verbosity) {
            return Ok(Some(asked));
        }
        ignored.add(&fields.path(name));
        Ok(None)
    }

    /// The tier that may be sent (contract backend 1.6). `auto` and `default` are what happens
    /// without any.
    pub(crate) fn tier(
        self,
        ask: &Object<'_>,
        ignored: &mut Ignored,
    ) -> Result<Option<String>, Fault> {
        let Some(asked) = ask.text("service_tier")? else {
            return Ok(None);
        };
        if self.target == Target::Platform {
            return Ok(Some(asked.into_owned()));
        }
        Ok(self.plan_tier(&asked, "service_tier", ignored))
    }

    /// The plan's tier that `asked` means; named where there is none.
    pub(crate) fn plan_tier(
        self,
        asked: &str,
        path: &str,
        ignored: &mut Ignored,
    ) -> Option<String> {
        let tier = match asked {
            "auto" | "default" => return None,
            "fast" => "priority",
            other => other,
        };
        let offered = match self.model {
            Some(model) => model.service_tiers.iter().any(|known| known == tier),
            None => matches!(tier, "priority" | "ultrafast"),
        };
        if offered {
            return Some(tier.to_owned());
        }
        ignored.add(path);
        None
    }
}

/// `prompt_cache_key`, at most 64 characters. A longer one keeps its purpose: the same stays the same.
pub(crate) fn cache_key(ask: &Object<'_>) -> Result<Option<String>, Fault> {
    let key = ask.text("prompt_cache_key")?;
    let key = key.filter(|key| !key.is_empty());
    Ok(key.map(|key| shortened(&key, 64)))
}

const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const SUMMARIES: &[&str] = &["auto", "concise", "detailed"];
const REASONING: &[&str] = &["effort", "summary", "generate_summary", "context"];
