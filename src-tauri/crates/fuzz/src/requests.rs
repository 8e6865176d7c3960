//! Requests: any body is refused with a reason in JSON, or becomes an ask that has exactly the
//! fields the backend accepts (contract backend 1.4; trap 2).

use serde_json::Value;
use translate::{Dialect, Given, Measure, OllamaForm, Translated, error_body};
use wire::Fault;
use wire::json::{self, Object};
use wire::responses::Target;

/// `POST /v1/responses`.
pub(crate) fn responses(data: &[u8]) {
    check(Dialect::Responses, data, translate::responses::request);
}

/// `POST /v1/chat/completions`.
pub(crate) fn chat(data: &[u8]) {
    check(Dialect::Chat, data, translate::chat::request);
}

/// `POST /v1/messages`, and the count of its tokens.
pub(crate) fn messages(data: &[u8]) {
    check(Dialect::Messages, data, translate::messages::request);
    let counted = translate::messages::count(data, Measure::Thumb);
    assert!(
        counted.is_ok()
            || json::read(data, |ask| translate::messages::request(
                ask,
                &Given::default()
            ))
            .is_err()
    );
}

/// `POST /v1/completions`.
pub(crate) fn completions(data: &[u8]) {
    check(Dialect::Completions, data, translate::completions::request);
}

/// `POST /api/chat`.
pub(crate) fn ollama_chat(data: &[u8]) {
    ollama(OllamaForm::Chat, data);
}

/// `POST /api/generate`.
pub(crate) fn ollama_generate(data: &[u8]) {
    ollama(OllamaForm::Generate, data);
}

fn ollama(form: OllamaForm, data: &[u8]) {
    let read = |ask: &Object<'_>, given: &Given<'_>| translate::ollama::request(form, ask, given);
    check(Dialect::Ollama(form), data, read);
}

fn check(
    dialect: Dialect,
    data: &[u8],
    read: impl Fn(&Object<'_>, &Given<'_>) -> Result<Translated, Fault>,
) {
    for target in [Target::Plan, Target::Platform] {
        let given = Given {
            target,
            ..Given::default()
        };
        match json::read(data, |ask| read(ask, &given)) {
            Ok(translated) => {
                let json = translated.request.to_json(target);
                let ask: Value = serde_json::from_slice(&json).unwrap();
                let ask = ask.as_object().unwrap();
                assert_eq!(ask["stream"], true);
                assert!(ask["input"].is_array() && ask["model"].is_string());
                if target == Target::Plan && !translated.lite {
                    let stray = ask.keys().find(|name| !ACCEPTED.contains(&name.as_str()));
                    assert_eq!(stray, None);
                }
                for name in &translated.ignored {
                    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b',';
                    assert!(name.bytes().all(fits), "{name:?} cannot stand in a header");
                }
            }
            Err(fault) => {
                let body = error_body(dialect, &fault, "req_1");
                let body: Value = serde_json::from_slice(&body).unwrap();
                let error = &body["error"];
                assert!(error.is_string() || error["message"].is_string());
            }
        }
    }
}

/// The allowlist of contract backend 1.4.
const ACCEPTED: [&str; 15] = [
    "model",
    "instructions",
    "input",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "store",
    "stream",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "client_metadata",
    "stream_options",
];
