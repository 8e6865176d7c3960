//! Rule 2: whether a web page asks, and which.

use http::header::ORIGIN;
use http::{HeaderMap, HeaderValue};

/// The page behind a request.
#[derive(Debug)]
pub(super) enum Page {
    /// None: a program asks.
    None,
    /// One the person trusts.
    Allowed(HeaderValue),
    /// Any other, with the origin it named, if it named one.
    Foreign(Option<HeaderValue>),
}

/// Reads `Origin` and `Sec-Fetch-Site`.
pub(super) fn page(headers: &HeaderMap, allowed: &[String]) -> Page {
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) if is_listed(origin, allowed) => Page::Allowed(origin.clone()),
        (Some(origin), None) => Page::Foreign(Some(origin.clone())),
        (Some(_), Some(_)) => Page::Foreign(None),
        (None, _) if is_from_elsewhere(headers) => Page::Foreign(None),
        (None, _) => Page::None,
    }
}

/// The origin as text that is fit for a log.
pub(super) fn told(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(ORIGIN)?.to_str().ok()?;
    Some(origin.chars().take(256).collect())
}

fn is_listed(origin: &HeaderValue, allowed: &[String]) -> bool {
    let listed = |one: &String| one.as_bytes().eq_ignore_ascii_case(origin.as_bytes());
    allowed.iter().any(listed)
}

/// Without `Origin`, as `<img>` and `<script>` ask. `same-site` is another port or a sibling.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    sites.any(|site| {
        let site = site.as_bytes().trim_ascii();
        site.eq_ignore_ascii_case(b"cross-site") || site.eq_ignore_ascii_case(b"same-site")
    })
}
