//! The Ollama dialect: the laws of `laws.rs` for lines of JSON, and the fate of each field.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking, its helpers too"
)]

mod fields;
mod laws;
#[path = "../laws/script.rs"]
mod script;

use translate::Born;

fn born() -> Born {
    Born {
        id: "0198f6c2".into(),
        created_at: 1_790_000_000,
    }
}
