//! Requests that leave the choice of a model to somebody else: those that name none, an empty one,
//! or [`DEFAULT`].

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use wire::json::{Object, without_lone_surrogates};

use crate::edit::{self, Edit};

/// `body` for `model`. What cannot be read stays as it is: who translates it says why.
pub fn with_model(body: &Bytes, model: &str) -> Bytes {
    let read = without_lone_surrogates(body);
    let Ok(ask) = Object::body(&read) else {
        return body.clone();
    };
    let mut edit = Edit::new(&ask);
    edit.set("model", edit::new(model));
    Bytes::copy_from_slice(edit.finish().get().as_bytes())
}

/// True where `body` leaves the choice of its model open. Every request is asked this, so nothing else
/// of it is kept.
pub fn names_no_model(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        model: Option<Cow<'a, str>>,
    }
    let named: Result<Named<'_>, _> = serde_json::from_slice(body);
    named.is_ok_and(|named| matches!(named.model.as_deref(), None | Some("" | DEFAULT)))
}

/// The word by which a client asks for whatever model was chosen for it.
pub const DEFAULT: &str = "default";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_model_is_given_one_and_keeps_its_other_bytes() {
        for (body, given) in [
            ("{}", r#"{"model":"m"}"#),
            (
                r#"{"model":null,"input":[ 1.0 ]}"#,
                r#"{"model":"m","input":[ 1.0 ]}"#,
            ),
            (
                r#"{"input":"x","model":""}"#,
                r#"{"input":"x","model":"m"}"#,
            ),
            (r#"{"model":"default"}"#, r#"{"model":"m"}"#),
            (
                r#"{"a":{"model":"b"}}"#,
                r#"{"a":{"model":"b"},"model":"m"}"#,
            ),
        ] {
            assert!(names_no_model(body.as_bytes()), "{body}");
            assert_eq!(with_model(&body.into(), "m"), given, "{body}");
        }
    }

    #[test]
    fn what_names_one_or_cannot_be_read_is_left_alone() {
        for body in [r#"{"model":"gpt-5.5"}"#, r#"{"model":5}"#, "[]", "", "{"] {
            assert!(!names_no_model(body.as_bytes()), "{body}");
        }
        for broken in ["[]", "", "{"] {
            assert_eq!(with_model(&broken.into(), "m"), broken);
        }
    }
}
