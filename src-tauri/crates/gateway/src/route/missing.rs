//! What OpenAI's API has and this server does not, each with its reason.

use http::Method;

/// Why `path` is not served. `path` has no version in front.
pub(super) fn why(method: &Method, path: &[&str]) -> String {
    if let ["files", _, rest @ ..] = path {
        return match rest {
            [] => "the backend keeps what it was given and has no way to delete a file".to_owned(),
            _ => "the backend does not give the content of a file back".to_owned(),
        };
    }
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
        &["embeddings"],
        "a ChatGPT plan has no embeddings; use an API key of a provider that has",
    ),
    (
        &["moderations"],
        "a ChatGPT plan has no moderations endpoint",
    ),
    (&["audio", "speech"], "a ChatGPT plan has no text to speech"),
    (
        &["audio", "translations"],
        "the backend only transcribes; send the file to `audio/transcriptions` and have the text translated by `responses`",
    ),
    (
        &["images", "variations"],
        "a ChatGPT plan makes no variations; send the picture to `images/edits` and say what to vary",
    ),
    (&["videos"], "a ChatGPT plan has no video endpoint"),
    (
        &["realtime"],
        "a ChatGPT plan has no realtime API for other programs",
    ),
    (
        &["uploads"],
        "a file is sent in one piece; use `files`, or `input_file` with `file_data` inside the request",
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
        "a ChatGPT plan has no message batches; `messages` and `messages/count_tokens` are served",
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
