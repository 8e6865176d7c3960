//! The address the browser comes back to (contract auth 1.4): the state is compared before anything
//! else is looked at, in constant time.

pub(crate) mod page;
pub(crate) mod ports;
pub(crate) mod server;

use base::Secret;
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use crate::fault::Fault;

/// What a callback says.
#[derive(Debug)]
pub enum Callback {
    /// It belongs to another sign-in, or to none. The wait goes on.
    StateMismatch,
    /// The person, or the issuer, said no.
    Refused(Refusal),
    /// The right state and no code.
    MissingCode,
    /// A code to exchange.
    Code(Secret),
}

/// Why the issuer sent no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The workspace has no Codex. What the issuer says about it is for its own logs.
    NoEntitlement,
    /// In the issuer's words.
    Other(String),
}

impl Callback {
    /// Reads the query of a callback. `state` is the one that was sent.
    pub fn read(query: &str, state: &Secret) -> Self {
        let found = |name: &str| -> Vec<String> {
            form_urlencoded::parse(query.as_bytes())
                .filter(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .collect()
        };
        match found("state").as_slice() {
            [shown] if is_ours(shown, state) => {}
            [] | [_] | [_, _, ..] => return Self::StateMismatch,
        }
        if let Some(error) = found("error").first() {
            let description = found("error_description").into_iter().next();
            return Self::Refused(Refusal::of(error, description.unwrap_or_default().trim()));
        }
        match found("code").as_slice() {
            [code] if !code.is_empty() => Self::Code(Secret::new(code.as_str())),
            [] | [_] | [_, _, ..] => Self::MissingCode,
        }
    }
}

impl Refusal {
    fn of(error: &str, description: &str) -> Self {
        let is_entitlement = error == "access_denied"
            && description
                .to_ascii_lowercase()
                .contains("missing_codex_entitlement");
        match (is_entitlement, description) {
            (true, _) => Self::NoEntitlement,
            (false, "") => Self::Other(crate::redact::text(error, &[])),
            (false, description) => Self::Other(crate::redact::text(description, &[])),
        }
    }

    pub(crate) fn fault(self) -> Fault {
        Fault::Denied(match self {
            Self::NoEntitlement => NO_ENTITLEMENT.into(),
            Self::Other(words) => format!("Sign-in failed: {words}"),
        })
    }
}

/// The query in what a person pasted: a whole address, one without its scheme, or only its query.
pub(crate) fn pasted_query(pasted: &str) -> Result<&str, Fault> {
    let text = pasted
        .trim()
        .trim_matches(|c| matches!(c, '"' | '\'' | '<' | '>'));
    let text = text.split('#').next().unwrap_or(text);
    let query = match text.split_once('?') {
        Some((_, query)) => query,
        None => text,
    };
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
    match has("state") && (has("code") || has("error")) {
        true => Ok(query),
        false => Err(Fault::Pasted(NOT_AN_ADDRESS)),
    }
}

/// Equal to the state, or to the state with the one suffix the issuer may append, once.
fn is_ours(shown: &str, state: &Secret) -> bool {
    let plain = state.reveal();
    let suffixed = format!("{plain}{LIFE_SCIENCES}");
    let same = |ours: &str| ours.as_bytes().ct_eq(shown.as_bytes());
    (same(plain) | same(&suffixed)).into()
}

const LIFE_SCIENCES: &str = ".onboarding_entrypoint=life_sciences";
const NO_ENTITLEMENT: &str = "Codex is not enabled for your workspace. Contact your workspace administrator to request access to Codex.";
const NOT_AN_ADDRESS: &str =
    "this is not the address the sign-in ended on: it holds no `code` and `state`";
/// For a pasted address of another sign-in.
pub(crate) const OTHER_SIGN_IN: &str = "this address belongs to another sign-in";

#[cfg(test)]
mod tests;
