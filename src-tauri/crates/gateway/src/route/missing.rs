//! What OpenAI's API has and this server does not, each with its reason.

use http::Method;

/// Why `path` is not served. `path` has no version in front.
pub(super) fn why(method: &Method, path: &[&str]) -> String {
    match REASONS.iter().find(|(begin, _)| path.starts_with(begin)) {
        Some((_, reason)) => (*reason).to_owned(),
        None => {
            let path: String = path.join("/").chars().take(200).collect();
            format!("`{method} /{path}` is no endpoint of this server")
        }
    }
}

/// Longest paths first: the first match speaks.
const REASONS: &[(&[&str], &str)] = &[
    (
        &["responses", "compact"],
        "`responses/compact` was retired by the backend; send a `compaction_trigger` item to `responses` instead",
    ),
    (
        &["responses", "input_tokens"],
        "counting input tokens is not served yet",
    ),
    (
        &["responses"],
        "stored responses are not served yet: the backend keeps nothing (`store` is false), so send the whole input each time",
    ),
    (
        &["conversations"],
        "conversations are not served yet: the backend keeps nothing, so send the whole input each time",
    ),
    (
        &["chat", "completions"],
        "stored completions are not served yet: the backend keeps nothing",
    ),
    (
        &["embeddings"],
        "a ChatGPT plan has no embeddings; use an API key of a provider that has",
    ),
    (
        &["moderations"],
        "a ChatGPT plan has no moderations endpoint",
    ),
    (&["audio", "speech"], "a ChatGPT plan has no text to speech"),
    (
        &["audio"],
        "transcriptions and translations are not served yet",
    ),
    (
        &["images"],
        "the image endpoints are not served yet; the `image_generation` tool of `responses` works",
    ),
    (&["videos"], "a ChatGPT plan has no video endpoint"),
    (
        &["realtime"],
        "a ChatGPT plan has no realtime API for other programs",
    ),
    (
        &["files"],
        "files are not kept here; send them inside the request as `input_file` with `file_data`",
    ),
    (
        &["uploads"],
        "files are not kept here; send them inside the request as `input_file` with `file_data`",
    ),
    (&["batches"], "a ChatGPT plan has no batches"),
    (&["fine_tuning"], "a ChatGPT plan has no fine-tuning"),
    (&["fine-tunes"], "a ChatGPT plan has no fine-tuning"),
    (&["evals"], "a ChatGPT plan has no evals"),
    (
        &["vector_stores"],
        "a ChatGPT plan has no vector stores for other programs",
    ),
    (
        &["containers"],
        "a ChatGPT plan has no containers for other programs",
    ),
    (
        &["assistants"],
        "OpenAI retired assistants; use `responses`",
    ),
    (&["threads"], "OpenAI retired assistants; use `responses`"),
    (
        &["organization"],
        "a ChatGPT plan has no administration API",
    ),
    (
        &["messages"],
        "the Anthropic dialect is not served yet; use `responses` or `chat/completions`",
    ),
    (
        &["api"],
        "Ollama's API has a port of its own, which `ollama = true` in the settings opens",
    ),
    (
        &["alpha", "search"],
        "the backend's separate search is not served; use the `web_search` tool of `responses`",
    ),
    (&["memories"], "memories are not served"),
];
