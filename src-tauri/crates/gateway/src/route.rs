//! Method and path to what is asked. `/v1/x`, `/x` and `/v1/v1/x` are the same, because every client
//! has its own idea of where the base URL ends.
//!
//! What OpenAI has and Postern does not is a 404 that says what is missing and why. The Ollama door
//! serves all of this too, and below `/api` what Ollama serves.

mod media;
mod missing;
mod ollama;
mod stateful;

use http::header::UPGRADE;
use http::request::Parts;
use http::{HeaderMap, Method};
use translate::Dialect;
use wire::Fault;

pub(crate) use self::media::Media;
pub(crate) use self::ollama::Ask;
pub(crate) use self::stateful::{OfCompletions, Stateful};

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
    /// A WebSocket for many requests; a Codex CLI asks first of all (contract backend 10.2).
    Upgrade,
    /// Something that is not served, or not like this.
    Unserved(Fault),
    /// Pictures, speech, files.
    Media(Media),
    /// About how many tokens a Messages request has.
    CountTokens,
    /// One of the account's models, as Anthropic shows it.
    AnthropicModel(String),
    /// Something of the store.
    State(Stateful),
    /// What only the Ollama door has.
    Ollama(Ask),
    /// Something that is served, but not for this method; told in the shape of its dialect.
    Misused(Dialect, Fault),
}

/// Which list of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// `{"object":"list","data":[…]}`.
    OpenAi,
    /// `{"models":[…]}`, each entry as the backend has it.
    Codex,
    /// `{"data":[…],"has_more":false}`.
    Anthropic,
}

impl Asked {
    /// The word for it in the log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Speak(dialect) => dialect.as_str(),
            Self::Models(_) | Self::Model(_) | Self::AnthropicModel(_) => "models",
            Self::CountTokens => "count_tokens",
            Self::Health | Self::Ready => "probe",
            Self::Upgrade => Dialect::Responses.as_str(),
            Self::Unserved(_) | Self::Misused(..) => "other",
            Self::Media(media) => media.word(),
            Self::State(asked) => asked.dialect().as_str(),
            Self::Ollama(ask) => ask.word(),
        }
    }

    /// The shape of its errors.
    pub(crate) fn dialect(&self, headers: &HeaderMap) -> Dialect {
        match self {
            Self::Speak(dialect) | Self::Misused(dialect, _) => *dialect,
            Self::CountTokens | Self::AnthropicModel(_) | Self::Models(List::Anthropic) => {
                Dialect::Messages
            }
            Self::Unserved(_) if is_anthropic(headers) => Dialect::Messages,
            Self::Models(_)
            | Self::Model(_)
            | Self::Health
            | Self::Ready
            | Self::Upgrade
            | Self::Unserved(_)
            | Self::Media(_) => Dialect::Responses,
            Self::State(asked) => asked.dialect(),
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
            | Self::Unserved(_)
            | Self::Media(_)
            | Self::CountTokens
            | Self::AnthropicModel(_)
            | Self::State(_)
            | Self::Misused(..) => false,
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
        ["chat", "completions"] => match head.method {
            Method::POST => Asked::Speak(Dialect::Chat),
            Method::GET | Method::HEAD => Asked::State(Stateful::Completions(OfCompletions::List)),
            _ => Asked::Misused(Dialect::Chat, wrong_method(&head.method, "GET, POST")),
        },
        ["messages"] => only_post(&head.method, Dialect::Messages),
        ["messages", "count_tokens"] => match head.method {
            Method::POST => Asked::CountTokens,
            _ => misused(Dialect::Messages, &head.method),
        },
        ["completions"] => only_post(&head.method, Dialect::Completions),
        ["models"] => only_get(&head.method, Asked::Models(list(head))),
        ["models", id @ ..] => only_get(&head.method, model(id, &head.headers)),
        // Claude Code knocks here before it asks.
        ["healthz"] | ["api", "hello"] => only_get(&head.method, Asked::Health),
        ["readyz"] => only_get(&head.method, Asked::Ready),
        other => {
            // Anthropic has files of its own, in another shape.
            let served = !is_anthropic(&head.headers);
            let media = || media::find(&head.method, other);
            let state = || stateful::find(&head.method, other);
            let found = served.then(|| media().or_else(state)).flatten();
            found.unwrap_or_else(|| {
                let why = missing::why(&head.method, other);
                Asked::Unserved(Fault::NoRoute { why })
            })
        }
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

fn list(head: &Parts) -> List {
    let query = head.uri.query().unwrap_or_default();
    let mut names = url::form_urlencoded::parse(query.as_bytes());
    match names.any(|(name, _)| name == "client_version") {
        true => List::Codex,
        false if is_anthropic(&head.headers) => List::Anthropic,
        false => List::OpenAi,
    }
}

fn model(id: &[&str], headers: &HeaderMap) -> Asked {
    match is_anthropic(headers) {
        true => Asked::AnthropicModel(id.join("/")),
        false => Asked::Model(id.join("/")),
    }
}

/// True for what Anthropic's own clients send.
fn is_anthropic(headers: &HeaderMap) -> bool {
    headers.contains_key("anthropic-version")
}

fn only_post(method: &Method, dialect: Dialect) -> Asked {
    match *method {
        Method::POST => Asked::Speak(dialect),
        _ => misused(dialect, method),
    }
}

fn misused(dialect: Dialect, method: &Method) -> Asked {
    Asked::Misused(dialect, wrong_method(method, "POST"))
}

fn posted(method: &Method, asked: Asked) -> Asked {
    match *method {
        Method::POST => asked,
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
mod tests;
