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
        let old = asked("POST", &format!("{prefix}/completions"), None);
        assert_eq!(old, Asked::Speak(Dialect::Completions), "{prefix}");
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
        ("DELETE", "/v1/chat/completions", "GET, POST"),
        ("GET", "/v1/messages", "POST"),
        ("GET", "/v1/messages/count_tokens", "POST"),
        ("GET", "/v1/completions", "POST"),
        ("OPTIONS", "/v1/responses", "POST"),
        ("POST", "/v1/models", "GET"),
        ("GET", "/v1/images/edits", "POST"),
        ("PUT", "/v1/files", "GET"),
        ("POST", "/healthz", "GET"),
    ] {
        let told = asked(method, uri, None);
        assert!(
            matches!(&told,
                Asked::Unserved(Fault::WrongMethod { allow, .. })
                | Asked::Misused(_, Fault::WrongMethod { allow, .. }) if *allow == right),
            "{method} {uri}: {told:?}"
        );
        let shape = match uri.contains("/messages") {
            true => Dialect::Messages,
            false => told.dialect(&HeaderMap::new()),
        };
        assert_eq!(told.dialect(&HeaderMap::new()), shape, "{method} {uri}");
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
