//! Requests that leave the choice of a model to somebody else: those that name none, an empty one,
//! or [`DEFAULT`].

use wire::json::Object;

use crate::edit::{self, Edit};

/// The body `ask` for `model`.
pub fn with_model(ask: &Object<'_>, model: &str) -> Vec<u8> {
    let mut edit = Edit::new(ask);
    edit.set("model", edit::new(model));
    edit.finish().get().as_bytes().to_vec()
}

/// True where `ask` leaves the choice of its model open.
pub fn names_no_model(ask: &Object<'_>) -> bool {
    ask.text("model")
        .is_ok_and(|model| matches!(model.as_deref(), None | Some("" | DEFAULT)))
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
            let ask = Object::body(body.as_bytes()).unwrap();
            assert!(names_no_model(&ask), "{body}");
            assert_eq!(with_model(&ask, "m"), given.as_bytes(), "{body}");
        }
    }

    #[test]
    fn what_names_one_however_it_is_written_is_left_alone() {
        for body in [r#"{"model":"gpt-5.5"}"#, r#"{"model":5}"#] {
            let ask = Object::body(body.as_bytes()).unwrap();
            assert!(!names_no_model(&ask), "{body}");
        }
    }
}
