//! The few cookies that are kept: Cloudflare's, for ChatGPT's hosts, over https, in memory
//! (contract backend 1.1). A session cookie of a person never gets in.

use std::time::Duration;

use base::Clock;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use url::Url;

/// Cookies between requests of one process.
#[derive(Debug)]
pub(crate) struct Jar {
    clock: Clock,
    kept: Mutex<Vec<Kept>>,
}

#[derive(Debug)]
struct Kept {
    name: String,
    value: String,
    scope: Scope,
    /// On the clock's count of time passed.
    until: Duration,
}

#[derive(Debug, PartialEq, Eq)]
enum Scope {
    Host(String),
    Below(String),
}

impl Jar {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            kept: Mutex::default(),
        }
    }

    /// What to send to `url`.
    pub(crate) fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        let host = eligible(url)?;
        let now = self.clock.passed();
        let mut kept = self.kept.lock();
        kept.retain(|cookie| cookie.until > now);
        let pairs: Vec<String> = kept
            .iter()
            .filter(|cookie| cookie.scope.covers(host))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        drop(kept);
        if pairs.is_empty() {
            return None;
        }
        let mut value = HeaderValue::try_from(pairs.join("; ")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Keeps what an answer from `url` sets, if it may be kept.
    pub(crate) fn keep(&self, url: &Url, headers: &HeaderMap) {
        let Some(host) = eligible(url) else {
            return;
        };
        for set in headers.get_all(SET_COOKIE) {
            let parsed = set.to_str().ok().and_then(|set| self.parse(set, host));
            let Some(cookie) = parsed else { continue };
            let mut kept = self.kept.lock();
            kept.retain(|old| old.name != cookie.name || old.scope != cookie.scope);
            if !cookie.value.is_empty() && cookie.until > self.clock.passed() {
                kept.push(cookie);
            }
        }
    }

    /// Forgets everything: a cookie that was given on another network locks us out
    /// (contract backend 1.3).
    pub(crate) fn clear(&self) {
        self.kept.lock().clear();
    }

    fn parse(&self, set: &str, host: &str) -> Option<Kept> {
        let mut parts = set.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        if !is_cloudflare(name) {
            return None;
        }
        let mut scope = Scope::Host(host.to_owned());
        let mut lifetime = LONGEST;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    let below = Scope::Below(domain);
                    if !below.covers(host) || !below.is_ours() {
                        return None;
                    }
                    scope = below;
                }
                "path" if value != "/" => return None,
                "max-age" => lifetime = lifetime.min(seconds(value)),
                _ => {}
            }
        }
        Some(Kept {
            name: name.to_owned(),
            value: value.to_owned(),
            scope,
            until: self.clock.passed() + lifetime,
        })
    }
}

impl Scope {
    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Host(own) => own == host,
            Self::Below(domain) => is_below(host, domain),
        }
    }

    fn is_ours(&self) -> bool {
        match self {
            Self::Host(name) | Self::Below(name) => {
                HOSTS.iter().any(|domain| is_below(name, domain))
            }
        }
    }
}

/// The host of `url`, where it is one whose cookies are kept.
fn eligible(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    let ours = HOSTS.iter().any(|domain| is_below(host, domain));
    (url.scheme() == "https" && ours).then_some(host)
}

fn is_below(host: &str, domain: &str) -> bool {
    let rest = host.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_cloudflare(name: &str) -> bool {
    matches!(name, "__cf_bm" | "_cfuvid") || name.starts_with("cf_")
}

fn seconds(value: &str) -> Duration {
    Duration::from_secs(value.parse().unwrap_or(0))
}

const HOSTS: &[&str] = &["chatgpt.com", "chat.openai.com", "chatgpt-staging.com"];

/// As long as Cloudflare lets its bot cookie live; dates are not read, this bounds them.
const LONGEST: Duration = Duration::from_secs(30 * 60);

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    /// What a jar sends to `to` after `from` has set `cookie`.
    fn sent(from: &str, cookie: &str, to: &str) -> Option<String> {
        let (clock, _hand) = Clock::manual(Timestamp::default());
        let jar = Jar::new(clock);
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_str(cookie).unwrap());
        jar.keep(&Url::parse(from).unwrap(), &headers);
        let value = jar.cookies(&Url::parse(to).unwrap())?;
        assert!(value.is_sensitive());
        Some(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn only_cloudflare_cookies_of_chatgpt_over_https_are_kept() {
        let home = "https://chatgpt.com/x";
        let rows = [
            (
                home,
                "__cf_bm=a.b=c; path=/; Secure",
                home,
                Some("__cf_bm=a.b=c"),
            ),
            (home, "_cfuvid=1", home, Some("_cfuvid=1")),
            (
                home,
                "cf_clearance=1; Max-Age=60",
                home,
                Some("cf_clearance=1"),
            ),
            (home, "cf_clearance=1; Max-Age=0", home, None),
            (home, "__cf_bm=", home, None),
            (home, "__cf_bm=1; Path=/other", home, None),
            (home, "session=1", home, None),
            (home, "__Secure-next-auth.session-token=1", home, None),
            (home, "__cf_bm=1", "http://chatgpt.com/", None),
            (home, "__cf_bm=1", "https://gov.chatgpt.com/", None),
            (
                home,
                "__cf_bm=1; Domain=.chatgpt.com",
                "https://gov.chatgpt.com/",
                Some("__cf_bm=1"),
            ),
            (home, "__cf_bm=1; Domain=com", home, None),
            (
                "https://gov.chatgpt.com",
                "__cf_bm=1; domain=chatgpt.com",
                home,
                Some("__cf_bm=1"),
            ),
            ("http://chatgpt.com", "__cf_bm=1", home, None),
            (
                "https://evil-chatgpt.com",
                "__cf_bm=1",
                "https://evil-chatgpt.com",
                None,
            ),
            (
                "https://auth.openai.com",
                "__cf_bm=1",
                "https://auth.openai.com",
                None,
            ),
        ];
        for (from, cookie, to, expected) in rows {
            assert_eq!(
                sent(from, cookie, to).as_deref(),
                expected,
                "{from} {cookie} {to}"
            );
        }
    }

    /// A cookie replayed from another address is worse than none (contract backend 12, trap 21).
    #[test]
    fn another_process_begins_without_cookies() {
        let (clock, _hand) = Clock::manual(Timestamp::default());
        let url = Url::parse("https://chatgpt.com").unwrap();
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_static("__cf_bm=1"));
        let jar = Jar::new(clock.clone());
        jar.keep(&url, &headers);
        assert!(jar.cookies(&url).is_some());
        assert!(Jar::new(clock).cookies(&url).is_none());
    }

    #[test]
    fn a_cookie_is_replaced_and_ends_at_its_time() {
        let (clock, hand) = Clock::manual(Timestamp::default());
        let jar = Jar::new(clock);
        let url = Url::parse("https://chatgpt.com").unwrap();
        for value in ["__cf_bm=1", "__cf_bm=2; Max-Age=60"] {
            let mut headers = HeaderMap::new();
            headers.append(SET_COOKIE, HeaderValue::from_static(value));
            jar.keep(&url, &headers);
        }
        assert_eq!(jar.cookies(&url).unwrap(), "__cf_bm=2");
        hand.advance(Duration::from_secs(60));
        assert!(jar.cookies(&url).is_none());
    }
}
