//! What a person does next in a sign-in.

use serde::Serialize;
use ts_rs::TS;

use crate::ask::Way;

/// What a person does next in a sign-in. It holds nothing that signs anybody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInStep {
    /// The way that was chosen.
    pub way: Way,
    /// The page to open.
    pub url: String,
    /// The code to type in there, where the way has one.
    pub code: Option<String>,
    /// When the code stops working.
    pub expires_at_ms: Option<i64>,
    /// When the sign-in began.
    pub since_ms: i64,
    /// True where the browser of this computer was asked to open the page, and said it would.
    pub opened: bool,
}
