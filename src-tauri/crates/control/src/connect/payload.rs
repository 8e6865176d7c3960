//! How import links carry their JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// `json` in standard base64, percent-encoded: every app here decodes both, and one of them
/// swaps `-` and `_` the wrong way round for the URL alphabet.
pub(super) fn encoded(json: &Value) -> String {
    let text = STANDARD.encode(json.to_string());
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
