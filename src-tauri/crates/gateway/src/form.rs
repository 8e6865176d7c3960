//! A form with files (`multipart/form-data`, RFC 7578), read from a body that has arrived.
//!
//! The body is bounded before it comes here, so a form is too; the number of its parts is bounded
//! besides. What is cut off or damaged is no form.

use bytes::Bytes;
use futures_util::stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use wire::Fault;

/// The parts of a form, in their order.
#[derive(Debug)]
pub(crate) struct Form {
    parts: Vec<Part>,
}

/// One part.
#[derive(Debug)]
pub(crate) struct Part {
    /// The field it belongs to.
    pub(crate) name: String,
    /// The name of the file, where it is one.
    pub(crate) file_name: Option<String>,
    /// What it says it is.
    pub(crate) media: Option<String>,
    /// Its bytes.
    pub(crate) content: Bytes,
}

/// True where the body says that it is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let told = media(headers);
    let essence = told.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("multipart/form-data")
}

/// The form that `body` is.
///
/// # Errors
/// It is none, is cut off, has too many parts, or a part has no name.
pub(crate) async fn read(headers: &HeaderMap, body: Bytes) -> Result<Form, Fault> {
    let told = media(headers);
    if !is_form(headers) {
        return Err(Fault::Invalid {
            message: match told {
                "" => "no content type was sent; send a form (`multipart/form-data`)".to_owned(),
                told => {
                    let told: String = told.chars().take(100).collect();
                    format!(
                        "the content type `{told}` is not accepted here; send a form (`multipart/form-data`)"
                    )
                }
            },
            param: None,
            code: Some("unsupported_media_type"),
        });
    }
    let boundary = multer::parse_boundary(told).map_err(|e| damaged(&e))?;
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = multer::Multipart::new(whole, boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|e| damaged(&e))? {
        if parts.len() == PARTS {
            return Err(wrong(format!("it has more than {PARTS} parts")));
        }
        let name = field.name().map(str::to_owned);
        let name = name.ok_or_else(|| wrong("one of its parts has no name"))?;
        parts.push(Part {
            name,
            file_name: field.file_name().map(str::to_owned),
            media: field
                .content_type()
                .map(|media| media.essence_str().to_owned()),
            content: field.bytes().await.map_err(|e| damaged(&e))?,
        });
    }
    Ok(Form { parts })
}

impl Form {
    /// Every part that was not taken, as the name of its field and a text.
    ///
    /// # Errors
    /// One of them is no UTF-8.
    pub(crate) fn texts(&self) -> Result<Vec<(&str, &str)>, Fault> {
        self.parts
            .iter()
            .map(|part| Ok((part.name.as_str(), part.text()?)))
            .collect()
    }

    /// Takes the parts of the fields that `wanted` knows.
    pub(crate) fn take(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<Part> {
        self.parts
            .extract_if(.., |part| wanted(&part.name))
            .collect()
    }
}

impl Part {
    /// Its bytes as text.
    ///
    /// # Errors
    /// They are no UTF-8.
    pub(crate) fn text(&self) -> Result<&str, Fault> {
        std::str::from_utf8(&self.content).map_err(|_| Fault::Invalid {
            message: "this field of the form is not UTF-8 text".to_owned(),
            param: Some(self.name.chars().take(100).collect()),
            code: Some(CODE),
        })
    }
}

/// The one file that a form is for.
///
/// # Errors
/// There is none, or more than one.
pub(crate) fn one_file(mut files: Vec<Part>) -> Result<Part, Fault> {
    let complaint = |message: &str, code| Fault::Invalid {
        message: message.to_owned(),
        param: Some("file".to_owned()),
        code: Some(code),
    };
    let more = "the form has more than one file; send one request for each";
    match (files.pop(), files.is_empty()) {
        (Some(file), true) => Ok(file),
        (Some(_), false) => Err(complaint(more, "unsupported_value")),
        (None, _) => Err(complaint(
            "Missing required parameter: 'file'.",
            "missing_required_parameter",
        )),
    }
}

fn media(headers: &HeaderMap) -> &str {
    let told = headers.get(CONTENT_TYPE);
    told.map_or("", |value| value.to_str().unwrap_or("?"))
}

fn damaged(error: &multer::Error) -> Fault {
    wrong(error.to_string())
}

fn wrong(why: impl std::fmt::Display) -> Fault {
    Fault::Invalid {
        message: format!("the form cannot be read: {why}"),
        param: None,
        code: Some(CODE),
    }
}

const CODE: &str = "invalid_form";
/// The most parts a form may have: sixteen pictures and every field there is leave room.
const PARTS: usize = 64;

#[cfg(test)]
mod tests;
