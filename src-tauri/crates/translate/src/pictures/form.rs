//! The fields of a form as the JSON body that would say the same.

use serde_json::{Map, Value};

/// The body that `fields`, the texts of a form, stand for. A number or a truth value that is none
/// stays a text, and is told as what it is where the body is read.
pub fn body_of_form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut body = Map::new();
    for (name, text) in fields {
        let value = match name {
            "n" | "output_compression" | "partial_images" => {
                text.trim().parse::<i64>().ok().map(Value::from)
            }
            "stream" => text.trim().parse::<bool>().ok().map(Value::from),
            _ => None,
        };
        let value = value.unwrap_or_else(|| Value::from(text));
        body.insert(name.to_owned(), value);
    }
    Value::Object(body).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_truths_are_read_and_the_rest_stays_text() {
        let fields = [
            ("prompt", "12"),
            ("n", " 2 "),
            ("stream", "true"),
            ("partial_images", "many"),
            ("n", "3"),
        ];
        let body = String::from_utf8(body_of_form(fields)).unwrap();
        assert_eq!(
            body,
            r#"{"prompt":"12","n":3,"stream":true,"partial_images":"many"}"#
        );
    }
}
