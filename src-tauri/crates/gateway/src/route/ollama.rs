//! What Ollama serves, as far as it has a meaning here (contract backend 8.4).

use http::Method;
use translate::{Dialect, OllamaForm};
use wire::Fault;

use super::{Asked, wrong_method};

/// What only the Ollama door has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// `GET /`: whether Ollama runs. Open to everyone.
    Greeting,
    /// `GET /api/version`. Open to everyone.
    Version,
    /// `GET /api/tags`: the account's models.
    Tags,
    /// `POST /api/show`: one of them.
    Show,
    /// `GET /api/ps`: which are loaded.
    Running,
    /// `POST /api/chat` or `POST /api/generate`.
    Speak(OllamaForm),
    /// Something that is not served, or not like this.
    Unserved(Fault),
}

impl Ask {
    /// The word for it in the log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Speak(form) => form.as_str(),
            Self::Tags | Self::Show | Self::Running => "models",
            Self::Greeting | Self::Version => "probe",
            Self::Unserved(_) => "other",
        }
    }

    /// The shape of its errors, which is the same for both forms.
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Speak(form) => Dialect::Ollama(*form),
            Self::Greeting
            | Self::Version
            | Self::Tags
            | Self::Show
            | Self::Running
            | Self::Unserved(_) => Dialect::Ollama(OllamaForm::Chat),
        }
    }

    pub(super) fn is_probe(&self) -> bool {
        match self {
            Self::Greeting | Self::Version => true,
            Self::Tags | Self::Show | Self::Running | Self::Speak(_) | Self::Unserved(_) => false,
        }
    }
}

/// What is asked for at the root or below `api`.
pub(super) fn find(method: &Method, path: &[&str]) -> Asked {
    let get = |ask| match *method {
        Method::GET | Method::HEAD => ask,
        _ => Ask::Unserved(wrong_method(method, "GET")),
    };
    let post = |ask| match *method {
        Method::POST => ask,
        _ => Ask::Unserved(wrong_method(method, "POST")),
    };
    Asked::Ollama(match path {
        [] => get(Ask::Greeting),
        ["api", "version"] => get(Ask::Version),
        ["api", "tags"] => get(Ask::Tags),
        ["api", "ps"] => get(Ask::Running),
        ["api", "show"] => post(Ask::Show),
        ["api", "chat"] => post(Ask::Speak(OllamaForm::Chat)),
        ["api", "generate"] => post(Ask::Speak(OllamaForm::Generate)),
        other => Ask::Unserved(Fault::NoRoute {
            why: why(method, other),
        }),
    })
}

/// Why `path` is not served.
fn why(method: &Method, path: &[&str]) -> String {
    let last = path.get(1).copied().unwrap_or_default();
    match MISSING.iter().find(|(names, _)| names.contains(&last)) {
        Some((_, reason)) => (*reason).to_owned(),
        None => {
            let path: String = path.join("/").chars().take(200).collect();
            format!("`{method} /{path}` is no endpoint of this server")
        }
    }
}

/// What Ollama serves besides, each with the reason why it is not served here.
const MISSING: &[(&[&str], &str)] = &[
    (
        &["pull", "push", "create", "copy", "delete", "blobs"],
        "models are neither fetched nor made here; `GET /api/tags` lists those of the account",
    ),
    (
        &["embed", "embeddings"],
        "a ChatGPT plan has no embeddings; use an API key of a provider that has",
    ),
    (
        &["me", "signout", "user"],
        "there is no account at ollama.com behind this server",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Door;

    fn asked(method: &str, uri: &str) -> Asked {
        let request = http::Request::builder().method(method).uri(uri);
        let head = request.body(()).unwrap().into_parts().0;
        crate::route::find(&head, Door::Ollama)
    }

    #[test]
    fn rows_of_the_surface() {
        for (method, uri, expected) in [
            ("GET", "/", Ask::Greeting),
            ("HEAD", "/", Ask::Greeting),
            ("GET", "/api/version", Ask::Version),
            ("HEAD", "/api/tags", Ask::Tags),
            ("GET", "/api/tags/", Ask::Tags),
            ("GET", "/v1/api/tags", Ask::Tags),
            ("GET", "/api/ps", Ask::Running),
            ("POST", "/api/show", Ask::Show),
            ("POST", "/api/chat", Ask::Speak(OllamaForm::Chat)),
            ("POST", "/api/generate", Ask::Speak(OllamaForm::Generate)),
        ] {
            assert_eq!(
                asked(method, uri),
                Asked::Ollama(expected),
                "{method} {uri}"
            );
        }
    }

    #[test]
    fn the_ordinary_surface_is_behind_this_door_too() {
        let responses = Asked::Speak(Dialect::Responses);
        assert_eq!(asked("POST", "/v1/responses"), responses);
        let chat = Asked::Speak(Dialect::Chat);
        assert_eq!(asked("POST", "/v1/chat/completions"), chat);
        assert_eq!(asked("GET", "/healthz"), Asked::Health);
        assert!(matches!(asked("GET", "/v1/models"), Asked::Models(_)));
    }

    #[test]
    fn what_is_missing_is_named_with_its_reason() {
        for (method, uri, says) in [
            ("POST", "/api/pull", "/api/tags"),
            ("DELETE", "/api/delete", "/api/tags"),
            ("HEAD", "/api/blobs/sha256:0", "/api/tags"),
            ("POST", "/api/embed", "embeddings"),
            ("POST", "/api/me", "ollama.com"),
            ("POST", "/api/x", "POST /api/x"),
            ("GET", "/api/chat", "POST"),
            ("POST", "/api/tags", "GET"),
        ] {
            let Asked::Ollama(Ask::Unserved(fault)) = asked(method, uri) else {
                panic!("{method} {uri} is served");
            };
            assert!(fault.to_string().contains(says), "{method} {uri}: {fault}");
        }
    }
}
