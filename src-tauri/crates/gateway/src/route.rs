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
pub(crate) use self::stateful::Stateful;

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
            Self::Unserved(_) => "other",
            Self::Media(media) => media.word(),
            Self::State(_) => Dialect::Responses.as_str(),
            Self::Ollama(ask) => ask.word(),
        }
    }

    /// The shape of its errors.
    pub(crate) fn dialect(&self, headers: &HeaderMap) -> Dialect {
        match self {
            Self::Speak(dialect) => *dialect,
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
            | Self::Media(_)
            | Self::State(_) => Dialect::Responses,
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
            | Self::State(_) => false,
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
        ["messages"] => only_post(&head.method, Dialect::Messages),
        ["messages", "count_tokens"] => match head.method {
            Method::POST => Asked::CountTokens,
            _ => wrong(&head.method, "POST"),
        },
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
    posted(method, Asked::Speak(dialect))
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
mod tests {
    use http::Request;
    use translate::pictures::Route;

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
            let models = asked("GET", &format!("{prefix}/models"), None);
            assert_eq!(models, Asked::Models(List::OpenAi), "{prefix}");
            let messages = asked("POST", &format!("{prefix}/messages?beta=true"), None);
            assert_eq!(messages, Asked::Speak(Dialect::Messages), "{prefix}");
            let count = asked("POST", &format!("{prefix}/messages/count_tokens"), None);
            assert_eq!(count, Asked::CountTokens, "{prefix}");
        }
    }

    #[test]
    fn rows_of_the_surface() {
        let model = |id: &str| Asked::Model(id.into());
        let media = Asked::Media;
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
            (
                "POST",
                "/images/generations",
                media(Media::Pictures(Route::Generations)),
            ),
            (
                "POST",
                "/v1/images/edits",
                media(Media::Pictures(Route::Edits)),
            ),
            ("POST", "/v1/audio/transcriptions", media(Media::Transcribe)),
            ("POST", "/v1/files", media(Media::NewFile)),
            ("GET", "/files", media(Media::Files)),
            ("GET", "/v1/files/f", media(Media::File("f".into()))),
            ("HEAD", "/readyz", Asked::Ready),
            ("HEAD", "/api/hello", Asked::Health),
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
            ("GET", "/v1/messages", "POST"),
            ("GET", "/v1/messages/count_tokens", "POST"),
            ("OPTIONS", "/v1/responses", "POST"),
            ("POST", "/v1/models", "GET"),
            ("GET", "/v1/images/edits", "POST"),
            ("PUT", "/v1/files", "GET"),
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
    fn anthropics_clients_are_told_in_their_own_shape() {
        let told = |method: &str, uri: &str| {
            let request = Request::builder().method(method).uri(uri);
            let request = request.header("anthropic-version", "2023-06-01");
            let head = request.body(()).unwrap().into_parts().0;
            let asked = find(&head, Door::Main);
            let dialect = asked.dialect(&head.headers);
            (asked, dialect)
        };
        let shape = Dialect::Messages;
        let models = Asked::Models(List::Anthropic);
        assert_eq!(told("GET", "/v1/models"), (models, shape));
        let one = Asked::AnthropicModel("a".into());
        assert_eq!(told("GET", "/v1/models/a"), (one, shape));
        let codex = Asked::Models(List::Codex);
        let codex = (codex, Dialect::Responses);
        assert_eq!(told("GET", "/v1/models?client_version=1.0.0"), codex);
        assert_eq!(told("GET", "/v1/files").1, shape);
        let responses = Asked::Speak(Dialect::Responses);
        let responses = (responses, Dialect::Responses);
        assert_eq!(told("POST", "/v1/responses"), responses);
    }

    #[test]
    fn what_is_missing_is_named_with_its_reason() {
        for (method, uri, says) in [
            ("POST", "/v1/embeddings", "embeddings"),
            ("POST", "/v1/audio/speech", "speech"),
            ("GET", "/v1/responses/a/b", "responses/a/b"),
            ("POST", "/v1/fine_tuning/jobs", "fine-tuning"),
            ("POST", "/v1/images/variations", "variations"),
            ("POST", "/v1/audio/translations", "audio/transcriptions"),
            ("DELETE", "/v1/files/file_1", "delete"),
            ("GET", "/v1/files/file_1/content", "content"),
            ("POST", "/v1/messages/batches", "batches"),
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
