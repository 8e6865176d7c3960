//! The one command of the page: JSON in, `control` answers, JSON out.

use control::{Complaint, Engine, Shell};
use serde_json::Value;
use tauri::State;

/// Answers one ask. A failure reaches the page as a [`Complaint`].
#[tauri::command]
pub(crate) async fn ask(engine: State<'_, Engine>, ask: Value) -> Result<Value, Complaint> {
    engine.ask(Shell::Window, ask.to_string().as_bytes()).await
}
