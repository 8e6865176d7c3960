//! How hard the model should think, what a client gets of it, and the seal that lets it be replayed.
//!
//! The backend gives the model's thinking sealed, and takes it back only from the same account and
//! for the same family of models (contract backend 1.5; trap 11). A `signature` therefore says whose
//! it is, before the sealed text itself; any other one, such as a real Claude's, is left out.

use wire::messages::{Display, Request, Thinking};
use wire::responses::{Reasoning, Summary};
use wire::{Effort, Fault};

use crate::ignored::Ignored;
use crate::offer::Offer;

/// What a Messages client gets of the model's thinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// Nothing: it did not ask.
    #[default]
    Nothing,
    /// What replays it.
    Seal,
    /// A summary, and what replays it.
    Summary,
}

impl Shown {
    pub(super) fn of(thinking: Thinking) -> Self {
        match thinking {
            Thinking::Unsaid | Thinking::Disabled => Self::Nothing,
            Thinking::Enabled { display, .. } => match display {
                Display::Summarized => Self::Summary,
                Display::Omitted => Self::Seal,
            },
        }
    }
}

/// What a signature begins with that `account` got from a model like `slug`.
pub(super) fn seal(account: &str, slug: &str) -> String {
    format!("postern.1:{account}:{}:", family(slug))
}

/// The model's name up to its version: `gpt-5.6` of `gpt-5.6-terra`. A name without a version is a
/// family of its own.
fn family(slug: &str) -> &str {
    let mut end = 0;
    for word in slug.split('-') {
        end += word.len();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return &slug[..end];
        }
        end += 1;
    }
    slug
}

/// `reasoning`: an effort from `output_config`, else from `thinking`, and a summary where the client
/// wants one and the model surely writes it.
pub(super) fn reasoning(
    ask: &Request<'_>,
    offer: Offer<'_>,
    ignored: &mut Ignored,
) -> Result<Option<Reasoning>, Fault> {
    let config = ask.fields.object("output_config")?;
    let told = match &config {
        Some(config) => offer.effort(config, "effort", ignored)?,
        None => None,
    };
    let effort = match (told, ask.thinking) {
        (Some(effort), _) => Some(effort),
        (None, Thinking::Disabled) => least(offer, ignored),
        (None, Thinking::Enabled { budget, .. }) => {
            budget.and_then(|budget| offer.nearest(worth(budget)))
        }
        (None, Thinking::Unsaid) => None,
    };
    let summarized = Shown::of(ask.thinking) == Shown::Summary && offer.surely_takes_summary();
    let reasoning = Reasoning {
        effort,
        summary: (summarized && effort != Some(Effort::None)).then_some(Summary::Auto),
        context: None,
    };
    Ok((reasoning != Reasoning::default()).then_some(reasoning))
}

/// As little as the model can; named where that is not nothing. Not every model takes `none`, so an
/// unknown one is asked for `low`.
fn least(offer: Offer<'_>, ignored: &mut Ignored) -> Option<Effort> {
    let least = match offer.is_known() {
        true => offer.nearest(Effort::None),
        false => Some(Effort::Low),
    };
    if least != Some(Effort::None) {
        ignored.add("thinking.type");
    }
    least
}

/// The effort that a budget of tokens means (contract backend 8.3).
fn worth(budget: i64) -> Effort {
    match budget {
        ..=1024 => Effort::Low,
        1025..=8192 => Effort::Medium,
        8193..=24_576 => Effort::High,
        24_577.. => Effort::XHigh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_a_name_up_to_its_version() {
        for (slug, told) in [
            ("gpt-5.6-terra", "gpt-5.6"),
            ("gpt-5.5", "gpt-5.5"),
            ("gpt-6-astra", "gpt-6"),
            ("gpt-5.3-codex-spark", "gpt-5.3"),
            ("codex-auto-review", "codex-auto-review"),
            ("4x-model", "4x"),
            ("", ""),
        ] {
            assert_eq!(family(slug), told, "{slug}");
        }
    }

    #[test]
    fn a_budget_is_worth_an_effort() {
        let rows = [
            (0, Effort::Low),
            (1024, Effort::Low),
            (8192, Effort::Medium),
            (16_000, Effort::High),
            (31_999, Effort::XHigh),
        ];
        for (budget, effort) in rows {
            assert_eq!(worth(budget), effort, "{budget}");
        }
    }
}
