//! From [`Written`] to [`Settings`]: every rule, one line each.

mod ollama;
mod suffixes;

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use url::{Host, Url};

use self::suffixes::SUFFIXES;
use super::secrecy;
use super::{ChatReasoning, Language, Notification, Problem, Settings, Theme, Written};
use crate::vault::VaultKind;

pub(super) fn check(written: &Written) -> Result<Settings, Vec<Problem>> {
    let all = written.clone().over(Written::defaults());
    let mut desk = Desk(Vec::new());
    let settings = Settings {
        port: desk.number("port", all.port, 0..=65535),
        listen: desk.listen(all.listen),
        issuer: desk.service("issuer", all.issuer),
        upstream: desk.service("upstream", all.upstream),
        platform_base: desk.service("platform_base", all.platform_base),
        allowed_hosts: desk.each("allowed_hosts", all.allowed_hosts, host),
        allowed_origins: desk.each("allowed_origins", all.allowed_origins, origin),
        default_instructions: desk.text("default_instructions", all.default_instructions, prose),
        fetch_remote_images: all.fetch_remote_images.unwrap_or_default(),
        chat_reasoning: desk.word("chat_reasoning", all.chat_reasoning, REASONINGS),
        keep_alive: desk.seconds("keep_alive_secs", all.keep_alive_secs, 1..=300),
        connect_timeout: desk.seconds("connect_timeout_secs", all.connect_timeout_secs, 1..=300),
        first_event_timeout: desk.seconds(
            "first_event_timeout_secs",
            all.first_event_timeout_secs,
            1..=3600,
        ),
        idle_timeout: desk.seconds("idle_timeout_secs", all.idle_timeout_secs, 1..=3600),
        drain: desk.seconds("drain_secs", all.drain_secs, 0..=600),
        max_body_bytes: desk.number::<usize>("max_body_mib", all.max_body_mib, 1..=1024) * MIB,
        client_version: desk.text("client_version", all.client_version, token),
        originator: desk.text("originator", all.originator, token),
        user_agent: all
            .user_agent
            .map(|text| desk.text("user_agent", Some(text), header)),
        extra_models: desk.each("extra_models", all.extra_models, model),
        http_proxy: all.http_proxy.and_then(|text| desk.proxy(&text)),
        log_max_bytes: desk.number::<u64>("log_max_mib", all.log_max_mib, 1..=4096) * MIB as u64,
        log_keep: desk.seconds("log_keep_days", all.log_keep_days, 1..=3650) * SECONDS_PER_DAY,
        proxy_on_start: all.proxy_on_start.unwrap_or_default(),
        keep_running: all.keep_running.unwrap_or_default(),
        keep_window: desk.seconds("keep_window_secs", all.keep_window_secs, 0..=86_400),
        language: desk.word("language", all.language, LANGUAGES),
        theme: desk.word("theme", all.theme, THEMES),
        notifications: desk.words("notifications", all.notifications, NOTIFICATIONS),
        hide_email: all.hide_email.unwrap_or_default(),
        vault: all.vault.and_then(|word| desk.vault(&word)),
        model_map: desk.pairs("model_map", all.model_map),
        store_by_default: all.store_by_default.unwrap_or_default(),
        store_max_bytes: desk.number::<u64>("store_max_mib", all.store_max_mib, 0..=65_536)
            * MIB as u64,
        store_keep: desk.seconds("store_keep_days", all.store_keep_days, 1..=3650)
            * SECONDS_PER_DAY,
        ollama: desk.ollama(all.ollama, all.ollama_port, all.ollama_key),
        model_suffixes: desk.words("model_suffixes", all.model_suffixes, SUFFIXES),
    };
    desk.ollama_fits(&settings);
    match desk.0.is_empty() {
        true => Ok(settings),
        false => Err(desk.0),
    }
}

/// Where problems pile up. A rule that finds one returns something harmless and goes on.
struct Desk(Vec<Problem>);

impl Desk {
    fn note(&mut self, key: &str, why: String) {
        self.0.push(Problem {
            key: key.to_owned(),
            why,
        });
    }

    fn number<N: TryFrom<i64> + Default>(
        &mut self,
        key: &str,
        written: Option<i64>,
        range: RangeInclusive<i64>,
    ) -> N {
        let number = written.unwrap_or_default();
        if !range.contains(&number) {
            self.note(
                key,
                format!(
                    "is {number}, which is outside {} to {}",
                    range.start(),
                    range.end()
                ),
            );
        }
        // What is outside would overflow where it is counted in bytes or seconds.
        let number = number.clamp(*range.start(), *range.end());
        N::try_from(number).unwrap_or_default()
    }

    fn seconds(&mut self, key: &str, written: Option<i64>, range: RangeInclusive<i64>) -> Duration {
        Duration::from_secs(self.number(key, written, range))
    }

    fn listen(&mut self, written: Option<String>) -> IpAddr {
        let text = written.unwrap_or_default();
        match text.parse::<IpAddr>() {
            Ok(address) if !address.is_unspecified() => return address,
            Ok(_) => self.note(
                "listen",
                "must name one interface's address, not all of them".into(),
            ),
            Err(_) => self.note("listen", "is not an IP address".into()),
        }
        IpAddr::from([127, 0, 0, 1])
    }

    fn service(&mut self, key: &str, written: Option<String>) -> Url {
        match service(&written.unwrap_or_default()) {
            Ok(url) => url,
            Err(why) => {
                self.note(key, why);
                harmless()
            }
        }
    }

    fn each(
        &mut self,
        key: &str,
        written: Option<Vec<String>>,
        rule: impl Fn(&str) -> Result<String, String>,
    ) -> Vec<String> {
        let mut kept = Vec::new();
        for (index, text) in written.unwrap_or_default().iter().enumerate() {
            match open_text(text).and_then(|()| rule(text)) {
                Ok(good) if kept.contains(&good) => {}
                Ok(good) => kept.push(good),
                Err(why) => self.note(key, format!("entry {} {why}", index + 1)),
            }
        }
        kept
    }

    /// Pairs as `NAME -> MODEL`, in their order.
    fn pairs(&mut self, key: &str, written: Option<Vec<String>>) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (index, text) in written.unwrap_or_default().iter().enumerate() {
            match open_text(text).and_then(|()| pair(text)) {
                Ok(pair) => kept.push(pair),
                Err(why) => self.note(key, format!("entry {} {why}", index + 1)),
            }
        }
        kept
    }

    fn text(
        &mut self,
        key: &str,
        written: Option<String>,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> String {
        let text = written.unwrap_or_default();
        if let Err(why) = open_text(&text).and_then(|()| rule(&text)) {
            self.note(key, why);
        }
        text
    }

    /// One of a few words; the first of them where it is none.
    fn word<T: Copy>(&mut self, key: &str, written: Option<String>, words: Words<'_, T>) -> T {
        let text = written.unwrap_or_default();
        let found = words.1.iter().find(|(word, _)| *word == text);
        found.map_or_else(
            || {
                self.note(key, format!("must be {}", words.choice()));
                words.0
            },
            |(_, meaning)| *meaning,
        )
    }

    /// Some of a few words.
    fn words<T: Copy + PartialEq>(
        &mut self,
        key: &str,
        written: Option<Vec<String>>,
        words: Words<'_, T>,
    ) -> Vec<T> {
        let mut kept = Vec::new();
        for (index, text) in written.unwrap_or_default().iter().enumerate() {
            match words.1.iter().find(|(word, _)| word == text) {
                Some((_, meaning)) if kept.contains(meaning) => {}
                Some((_, meaning)) => kept.push(*meaning),
                None => self.note(
                    key,
                    format!("entry {} must be {}", index + 1, words.choice()),
                ),
            }
        }
        kept
    }

    fn proxy(&mut self, text: &str) -> Option<Url> {
        let checked = parsed(text).and_then(|url| match url.scheme() {
            "http" | "https" | "socks5" | "socks5h" if url.has_host() => Ok(url),
            _ => Err("must begin with http, https, socks5 or socks5h".to_owned()),
        });
        checked.map_err(|why| self.note("http_proxy", why)).ok()
    }

    fn vault(&mut self, word: &str) -> Option<VaultKind> {
        word.parse()
            .map_err(|_| {
                self.note(
                    "vault",
                    "must be `keyring`, `passphrase`, `plain` or `session`".into(),
                );
            })
            .ok()
    }
}

/// What stands for a word that is none, and the words with what they mean.
#[derive(Clone, Copy)]
struct Words<'a, T>(T, &'a [(&'a str, T)]);

impl<T> Words<'_, T> {
    /// The words as a sentence offers them.
    fn choice(&self) -> String {
        let quoted: Vec<String> = self.1.iter().map(|(word, _)| format!("`{word}`")).collect();
        match quoted.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            Some(_) | None => quoted.concat(),
        }
    }
}

/// No value of any key may be a secret, wherever it was written.
fn open_text(text: &str) -> Result<(), String> {
    match secrecy::is_one(text) {
        true => Err(secrecy::NOT_HERE.to_owned()),
        false => Ok(()),
    }
}

fn parsed(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is not an address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or a password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end before any `?` or `#`".to_owned());
    }
    Ok(url)
}

fn service(text: &str) -> Result<Url, String> {
    let mut url = parsed(text)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err("must use https; http is for loopback only".to_owned()),
        _ => return Err("must begin with https".to_owned()),
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn host(text: &str) -> Result<String, String> {
    let named = Host::parse(text).map_err(|_| "is not a host name".to_owned())?;
    match text.contains('*') {
        true => Err("must be one name; `*` would let any page in".to_owned()),
        false => Ok(named.to_string()),
    }
}

fn origin(text: &str) -> Result<String, String> {
    if text == "*" || text == "null" {
        return Err("would let any page in".to_owned());
    }
    let url = parsed(text)?;
    if !matches!(url.path(), "" | "/") {
        return Err("must end after the host and port".to_owned());
    }
    let origin = url.origin();
    match url.host_str() {
        None | Some("") => Err("names no host".to_owned()),
        Some(_) if origin.is_tuple() => Ok(origin.ascii_serialization()),
        // `app://obsidian.md` and its like, as their programs send it.
        Some(host) => {
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            Ok(format!("{}://{host}{port}", url.scheme()))
        }
    }
}

fn prose(text: &str) -> Result<(), String> {
    match text.len() {
        0..=LONGEST_PROSE => Ok(()),
        _ => Err(format!("is longer than {LONGEST_PROSE} bytes")),
    }
}

fn token(text: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    match text.len() {
        1..=64 if text.chars().all(plain) => Ok(()),
        _ => Err("must be 1 to 64 letters, digits, dots, dashes or underscores".to_owned()),
    }
}

fn header(text: &str) -> Result<(), String> {
    let visible = |c: char| c.is_ascii_graphic() || c == ' ';
    match text.len() {
        1..=256 if text.chars().all(visible) && text.trim() == text => Ok(()),
        _ => Err("must be 1 to 256 printable ASCII characters".to_owned()),
    }
}

/// True for what can be a model's name.
pub(crate) fn is_model(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
}

fn model(text: &str) -> Result<String, String> {
    match is_model(text) {
        true => Ok(text.to_owned()),
        false => Err("must be 1 to 128 printable characters without spaces".to_owned()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once("->");
    let (name, serves) = pair.ok_or("must be two names with `->` between them")?;
    let (name, serves) = (model(name.trim())?, model(serves.trim())?);
    match serves.contains('*') {
        true => Err("must name one model after `->`".to_owned()),
        false => Ok((name, serves)),
    }
}

#[expect(clippy::expect_used, reason = "the text is a constant")]
fn harmless() -> Url {
    Url::parse("https://localhost").expect("a constant address")
}

const MIB: usize = 1024 * 1024;
const SECONDS_PER_DAY: u32 = 24 * 60 * 60;
const LONGEST_PROSE: usize = 64 * 1024;

const REASONINGS: Words<'_, ChatReasoning> =
    Words(ChatReasoning::ReasoningContent, &ChatReasoning::WORDS);
const LANGUAGES: Words<'_, Language> = Words(
    Language::System,
    &[
        ("system", Language::System),
        ("en", Language::English),
        ("zh-CN", Language::Chinese),
    ],
);
const THEMES: Words<'_, Theme> = Words(
    Theme::System,
    &[
        ("system", Theme::System),
        ("light", Theme::Light),
        ("dark", Theme::Dark),
    ],
);
const NOTIFICATIONS: Words<'_, Notification> = Words(
    Notification::SignIn,
    &[
        ("sign_in", Notification::SignIn),
        ("limit", Notification::Limit),
        ("port", Notification::Port),
    ],
);
