//! Everything that reads what a stranger wrote, one function each: it is given any bytes, must not
//! panic, and must keep its laws.
//!
//! `cargo xtask fuzz` throws at each what libFuzzer thinks up, beginning with the golden cases;
//! `tests/cases.rs` throws the same cases in every test run, and those that once found something.
#![expect(clippy::unwrap_used, reason = "a broken law is reported by panicking")]

mod answer;
mod bodies;
mod callback;
mod frames;
mod requests;
mod settings;
mod state;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// All of them, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("frames", frames::run),
    ("responses", requests::responses),
    ("chat", requests::chat),
    ("messages", requests::messages),
    ("completions", requests::completions),
    ("ollama-chat", requests::ollama_chat),
    ("ollama-generate", requests::ollama_generate),
    ("state", state::run),
    ("answer", answer::run),
    ("bodies", bodies::run),
    ("callback", callback::run),
    ("settings", settings::run),
];

/// The target of this name.
pub fn target(name: &str) -> Option<Target> {
    let mut targets = TARGETS.iter();
    targets
        .find(|(known, _)| *known == name)
        .map(|(_, run)| *run)
}
