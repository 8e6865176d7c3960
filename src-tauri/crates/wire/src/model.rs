//! Model names and reasoning efforts, parsed once.

use std::fmt;

/// A model id that is safe to log, compare, and put in a URL path segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelId(String);

/// The text is not one printable path segment of 1 to 128 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a model id is 1 to 128 letters, digits, `-`, `_`, `.`, `:`, or `/`")]
pub struct BadModelId;

impl ModelId {
    /// Accepts printable segments and nothing else.
    ///
    /// # Errors
    /// `raw` is empty, too long, a relative path, or has another character.
    pub fn parse(raw: &str) -> Result<Self, BadModelId> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
        let relative = |part: &str| matches!(part, "" | "." | "..");
        match raw.len() {
            1..=128 if raw.chars().all(plain) && !raw.split('/').any(relative) => {
                Ok(Self(raw.into()))
            }
            _ => Err(BadModelId),
        }
    }

    /// The id as it goes on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How hard a model should think, weakest first (contract backend 1.7 and 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effort {
    /// No reasoning.
    None,
    /// Hardly any; refused by current models.
    Minimal,
    /// Little.
    Low,
    /// Balanced.
    Medium,
    /// Much.
    High,
    /// Very much.
    XHigh,
    /// As much as the model can.
    Max,
}

impl Effort {
    /// Reads what clients and catalogues write. `ultra` never goes on the wire: it means `max`.
    pub fn parse(raw: &str) -> Option<Self> {
        Some(match raw {
            "none" => Self::None,
            "minimal" => Self::Minimal,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "xhigh" => Self::XHigh,
            "max" | "ultra" => Self::Max,
            _ => return None,
        })
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// The nearest effort out of `offered`: this one where it is offered, else the strongest
    /// below it, else the weakest. `None` where nothing is offered.
    pub fn clamp(self, offered: &[Self]) -> Option<Self> {
        let below = offered.iter().copied().filter(|offer| *offer <= self).max();
        below.or_else(|| offered.iter().copied().min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_id_is_printable_and_relative_to_nothing() {
        for good in ["gpt-5.6-terra", "a", "openai/gpt-5.5", "llama3:latest"] {
            assert!(ModelId::parse(good).is_ok(), "{good}");
        }
        let long = "x".repeat(129);
        for bad in ["", "..", "a b", "a\n", "../x", "a//b", "é", long.as_str()] {
            assert!(ModelId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_effort_is_clamped_to_what_is_offered() {
        use Effort::{High, Low, Max, Medium, Minimal, None as Off, XHigh};
        let offered = [Low, Medium, High, XHigh];
        let rows = [
            (Off, Some(Low)),
            (Minimal, Some(Low)),
            (Medium, Some(Medium)),
            (Max, Some(XHigh)),
        ];
        for (asked, given) in rows {
            assert_eq!(asked.clamp(&offered), given, "{asked:?}");
        }
        assert_eq!(XHigh.clamp(&[Low, High]), Some(High));
        assert_eq!(Low.clamp(&[]), Option::None);
        assert_eq!(Effort::parse("ultra"), Some(Max));
    }
}
