//! What the browser shows when the sign-in ends: one calm page, complete in itself.
//!
//! Guarantees: no token and no code in it; every dynamic text escaped; nothing loaded from anywhere;
//! its script only takes the code out of the address bar.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderName, HeaderValue, Response};
use http_body_util::Full;
use sha2::{Digest as _, Sha256};

use crate::fault::{By, Fault};

/// The page for the way a sign-in ended.
pub(crate) fn ended(outcome: Result<(), &Fault>) -> Response<Full<Bytes>> {
    match outcome {
        Ok(()) => page(
            "You are signed in",
            "You can close this tab and go back to Postern.",
            TICK,
        ),
        Err(fault) => page(title(fault), &fault.to_string(), CROSS),
    }
}

fn title(fault: &Fault) -> &'static str {
    let has_no_codex = matches!(fault, Fault::Denied(words) if words == super::NO_ENTITLEMENT);
    let was_given_up = matches!(fault, Fault::Cancelled(By::Person | By::AnotherProgram));
    match (has_no_codex, was_given_up) {
        (true, _) => "You do not have access to Codex",
        (false, true) => "Sign-in was cancelled",
        (false, false) => "Sign-in could not be completed",
    }
}

fn page(title: &str, text: &str, mark: &str) -> Response<Full<Bytes>> {
    let filled = TEMPLATE
        .replace("{{style}}", STYLE)
        .replace("{{script}}", SCRIPT)
        .replace("{{mark}}", mark)
        .replace("{{title}}", &escape(title))
        // Last, so that nothing in it is taken for a place to fill.
        .replace("{{text}}", &escape(text));
    let mut response = Response::new(Full::new(Bytes::from(filled)));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    for (name, value) in SAFETY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Hashes are of the base64 alphabet, so this cannot fail; without the header there is no page.
    if let Ok(policy) = HeaderValue::try_from(content_policy()) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn content_policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Headers of every answer of the callback server.
pub(crate) const SAFETY: [(HeaderName, &str); 3] = [
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (http::header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = ":root{color-scheme:light dark;--ground:#f7f6f3;--ink:#23211d;--quiet:#5c574e;--door:#2f6f5e}\
@media(prefers-color-scheme:dark){:root{--ground:#1b1a18;--ink:#efece6;--quiet:#b3ada2;--door:#7cc4ae}}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
main{max-width:30rem;padding:2rem;text-align:center}svg{color:var(--door)}h1{font-size:1.5rem;margin:1rem 0 .5rem}p{margin:0;color:var(--quiet);overflow-wrap:anywhere}";
const SCRIPT: &str = "history.replaceState(null,'','/success')";
const TICK: &str = "M17 31l5 5 9-10";
const CROSS: &str = "M19 27l10 10M29 27L19 37";

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn text(response: Response<Full<Bytes>>) -> String {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn dynamic_text_is_escaped() {
        let fault = Fault::Denied("<script>alert(\"1\")</script> & 'more' {{title}}".into());
        let html = text(ended(Err(&fault))).await;
        assert!(
            html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;")
        );
        assert!(!html.contains("<script>alert"));
    }

    #[tokio::test]
    async fn a_missing_entitlement_has_a_title_of_its_own() {
        let fault = super::super::Refusal::NoEntitlement.fault();
        let html = text(ended(Err(&fault))).await;
        assert!(html.contains("<h1>You do not have access to Codex</h1>"));
        assert!(html.contains("Contact your workspace administrator"));
        let other = text(ended(Err(&Fault::Denied("Sign-in failed: x".into())))).await;
        assert!(other.contains("<h1>Sign-in could not be completed</h1>"));
    }

    #[tokio::test]
    async fn a_page_is_complete_in_itself_and_kept_nowhere() {
        let response = ended(Ok(()));
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(
            header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-")
        );
        let html = text(response).await;
        assert!(html.contains("You are signed in") && !html.contains("{{"));
        for loaded in ["src=", "href=", "url(", "@import", "http://", "https://"] {
            assert!(!html.contains(loaded), "{loaded}");
        }
    }
}
