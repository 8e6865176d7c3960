//! Rule 4: the local key.

use std::sync::Arc;

use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};
use store::{Key, Keys};
use subtle::ConstantTimeEq as _;
use wire::Fault;

/// The key that opens the door.
///
/// # Errors
/// None was sent, several that differ were sent, or the one sent opens nothing.
pub(crate) fn admit(headers: &HeaderMap, keys: &Keys) -> Result<Arc<Key>, Fault> {
    let mut presented = presented(headers);
    let first = presented.next().ok_or(Fault::NoKey)?;
    if presented.any(|other| !bool::from(other.ct_eq(first))) {
        return Err(Fault::WrongKey);
    }
    let text = std::str::from_utf8(first).map_err(|_| Fault::WrongKey)?;
    keys.admit(text).ok_or(Fault::WrongKey)
}

/// Every key in the headers. Other schemes of `Authorization` hold none.
fn presented(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let bearers = headers
        .get_all(AUTHORIZATION)
        .iter()
        .filter_map(|value| bearer(value.as_bytes()));
    let plain = [X_API_KEY, API_KEY]
        .into_iter()
        .flat_map(|name| headers.get_all(name).iter())
        .map(|value| value.as_bytes().trim_ascii());
    bearers.chain(plain).filter(|key| !key.is_empty())
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, key) = value.split_at_checked(SCHEME.len())?;
    scheme
        .eq_ignore_ascii_case(SCHEME)
        .then_some(key.trim_ascii())
}

const SCHEME: &[u8] = b"Bearer ";
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const API_KEY: HeaderName = HeaderName::from_static("api-key");
