//! Forms as clients send them, and what of a request went on.

use bytes::Bytes;
use http::{HeaderValue, Method};
use http_body_util::Full;
use serde_json::Value;
use standin::Received;

use crate::caller::Reply;
use crate::stage::Stage;

/// One file: its field, its name, its bytes.
pub(crate) type File<'a> = (&'a str, &'a str, &'a [u8]);

/// A form of texts and files.
pub(crate) fn form(texts: &[(&str, &str)], files: &[File<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        let head = format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), text.as_bytes(), b"\r\n"].concat());
    }
    for (name, file_name, content) in files {
        let head = format!(
            "--b0\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: audio/wav\r\n\r\n"
        );
        body.extend([head.as_bytes(), *content, b"\r\n"].concat());
    }
    body.extend(b"--b0--\r\n");
    body
}

/// Sends what calls itself a form, with headers that must not go on.
pub(crate) async fn post_form(stage: &Stage, path: &str, body: Vec<u8>) -> Reply {
    let request = stage.request(Method::POST, path, &Value::Null);
    let mut request = request.map(|_| Full::new(Bytes::from(body)));
    for (name, value) in [
        ("content-type", "multipart/form-data; boundary=b0"),
        ("user-agent", "OpenAI/Python 3.52.0"),
        ("x-stainless-lang", "python"),
    ] {
        let value = HeaderValue::from_static(value);
        request.headers_mut().insert(name, value);
    }
    stage.send(request).await
}

/// The names of the headers of a request, in order.
pub(crate) fn names(received: &Received) -> Vec<&str> {
    let headers = &received.headers;
    let mut names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    names
}

/// What every request to the plan's other endpoints carries, and nothing else.
pub(crate) const NAMES: [&str; 8] = [
    "accept",
    "authorization",
    "chatgpt-account-id",
    "content-length",
    "content-type",
    "host",
    "originator",
    "user-agent",
];
