//! Method and path to what is asked. `/v1/x`, `/x` and `/v1/v1/x` are the same, because every client
//! has its own idea of where the base URL ends.
//!
//! What OpenAI has and Postern does not is a 404 that says what is missing and why. The Ollama door
//! serves all of this too, and below `/api` what Ollama serves.

mod missing;
mod ollama;

use http::header::UPGRADE;
use http::request::Parts;
use http::{HeaderMap, Method};
use translate::Dialect;
use wire::Fault;

pub(crate) use self::ollama::Ask;

/// Which door a request came in at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The one that every app knows.
    Main,
    /// The one for apps that speak Ollama's API.
    Ollama,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// An answer of a model.
    Speak(Dialect),
    /// The account's models.
    Models(List),
    /// One of them.
    Model(String),
    /// Whether the server lives. Open to everyone.
    Health,
    /// Whether it could serve a request now. Open to everyone.
    Ready,
    /// A WebSocket instead of HTTP; a Codex CLI asks first of all (contract backend 10.2).
    Upgrade,
    /// Something that is not served, or not like this.
    Unserved(Fault),
    /// What only the Ollama door has.
    Ollama(Ask),
}

/// Which list of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// `{"object":"list","data":[…]}`.
    OpenAi,
    /// `{"models":[…]}`, each entry as the backend has it.
    Codex,
}

impl Asked {
    /// The word for it in the log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Speak(dialect) => dialect.as_str(),
            Self::Models(_) | Self::Model(_) => "models",
            Self::Health | Self::Ready => "probe",
            Self::Upgrade => Dialect::Responses.as_str(),
            Self::Unserved(_) => "other",
            Self::Ollama(ask) => ask.word(),
        }
    }

    /// The shape of its errors.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Speak(dialect) => *dialect,
            Self::Models(_)
            | Self::Model(_)
            | Self::Health
            | Self::Ready
            | Self::Upgrade
            | Self::Unserved(_) => Dialect::Responses,
            Self::Ollama(ask) => ask.dialect(),
        }
    }

    /// True for what anyone may ask, as often as they like; the log does not name it.
    pub(crate) fn is_probe(&self) -> bool {
        match self {
            Self::Health | Self::Ready => true,
            Self::Ollama(ask) => ask.is_probe(),
            Self::Speak(_)
            | Self::Models(_)
            | Self::Model(_)
            | Self::Upgrade
            | Self::Unserved(_) => false,
        }
    }
}

/// What `head` asks for at `door`.
pub(crate) fn find(head: &Parts, door: Door) -> Asked {
    let segments = segments(head.uri.path());
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        [] | ["api", ..] if door == Door::Ollama => ollama::find(&head.method, &path),
        ["responses"] if wants_websocket(&head.headers) => Asked::Upgrade,
        ["responses"] => only_post(&head.method, Dialect::Responses),
        ["chat", "completions"] => only_post(&head.method, Dialect::Chat),
        ["completions"] => only_post(&head.method, Dialect::Completions),
        ["models"] => only_get(&head.method, Asked::Models(list(head.uri.query()))),
        ["models", id @ ..] => only_get(&head.method, Asked::Model(id.join("/"))),
        ["healthz"] => only_get(&head.method, Asked::Health),
        ["readyz"] => only_get(&head.method, Asked::Ready),
        other => Asked::Unserved(Fault::NoRoute {
            why: missing::why(&head.method, other),
        }),
    }
}

/// The path's parts, decoded, without empty ones and without the version.
fn segments(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    let mut parts: Vec<String> = parts.map(decoded).collect();
    let versions = parts.iter().take(VERSIONS).take_while(|part| *part == "v1");
    let versions = versions.count();
    parts.drain(..versions);
    parts
}

fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| byte == b'%').and_then(hex_byte);
        match escaped {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    plain.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

fn wants_websocket(headers: &HeaderMap) -> bool {
    let mut upgrades = headers.get_all(UPGRADE).iter();
    upgrades.any(|value| {
        value
            .as_bytes()
            .to_ascii_lowercase()
            .starts_with(b"websocket")
    })
}

fn list(query: Option<&str>) -> List {
    let mut names = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    match names.any(|(name, _)| name == "client_version") {
        true => List::Codex,
        false => List::OpenAi,
    }
}

fn only_post(method: &Method, dialect: Dialect) -> Asked {
    match *method {
        Method::POST => Asked::Speak(dialect),
        _ => wrong(method, "POST"),
    }
}

fn only_get(method: &Method, asked: Asked) -> Asked {
    match *method {
        Method::GET | Method::HEAD => asked,
        _ => wrong(method, "GET"),
    }
}

fn wrong(method: &Method, allow: &'static str) -> Asked {
    Asked::Unserved(wrong_method(method, allow))
}

fn wrong_method(method: &Method, allow: &'static str) -> Fault {
    Fault::WrongMethod {
        method: method.as_str().chars().take(20).collect(),
        allow,
    }
}

/// `/v1/v1/x` is what comes of a base URL that was completed twice.
const VERSIONS: usize = 2;

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn asked(method: &str, uri: &str, upgrade: Option<&str>) -> Asked {
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(upgrade) = upgrade {
            request = request.header(UPGRADE, upgrade);
        }
        find(&request.body(()).unwrap().into_parts().0, Door::Main)
    }

    #[test]
    fn every_spelling_reaches_the_same_handler() {
        for prefix in ["", "/v1", "/v1/v1", "//v1/"] {
            let responses = asked("POST", &format!("{prefix}/responses"), None);
            assert_eq!(responses, Asked::Speak(Dialect::Responses), "{prefix}");
            let chat = asked("POST", &format!("{prefix}/chat/completions/"), None);
            assert_eq!(chat, Asked::Speak(Dialect::Chat), "{prefix}");
            let old = asked("POST", &format!("{prefix}/completions"), None);
            assert_eq!(old, Asked::Speak(Dialect::Completions), "{prefix}");
            let models = asked("GET", &format!("{prefix}/models"), None);
            assert_eq!(models, Asked::Models(List::OpenAi), "{prefix}");
        }
    }

    #[test]
    fn rows_of_the_surface() {
        let model = |id: &str| Asked::Model(id.into());
        let rows = [
            (
                "GET",
                "/v1/models?client_version=0.153.0",
                Asked::Models(List::Codex),
            ),
            (
                "GET",
                "/v1/models?x=client_version",
                Asked::Models(List::OpenAi),
            ),
            ("GET", "/v1/models/gpt-5.6-terra", model("gpt-5.6-terra")),
            (
                "GET",
                "/v1/models/openai%2Fgpt-5.5",
                model("openai/gpt-5.5"),
            ),
            ("HEAD", "/v1/models/a/b", model("a/b")),
            ("GET", "/healthz", Asked::Health),
            ("HEAD", "/readyz", Asked::Ready),
        ];
        for (method, uri, expected) in rows {
            assert_eq!(asked(method, uri, None), expected, "{method} {uri}");
        }
    }

    #[test]
    fn the_wrong_method_is_told_the_right_one() {
        for (method, uri, right) in [
            ("GET", "/v1/responses", "POST"),
            ("DELETE", "/v1/chat/completions", "POST"),
            ("GET", "/v1/completions", "POST"),
            ("OPTIONS", "/v1/responses", "POST"),
            ("POST", "/v1/models", "GET"),
            ("POST", "/healthz", "GET"),
        ] {
            let told = asked(method, uri, None);
            assert!(
                matches!(&told, Asked::Unserved(Fault::WrongMethod { allow, .. }) if *allow == right),
                "{method} {uri}: {told:?}"
            );
        }
    }

    #[test]
    fn a_websocket_is_seen_only_where_one_could_be() {
        assert_eq!(
            asked("GET", "/v1/responses", Some("websocket")),
            Asked::Upgrade
        );
        assert_eq!(
            asked("GET", "/responses", Some("WebSocket")),
            Asked::Upgrade
        );
        let elsewhere = asked("GET", "/v1/realtime", Some("websocket"));
        assert!(matches!(elsewhere, Asked::Unserved(Fault::NoRoute { .. })));
        let h2c = asked("POST", "/v1/responses", Some("h2c"));
        assert_eq!(h2c, Asked::Speak(Dialect::Responses));
    }

    #[test]
    fn what_is_missing_is_named_with_its_reason() {
        for (method, uri, says) in [
            ("POST", "/v1/embeddings", "embeddings"),
            ("POST", "/v1/audio/speech", "speech"),
            ("POST", "/v1/responses/compact", "compact"),
            ("GET", "/v1/responses/resp_1", "store"),
            ("POST", "/v1/fine_tuning/jobs", "fine-tuning"),
            ("POST", "/v1/images/generations", "image"),
            ("GET", "/nothing/at/all", "GET /nothing/at/all"),
            ("GET", "/api/tags", "`ollama = true`"),
        ] {
            let Asked::Unserved(Fault::NoRoute { why }) = asked(method, uri, None) else {
                panic!("{method} {uri} is served");
            };
            assert!(why.contains(says), "{method} {uri}: {why}");
        }
    }
}
