//! What a model's name says beside the model: `gpt-5.5-high-fast` is gpt-5.5, thinking hard, at the
//! fast tier. For clients that can choose a model and nothing else; only where the settings want it.
//!
//! A name that the catalogue has is that model, whatever it ends with, and only a model of the
//! catalogue has such variants: no other name is taken apart. What a request says itself counts.

use wire::Effort;
use wire::catalogue::Model;
use wire::responses::{Request, Target};

use crate::Given;
use crate::ignored::Ignored;
use crate::offer::Offer;

/// What a name says beside the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Suffix {
    effort: Option<Effort>,
    is_fast: bool,
}

/// What a request says itself, so that its model's name does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Says {
    pub(crate) effort: bool,
    pub(crate) tier: bool,
}

/// The model that `name` means, and what else the name says.
pub(crate) fn split<'n>(name: &'n str, given: &Given<'_>) -> (&'n str, Suffix) {
    let plain = (name, Suffix::default());
    let is_wanted = |word: &str| given.model_suffixes.contains(&word);
    if given.model(name).is_some() {
        return plain;
    }
    let fast = name.strip_suffix("-fast").filter(|_| is_wanted(FAST));
    let is_fast = fast.is_some();
    let rest = fast.unwrap_or(name);
    if is_fast && given.model(rest).is_some() {
        let effort = None;
        return (rest, Suffix { effort, is_fast });
    }
    let Some((slug, word)) = rest.rsplit_once('-') else {
        return plain;
    };
    let effort = Effort::parse(word).filter(|_| is_wanted(word));
    match given.model(slug) {
        Some(_) if effort.is_some() => (slug, Suffix { effort, is_fast }),
        Some(_) | None => plain,
    }
}

/// The variants of `model` that `suffixes` allow and the model really has.
pub fn variants(model: &Model, suffixes: &[&str]) -> Vec<String> {
    let has = |word: &&&str| Effort::parse(word).is_some_and(|it| model.efforts.contains(&it));
    let mut names: Vec<String> = (suffixes.iter().filter(has))
        .map(|word| format!("{}-{word}", model.slug))
        .collect();
    let is_fast = model.service_tiers.iter().any(|tier| tier == "priority");
    if is_fast && suffixes.contains(&FAST) {
        let plain = std::iter::once(&model.slug).chain(&names);
        let fast: Vec<String> = plain.map(|name| format!("{name}-{FAST}")).collect();
        names.extend(fast);
    }
    names
}

impl Suffix {
    /// Adds to `request` what it does not say itself. What the model does not have is named.
    pub(crate) fn settle(
        self,
        offer: Offer<'_>,
        target: Target,
        says: Says,
        request: &mut Request,
        ignored: &mut Ignored,
    ) {
        if let Some(asked) = self.effort.filter(|_| !says.effort) {
            let reasoning = request.reasoning.get_or_insert_default();
            reasoning.effort = offer.nearest(asked);
            if reasoning.effort != Some(asked) {
                ignored.add("model");
            }
            // Who does not think has nothing to sum up.
            if reasoning.effort == Some(Effort::None) {
                reasoning.summary = None;
            }
        }
        if self.is_fast && !says.tier {
            request.service_tier = match target {
                Target::Plan => offer.plan_tier(FAST, "model", ignored),
                Target::Platform => Some("priority".to_owned()),
            };
        }
    }
}

/// The word for the tier that the backend calls `priority`.
const FAST: &str = "fast";

#[cfg(test)]
mod tests {
    use wire::catalogue::Catalogue;

    use super::*;

    const ALL: &[&str] = &["none", "low", "high", "max", "fast"];

    fn catalogue() -> Catalogue {
        let body = br#"{"models":[
            {"slug":"gpt-5.5","supported_reasoning_levels":[{"effort":"low"},{"effort":"high"}],
             "service_tiers":[{"id":"priority"}]},
            {"slug":"gpt-5.1-codex","supported_reasoning_levels":[{"effort":"max"}]},
            {"slug":"gpt-5.1-codex-max"}
        ]}"#;
        Catalogue::read(body, None).unwrap()
    }

    #[test]
    fn a_name_is_taken_apart_only_where_that_is_wanted_and_means_something() {
        let catalogue = catalogue();
        let rows = [
            ("gpt-5.5", ALL, ("gpt-5.5", None, false)),
            ("gpt-5.5-high", ALL, ("gpt-5.5", Some(Effort::High), false)),
            ("gpt-5.5-fast", ALL, ("gpt-5.5", None, true)),
            (
                "gpt-5.5-high-fast",
                ALL,
                ("gpt-5.5", Some(Effort::High), true),
            ),
            ("gpt-5.5-none", ALL, ("gpt-5.5", Some(Effort::None), false)),
            // The catalogue has it.
            ("gpt-5.1-codex-max", ALL, ("gpt-5.1-codex-max", None, false)),
            (
                "gpt-5.1-codex-max-fast",
                ALL,
                ("gpt-5.1-codex-max", None, true),
            ),
            // Not in this order, not twice, not of nothing.
            ("gpt-5.5-fast-high", ALL, ("gpt-5.5-fast-high", None, false)),
            ("gpt-5.5-low-high", ALL, ("gpt-5.5-low-high", None, false)),
            ("gpt-5.5-fast-fast", ALL, ("gpt-5.5-fast-fast", None, false)),
            ("gpt-9-high", ALL, ("gpt-9-high", None, false)),
            ("-high", ALL, ("-high", None, false)),
            // Not wanted.
            ("gpt-5.5-high", &["low"], ("gpt-5.5-high", None, false)),
            (
                "gpt-5.5-high-fast",
                &["high"],
                ("gpt-5.5-high-fast", None, false),
            ),
            ("gpt-5.5-medium", ALL, ("gpt-5.5-medium", None, false)),
            ("gpt-5.5-high", &[], ("gpt-5.5-high", None, false)),
        ];
        for (name, wanted, (slug, effort, is_fast)) in rows {
            let given = Given {
                catalogue: Some(&catalogue),
                model_suffixes: wanted,
                ..Given::default()
            };
            let found = split(name, &given);
            assert_eq!(found, (slug, Suffix { effort, is_fast }), "{name}");
        }
        let unknown = Given {
            model_suffixes: ALL,
            ..Given::default()
        };
        assert_eq!(split("gpt-5.5-high", &unknown).0, "gpt-5.5-high");
    }

    #[test]
    fn a_model_has_the_variants_that_it_really_has() {
        let catalogue = catalogue();
        let of = |slug: &str, wanted: &[&str]| variants(catalogue.find(slug).unwrap(), wanted);
        assert_eq!(
            of("gpt-5.5", ALL),
            [
                "gpt-5.5-low",
                "gpt-5.5-high",
                "gpt-5.5-fast",
                "gpt-5.5-low-fast",
                "gpt-5.5-high-fast",
            ]
        );
        assert_eq!(of("gpt-5.5", &["high"]), ["gpt-5.5-high"]);
        assert_eq!(of("gpt-5.1-codex", ALL), ["gpt-5.1-codex-max"]);
        assert!(of("gpt-5.1-codex-max", ALL).is_empty());
        assert!(of("gpt-5.5", &[]).is_empty());
    }
}
