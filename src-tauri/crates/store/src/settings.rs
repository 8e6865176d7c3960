//! What a person wrote, checked as a whole.
//!
//! [`Written`] is what stands in the file or on the command line; [`Settings`] cannot be wrong.
//! Every problem is reported at once, so that one visit to the file mends them all.

mod check;
mod file;
mod secrecy;
mod text;
mod value;
mod written;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use url::Url;

pub(crate) use self::check::is_model;
pub use self::file::{EditFault, SettingsFile};
pub use self::value::Value;
pub use self::written::{NAMES, Written};
use crate::vault::VaultKind;

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, as written in the file; empty where the file as a whole is wrong.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "the settings file: {}", self.why),
            key => write!(f, "`{key}` {}", self.why),
        }
    }
}

/// How a chat client sees reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatReasoning {
    /// As `reasoning_content` beside `content`.
    ReasoningContent,
    /// Not at all.
    Hidden,
    /// In `content`, between `<think>` and `</think>`.
    ThinkTags,
}

impl ChatReasoning {
    /// The words for them.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("reasoning_content", Self::ReasoningContent),
        ("hidden", Self::Hidden),
        ("think_tags", Self::ThinkTags),
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReasoningContent => "reasoning_content",
            Self::Hidden => "hidden",
            Self::ThinkTags => "think_tags",
        }
    }
}

impl FromStr for ChatReasoning {
    type Err = NoSuchWord;

    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        let mut words = Self::WORDS.into_iter();
        let found = words.find(|(known, _)| *known == word);
        found.map(|(_, meant)| meant).ok_or(NoSuchWord)
    }
}

/// A word that stands for nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is none of the words that are known")]
pub struct NoSuchWord;

/// The language of everything a person reads in the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// What the system says.
    System,
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The colours of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What the app may notify of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notification {
    /// The sign-in has ended.
    SignIn,
    /// The plan's limit is reached.
    Limit,
    /// The server listens no more, though it should.
    Port,
}

/// The door for apps that speak Ollama's API. Its address is [`Settings::listen`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ollama {
    /// The port to listen on, never that of the other door; zero lets the system pick.
    pub port: u16,
    /// Whether a local key is asked for; always true beyond loopback.
    pub asks_key: bool,
}

/// Settings that cannot be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The port to listen on; zero lets the system pick.
    pub port: u16,
    /// The address to listen on; never the unspecified one.
    pub listen: IpAddr,
    /// The issuer's root; https, or http on loopback.
    pub issuer: Url,
    /// The backend, `…/backend-api` without a slash at the end; https, or http on loopback.
    pub upstream: Url,
    /// The platform's API for API keys; https, or http on loopback.
    pub platform_base: Url,
    /// Host names that may be used besides loopback, in lower case, without port.
    pub allowed_hosts: Vec<String>,
    /// Origins that may use the door, as a browser writes them.
    pub allowed_origins: Vec<String>,
    /// Instructions for requests that have none.
    pub default_instructions: String,
    /// Whether images given by address are fetched.
    pub fetch_remote_images: bool,
    /// How a chat client sees reasoning.
    pub chat_reasoning: ChatReasoning,
    /// Silence on a stream after which a keep-alive goes out.
    pub keep_alive: Duration,
    /// Time to connect to the backend.
    pub connect_timeout: Duration,
    /// Time to the first event of an answer.
    pub first_event_timeout: Duration,
    /// Time between two events of an answer.
    pub idle_timeout: Duration,
    /// Time running requests get when the program stops.
    pub drain: Duration,
    /// Largest request body in bytes, after decompression.
    pub max_body_bytes: usize,
    /// The Codex version the backend is told.
    pub client_version: String,
    /// The originator the backend is told.
    pub originator: String,
    /// The User-Agent; none means Postern's own.
    pub user_agent: Option<String>,
    /// Models to list besides the account's own.
    pub extra_models: Vec<String>,
    /// The proxy to use; none means the system's.
    pub http_proxy: Option<Url>,
    /// Bytes the logs may take.
    pub log_max_bytes: u64,
    /// How long a line of the log is kept.
    pub log_keep: Duration,
    /// Whether the server listens as soon as the app starts.
    pub proxy_on_start: bool,
    /// Whether the app stays in the tray when its window is closed.
    pub keep_running: bool,
    /// How long a closed window is kept in memory.
    pub keep_window: Duration,
    /// The language of the app.
    pub language: Language,
    /// The colours of the app.
    pub theme: Theme,
    /// What the app notifies of.
    pub notifications: Vec<Notification>,
    /// Whether the app hides e-mail addresses.
    pub hide_email: bool,
    /// How secrets are kept; none means what the sealed file says, else the keyring.
    pub vault: Option<VaultKind>,
    /// Which model serves a name that a Messages client asks for: pairs of a pattern, in which `*`
    /// stands for anything, and a model. The first that matches counts.
    pub model_map: Vec<(String, String)>,
    /// Whether an answer is stored when its request says nothing of it.
    pub store_by_default: bool,
    /// Bytes that stored answers and conversations may take; zero stores nothing.
    pub store_max_bytes: u64,
    /// How long a stored answer or conversation is kept after its last use.
    pub store_keep: Duration,
    /// The door for apps that speak Ollama's API; none where there is none.
    pub ollama: Option<Ollama>,
    /// What a model's name may end with beside the model: efforts, and `fast`.
    pub model_suffixes: Vec<&'static str>,
}

impl Settings {
    /// Checks everything; what is not written has its default.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn check(written: &Written) -> Result<Self, Vec<Problem>> {
        check::check(written)
    }

    /// Reads and checks the text of a settings file.
    ///
    /// # Errors
    /// Every problem at once, of form and of content.
    pub fn check_text(toml: &str) -> Result<Self, Vec<Problem>> {
        Self::check_text_under(toml, &Written::default())
    }

    /// As [`Self::check_text`], with `overrides` winning over the text.
    fn check_text_under(toml: &str, overrides: &Written) -> Result<Self, Vec<Problem>> {
        let (written, mut problems) = Written::parse(toml);
        match Self::check(&overrides.clone().over(written)) {
            Ok(settings) if problems.is_empty() => Ok(settings),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more);
                Err(problems)
            }
        }
    }
}

/// What is in force where nothing is written.
impl Default for Settings {
    #[expect(
        clippy::expect_used,
        reason = "the defaults are constants; a test checks them"
    )]
    fn default() -> Self {
        Self::check(&Written::default()).expect("the defaults are good settings")
    }
}

#[cfg(test)]
mod tests;
