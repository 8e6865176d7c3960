//! What pictures cost, with the details that official clients require.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use wire::json::Object;

use super::Route;
use crate::edit::{self, Edit};

/// Token counts with what went in by its kind. Where the backend does not tell that, all of it was
/// text, unless there were pictures to work on: beside them the few tokens of the prompt are counted
/// as theirs, because nobody tells the two apart.
pub(super) fn detailed(usage: &RawValue, route: Route) -> Cow<'_, RawValue> {
    let Ok(told) = Object::at(usage, String::new()) else {
        return Cow::Borrowed(usage);
    };
    let mut edit = Edit::new(&told);
    if told.get(DETAILS).is_none() {
        let all = told.integer("input_tokens").ok().flatten().unwrap_or(0);
        let (text_tokens, image_tokens) = match route {
            Route::Generations => (all, 0),
            Route::Edits => (0, all),
        };
        let details = Details {
            text_tokens,
            image_tokens,
        };
        edit.set(DETAILS, edit::new(&details));
    }
    edit.finish()
}

#[derive(Serialize)]
struct Details {
    text_tokens: i64,
    image_tokens: i64,
}

const DETAILS: &str = "input_tokens_details";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_in_is_told_by_its_kind() {
        let with = |usage: &str, route| {
            let usage: Box<RawValue> = serde_json::from_str(usage).unwrap();
            detailed(&usage, route).get().to_owned()
        };
        let plain = r#"{"input_tokens":12,"output_tokens":5}"#;
        let rows = [
            (
                plain,
                Route::Generations,
                r#"{"input_tokens":12,"output_tokens":5,"input_tokens_details":{"text_tokens":12,"image_tokens":0}}"#,
            ),
            (
                plain,
                Route::Edits,
                r#"{"input_tokens":12,"output_tokens":5,"input_tokens_details":{"text_tokens":0,"image_tokens":12}}"#,
            ),
        ];
        for (usage, route, expected) in rows {
            assert_eq!(with(usage, route), expected);
        }
        let told = r#"{"input_tokens_details": {"text_tokens": 3}}"#;
        assert_eq!(
            with(told, Route::Edits),
            told,
            "what is told stays as it is"
        );
    }
}
