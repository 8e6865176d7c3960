//! The request.

use std::borrow::Cow;

use crate::Fault;
use crate::json::{Object, text};

/// What a client of the old endpoint asks. Fields that have no meaning of their own here stay in
/// [`Request::fields`].
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The model.
    pub model: Cow<'a, str>,
    /// The prompt; where it is a list, its only element.
    pub prompt: Cow<'a, str>,
    /// True where a stream is asked for.
    pub stream: bool,
    /// True where the stream should end with its usage.
    pub include_usage: bool,
    /// The whole body.
    pub fields: Object<'a>,
}

impl<'a> Request<'a> {
    /// Reads the fields of a body.
    ///
    /// # Errors
    /// One that is understood here is missing or wrong.
    pub fn read(fields: Object<'a>) -> Result<Self, Fault> {
        let options = fields.object("stream_options")?;
        let include_usage = options.map(|options| options.flag("include_usage"));
        Ok(Self {
            model: fields.need_text("model")?,
            prompt: prompt(&fields)?,
            stream: fields.flag("stream")?.unwrap_or(false),
            include_usage: include_usage.transpose()?.flatten().unwrap_or(false),
            fields,
        })
    }
}

/// One text. Each further one would be a request of its own, and tokens are known to their model
/// only.
fn prompt<'a>(fields: &Object<'a>) -> Result<Cow<'a, str>, Fault> {
    let raw = fields
        .get("prompt")
        .ok_or_else(|| fields.missing("prompt"))?;
    if let Some(text) = text(raw) {
        return Ok(text);
    }
    let list = fields.list("prompt");
    let list = list.map_err(|_| fields.wrong_type("prompt", "a string or an array of strings"))?;
    match list.unwrap_or_default().as_slice() {
        [only] => text(only).ok_or_else(|| {
            refused(
                "a prompt of tokens is not understood by the models behind this server; send text",
            )
        }),
        [] => Err(refused("Invalid 'prompt': empty array. Expected one text.")),
        [first, ..] if text(first).is_none() => Err(refused(
            "a prompt of tokens is not understood by the models behind this server; send text",
        )),
        [_, ..] => Err(refused(
            "only one prompt is answered per request; send several requests instead of a list",
        )),
    }
}

fn refused(message: &str) -> Fault {
    Fault::Invalid {
        message: message.to_owned(),
        param: Some("prompt".to_owned()),
        code: Some("unsupported_value"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_one_text() {
        for (prompt, expected) in [
            (r#""a""#, Some("a")),
            (r#"["a"]"#, Some("a")),
            (r#""""#, Some("")),
            (r#"["a","b"]"#, None),
            ("[1,2]", None),
            ("[[1,2]]", None),
            ("[]", None),
            ("7", None),
            ("null", None),
        ] {
            let body = format!(r#"{{"model":"m","prompt":{prompt}}}"#);
            let read = Object::body(body.as_bytes()).and_then(Request::read);
            match expected {
                Some(text) => assert_eq!(read.unwrap().prompt, text, "{prompt}"),
                None => assert_eq!(read.unwrap_err().param(), Some("prompt"), "{prompt}"),
            }
        }
    }
}
