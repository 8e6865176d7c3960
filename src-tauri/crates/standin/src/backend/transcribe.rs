//! Speech to text (contract backend 7.6): a multipart form with one file.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::marks::Marks;
use super::refusal::Refusal;
use super::{auth, responses};
use crate::answer;
use crate::body::Body;
use crate::world::World;

/// Answers with a text that names the file, its size and the prompt.
pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let seat = auth::admit(world, request.headers())?;
    let content_type = auth::text(request.headers(), CONTENT_TYPE.as_str()).unwrap_or_default();
    let parts = boundary(content_type).map(|boundary| parts(request.body(), &boundary));
    let parts = parts.unwrap_or_default();
    let find = |name: &str| parts.iter().find(|part| part.name == name);
    let Some(file) = find("file") else {
        return Err(Refusal::detail(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Field required: file",
        ));
    };
    let prompt = find("prompt").map(|part| String::from_utf8_lossy(part.content).into_owned());
    let marks = Marks::read(prompt.as_deref().unwrap_or_default());
    responses::scripted(world, &seat, &marks, "transcribe")?;
    if let Some(said) = marks.words("say") {
        return Ok(answer::json(StatusCode::OK, &json!({ "text": said })));
    }
    let mut text = format!("I heard {}, {} bytes.", file.file_name, file.content.len());
    if !marks.text().is_empty() {
        text.push_str(&format!(" You said: {}", marks.text()));
    }
    Ok(answer::json(StatusCode::OK, &json!({ "text": text })))
}

#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    name: String,
    file_name: String,
    content: &'a [u8],
}

fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.strip_prefix("multipart/form-data")?;
    let boundary = parameters
        .split(';')
        .find_map(|it| it.trim().strip_prefix("boundary="))?;
    Some(format!("--{}", boundary.trim_matches('"')))
}

/// The parts of a form (RFC 7578); what is no part is left out.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mut starts = Vec::new();
    let mut from = 0;
    while let Some(at) = position(&body[from..], boundary.as_bytes()) {
        starts.push((from + at, from + at + boundary.len()));
        from += at + boundary.len();
    }
    starts
        .windows(2)
        .filter_map(|pair| part(&body[pair[0].1..pair[1].0]))
        .collect()
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let bytes = bytes.strip_prefix(b"\r\n")?;
    let end = position(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let content = bytes[end + 4..].strip_suffix(b"\r\n")?;
    let disposition = head.lines().find(|line| {
        line.to_ascii_lowercase()
            .starts_with("content-disposition:")
    })?;
    let value = |key: &str| {
        let found = disposition
            .split(';')
            .find_map(|it| it.trim().strip_prefix(key));
        found.map(|value| value.trim_matches('"').to_owned())
    };
    Some(Part {
        name: value("name=")?,
        file_name: value("filename=").unwrap_or_default(),
        content,
    })
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_part_by_part() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nhi\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\x00\r\n\x01\r\n--x--\r\n";
        let boundary = boundary("multipart/form-data; boundary=\"x\"").unwrap();
        let parts = parts(body, &boundary);
        assert_eq!(parts[0].content, b"hi");
        assert_eq!(
            (parts[1].file_name.as_str(), parts[1].content),
            ("a.wav", &b"\x00\r\n\x01"[..])
        );
    }
}
