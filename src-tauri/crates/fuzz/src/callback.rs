//! The address a browser comes back to: a code counts only with the state that was sent
//! (contract auth 1.4).

use auth::Callback;
use base::Secret;

pub(crate) fn run(data: &[u8]) {
    let query = String::from_utf8_lossy(data);
    match Callback::read(&query, &Secret::new(STATE)) {
        Callback::StateMismatch => {}
        Callback::Refused(_) | Callback::MissingCode => assert!(query.contains("state=")),
        Callback::Code(code) => {
            assert!(query.contains("state=") && !code.reveal().is_empty());
        }
    }
}

const STATE: &str = "s0meState";
