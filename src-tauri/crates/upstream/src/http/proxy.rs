//! Which way a request leaves this machine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use url::Url;

use super::BuildFault;
use crate::ourselves::is_loopback;

/// Everything but loopback goes through `chosen`, or where the system's settings say. `None` where
/// all goes straight, as nearly everywhere: a proxy that is never used costs every request something.
pub(super) fn route(chosen: Option<&Url>) -> Result<Option<reqwest::Proxy>, BuildFault> {
    let Some(chosen) = chosen else {
        let system = Matcher::from_system();
        return Ok(names_any(&system).then(|| {
            reqwest::Proxy::custom(move |to| {
                (!is_loopback(to)).then(|| through(&system, to)).flatten()
            })
        }));
    };
    if !SCHEMES.contains(&chosen.scheme()) || chosen.host().is_none() {
        return Err(BuildFault::Proxy {
            scheme: chosen.scheme().to_owned(),
        });
    }
    let chosen = chosen.clone();
    Ok(Some(reqwest::Proxy::custom(move |to| {
        (!is_loopback(to)).then(|| chosen.clone())
    })))
}

/// True where the system's settings name a proxy for anybody: for hosts that nobody excepts.
fn names_any(system: &Matcher) -> bool {
    let strangers = ["http://postern.invalid", "https://postern.invalid"];
    let mut strangers = strangers.into_iter().map(http::Uri::from_static);
    strangers.any(|stranger| system.intercept(&stranger).is_some())
}

fn through(system: &Matcher, to: &Url) -> Option<Url> {
    let proxy = system.intercept(&to.as_str().parse().ok()?)?;
    let mut url = Url::parse(&proxy.uri().to_string()).ok()?;
    if let Some((user, password)) = login(&proxy) {
        // Both fail only for addresses without a host, which no proxy has.
        let _ = url.set_username(&user);
        let _ = url.set_password(Some(&password));
    }
    Some(url)
}

/// The name and password that the settings gave for the proxy.
fn login(proxy: &Intercept) -> Option<(String, String)> {
    if let Some((user, password)) = proxy.raw_auth() {
        return Some((user.to_owned(), password.to_owned()));
    }
    let basic = proxy.basic_auth()?.to_str().ok()?;
    let plain = STANDARD.decode(basic.strip_prefix("Basic ")?).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (user, password) = plain.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

const SCHEMES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_of_the_system_keeps_its_login() {
        let rows = [
            ("http://proxy.test:8080", "http://proxy.test:8080/"),
            (
                "http://me:se%20cret@proxy.test",
                "http://me:se%20cret@proxy.test/",
            ),
            (
                "socks5h://me:pw@proxy.test:1080",
                "socks5h://me:pw@proxy.test:1080",
            ),
        ];
        for (set, used) in rows {
            let system = Matcher::builder().all(set.to_owned()).build();
            let to = Url::parse("https://chatgpt.com/backend-api").unwrap();
            let url = through(&system, &to).unwrap();
            assert_eq!(
                url.as_str().trim_end_matches('/'),
                used.trim_end_matches('/'),
                "{set}"
            );
        }
    }

    #[test]
    fn who_names_no_proxy_has_none() {
        let proxy = "http://proxy.test:8080";
        for (system, names) in [
            (Matcher::builder(), false),
            (Matcher::builder().no("chatgpt.com"), false),
            (Matcher::builder().all(proxy).no("*"), false),
            (Matcher::builder().all(proxy), true),
            (Matcher::builder().all(proxy).no("chatgpt.com"), true),
            (Matcher::builder().http(proxy), true),
            (Matcher::builder().https(proxy), true),
        ] {
            let system = system.build();
            assert_eq!(names_any(&system), names, "{system:?}");
        }
    }

    #[test]
    fn only_schemes_of_proxies_are_taken() {
        for (url, good) in [
            ("http://p.test", true),
            ("socks5h://p.test:1", true),
            ("ftp://p.test", false),
            ("data:x", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(route(Some(&url)).is_ok(), good, "{url}");
        }
    }
}
