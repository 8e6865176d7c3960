//! Sealed contents mean something only to the account and the family of models that made them
//! (contract backend 1.5, 1.9, 7.1; trap 11).

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};

/// Who said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The account.
    pub account: String,
    /// The model.
    pub model: String,
}

impl Origin {
    /// True where what `self` sealed can be opened by `other`.
    fn is_read_by(&self, other: &Self) -> bool {
        self.account == other.account && family(&self.model) == family(&other.model)
    }
}

/// True where `item`, which was said by `by`, may be put before `here`: reasoning that nobody could
/// open stays behind.
pub(super) fn may_return(
    item: &RawValue,
    by: Option<&Origin>,
    here: &Origin,
    param: &str,
) -> Result<bool, Fault> {
    // What no turn was the origin of came from the client, who knows what it does.
    let Some(by) = by.filter(|by| !by.is_read_by(here)) else {
        return Ok(true);
    };
    let Ok(object) = Object::at(item, String::new()) else {
        return Ok(true);
    };
    if object.get("encrypted_content").is_none() {
        return Ok(true);
    }
    match object.get("type").and_then(text).as_deref() {
        Some("compaction" | "compaction_summary" | "context_compaction") => Err(Fault::Invalid {
            message: format!(
                "what came before was compacted for the model `{}` of another account or family, and nobody else can read it; send the conversation as 'input'",
                by.model
            ),
            param: Some(param.to_owned()),
            code: Some("unsupported_value"),
        }),
        Some(_) | None => Ok(false),
    }
}

/// `gpt-5.6` of `gpt-5.6-terra`: a name and its version. Names of models change every few weeks, so
/// nothing is listed here.
fn family(model: &str) -> &str {
    let model = model.rsplit('/').next().unwrap_or(model);
    let end = model.match_indices('-').nth(1).map(|(at, _)| at);
    &model[..end.unwrap_or(model.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(account: &str, model: &str) -> Origin {
        Origin {
            account: account.into(),
            model: model.into(),
        }
    }

    #[test]
    fn a_family_is_a_name_and_a_version() {
        for (model, expected) in [
            ("gpt-5.6-terra", "gpt-5.6"),
            ("gpt-5.6-sol", "gpt-5.6"),
            ("gpt-5.5", "gpt-5.5"),
            ("gpt-6-astra", "gpt-6"),
            ("openai/gpt-6.1-sol", "gpt-6.1"),
            ("m", "m"),
            ("", ""),
        ] {
            assert_eq!(family(model), expected);
        }
    }

    #[test]
    fn only_the_same_account_and_family_get_reasoning_back() {
        let item = |kind: &str| {
            let text = format!(r#"{{"type":"{kind}","encrypted_content":"g"}}"#);
            RawValue::from_string(text).unwrap()
        };
        let here = origin("a", "gpt-5.6-sol");
        for (by, expected) in [
            (Some(origin("a", "gpt-5.6-terra")), true),
            (Some(origin("b", "gpt-5.6-sol")), false),
            (Some(origin("a", "gpt-5.5")), false),
            (None, true),
        ] {
            let returns = |kind: &str| may_return(&item(kind), by.as_ref(), &here, "p");
            assert_eq!(returns("reasoning").unwrap(), expected);
            assert_eq!(returns("compaction").is_ok(), expected);
        }
        let open = RawValue::from_string(r#"{"type":"message"}"#.into()).unwrap();
        let by = origin("b", "m");
        assert!(may_return(&open, Some(&by), &here, "p").unwrap());
    }
}
