//! Settings as written, before anyone has looked at their values.
//!
//! One list makes the fields of [`Written`], the reader of the file, and the documented file
//! that is written on the first start.

use toml_edit::{DocumentMut, Item, TomlError};

use super::secrecy;
use super::{Problem, Value};

macro_rules! keys {
    ($($(#[doc = $says:literal])+ $name:ident: $kind:ty = $default:literal,)+) => {
        /// Every key as it was written; `None` where it was not. Field names are the file's keys.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Written {
            $($(#[doc = $says])+ pub $name: Option<$kind>,)+
        }

        impl Written {
            /// These settings where they say something, else those of `below`.
            #[must_use]
            pub fn over(self, below: Self) -> Self {
                Self { $($name: self.$name.or(below.$name),)+ }
            }

            fn take(&mut self, key: &str, item: &Item) -> Result<(), String> {
                match key {
                    $(stringify!($name) => self.$name = Some(<$kind>::from_item(item)?),)+
                    unknown => return Err(unknown_key(unknown)),
                }
                Ok(())
            }

            /// The value of a key; `None` where it was not written, or is no key.
            pub fn value(&self, key: &str) -> Option<Value> {
                match key {
                    $(stringify!($name) => self.$name.clone().map(Value::from),)+
                    _ => None,
                }
            }
        }

        /// The name of every key, in the order of the file.
        pub const NAMES: &[&str] = &[$(stringify!($name)),+];

        /// Every key with its default as TOML and what it says in the file.
        pub(super) const KEYS: &[Documented] = &[
            $(Documented {
                name: stringify!($name),
                default: $default,
                says: &[$($says),+],
            },)+
        ];
    };
}

/// A key as the documented file shows it.
pub(super) struct Documented {
    pub(super) name: &'static str,
    /// TOML; begins with `#` where there is no default and this is an example.
    pub(super) default: &'static str,
    pub(super) says: &'static [&'static str],
}

impl Documented {
    /// The line that documents it: its default, commented out.
    pub(super) fn commented(&self) -> String {
        let default = self.default.trim_start_matches("# ");
        format!("# {} = {default}", self.name)
    }
}

keys! {
    /// Port to listen on; 0 lets the system pick one.
    port: i64 = "7678",
    /// Address to listen on. Anything but loopback lets other devices use your plan.
    listen: String = "\"127.0.0.1\"",
    /// Where you sign in: the issuer's root. Counts from the next start.
    issuer: String = "\"https://auth.openai.com\"",
    /// The backend that serves your plan. Counts from the next start.
    upstream: String = "\"https://chatgpt.com/backend-api\"",
    /// The API that serves platform API keys. Counts from the next start.
    platform_base: String = "\"https://api.openai.com/v1\"",
    /// Names besides localhost by which apps may call this server.
    allowed_hosts: Vec<String> = "[]",
    /// Origins of web pages and web apps that may use this server.
    allowed_origins: Vec<String> = "[]",
    /// Instructions for requests that bring none.
    default_instructions: String = "\"\"",
    /// Whether images that a request names by https address are fetched.
    fetch_remote_images: bool = "false",
    /// How chat clients see reasoning: "reasoning_content", "hidden" or "think_tags".
    chat_reasoning: String = "\"reasoning_content\"",
    /// Seconds of silence on a stream after which a sign of life is sent.
    keep_alive_secs: i64 = "12",
    /// Seconds to connect to the backend.
    connect_timeout_secs: i64 = "15",
    /// Seconds to the first event of an answer.
    first_event_timeout_secs: i64 = "300",
    /// Seconds between two events of an answer.
    idle_timeout_secs: i64 = "300",
    /// Seconds that running requests get when the program stops.
    drain_secs: i64 = "10",
    /// Largest request body in MiB, after decompression.
    max_body_mib: i64 = "64",
    /// Codex version that the backend is told.
    client_version: String = "\"1.0.0\"",
    /// Name of the program that the backend is told.
    originator: String = "\"postern\"",
    /// User-Agent that the backend is told; without it, Postern's own.
    user_agent: String = "# \"my-postern/1.0\"",
    /// Models to list besides those of the account.
    extra_models: Vec<String> = "[]",
    /// Proxy to reach the internet; without it, the system's settings count.
    http_proxy: String = "# \"http://127.0.0.1:3128\"",
    /// MiB that the logs may take on disk.
    log_max_mib: i64 = "16",
    /// Days that a line of the log is kept.
    log_keep_days: i64 = "30",
    /// Whether the server listens as soon as the app starts.
    proxy_on_start: bool = "true",
    /// Whether the app stays in the tray when its window is closed.
    keep_running: bool = "false",
    /// Seconds that a closed window is kept in memory, so that it comes back at once.
    keep_window_secs: i64 = "300",
    /// Language of the app: "system", "en" or "zh-CN".
    language: String = "\"system\"",
    /// Colours of the app: "system", "light" or "dark".
    theme: String = "\"system\"",
    /// What the app notifies of: "sign_in", "limit" and "port".
    notifications: Vec<String> = "[\"sign_in\", \"limit\", \"port\"]",
    /// Whether the app hides e-mail addresses.
    hide_email: bool = "false",
    /// How secrets are kept: "keyring", "passphrase", "plain" or "session".
    /// Counts from the next start.
    vault: String = "# \"keyring\"",
    /// Which model serves a name that Claude Code and its like ask for, as "claude-*haiku* -> gpt-5.5".
    /// `*` stands for anything; the first that matches counts; a name that the account has serves
    /// itself. Without it, haiku gets a small model, and every other claude the account's first.
    model_map: Vec<String> = "[]",
    /// Whether an answer is stored when its request says nothing of `store`, as OpenAI does.
    /// A request that says `store: false` leaves nothing behind, whatever stands here.
    store_by_default: bool = "true",
    /// MiB that stored answers and conversations may take; 0 stores nothing and forgets all.
    store_max_mib: i64 = "256",
    /// Days that a stored answer or conversation is kept after its last use.
    store_keep_days: i64 = "30",
    /// Whether apps that speak Ollama's API find Postern too, on a port of their own.
    ollama: bool = "false",
    /// Port for apps that speak Ollama's API; 0 lets the system pick one.
    ollama_port: i64 = "11434",
    /// Whether apps on that port must send a key. Few can; without one, every program on this
    /// computer can use your plan.
    ollama_key: bool = "true",
    /// What the name of a model may end with, for apps that can choose a model and nothing else:
    /// "none", "minimal", "low", "medium", "high", "xhigh", "max" and "fast". With ["high", "fast"],
    /// gpt-5.5-high-fast is gpt-5.5 with that effort and tier, unless the request says its own.
    model_suffixes: Vec<String> = "[]",
}

impl Written {
    /// Reads a settings file: what could be read, and every problem of form.
    pub fn parse(text: &str) -> (Self, Vec<Problem>) {
        let mut written = Self::default();
        let document: DocumentMut = match text.parse() {
            Ok(document) => document,
            Err(error) => return (written, vec![syntax(text, &error)]),
        };
        let problems = document
            .iter()
            .filter_map(|(key, item)| {
                let outcome = match secrecy::leak(item) {
                    Some(why) => Err(why.to_owned()),
                    None => written.take(key, item),
                };
                let why = outcome.err()?;
                Some(Problem {
                    key: key.to_owned(),
                    why,
                })
            })
            .collect();
        (written, problems)
    }

    /// What is in force where nothing is written.
    pub fn defaults() -> Self {
        let text: String = KEYS
            .iter()
            .filter(|key| !key.default.starts_with('#'))
            .map(|key| format!("{} = {}\n", key.name, key.default))
            .collect();
        Self::parse(&text).0
    }
}

trait FromItem: Sized {
    fn from_item(item: &Item) -> Result<Self, String>;
}

impl FromItem for i64 {
    fn from_item(item: &Item) -> Result<Self, String> {
        item.as_integer().ok_or_else(|| expected("a whole number"))
    }
}

impl FromItem for bool {
    fn from_item(item: &Item) -> Result<Self, String> {
        item.as_bool().ok_or_else(|| expected("true or false"))
    }
}

impl FromItem for String {
    fn from_item(item: &Item) -> Result<Self, String> {
        item.as_str()
            .map(Self::from)
            .ok_or_else(|| expected("text in quotes"))
    }
}

impl FromItem for Vec<String> {
    fn from_item(item: &Item) -> Result<Self, String> {
        item.as_array()
            .and_then(|list| {
                list.iter()
                    .map(|entry| entry.as_str().map(String::from))
                    .collect()
            })
            .ok_or_else(|| expected("a list of texts, like [\"one\", \"two\"]"))
    }
}

fn expected(what: &str) -> String {
    format!("expected {what}")
}

fn unknown_key(key: &str) -> String {
    if secrecy::is_named_like_one(key) {
        return secrecy::NOT_HERE.to_owned();
    }
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    match KEYS.iter().find(|known| plain(known.name) == plain(key)) {
        Some(known) => format!("is not a setting; did you mean `{}`", known.name),
        None => "is not a setting".to_owned(),
    }
}

/// The parser's error shows the line it stumbled over, which may hold a secret; we name it only.
fn syntax(text: &str, error: &TomlError) -> Problem {
    let before = error.span().and_then(|span| text.get(..span.start));
    let why = match before {
        Some(before) => format!(
            "line {}: {}",
            before.matches('\n').count() + 1,
            error.message().lines().next().unwrap_or_default()
        ),
        None => "is not TOML".to_owned(),
    };
    Problem {
        key: String::new(),
        why,
    }
}
