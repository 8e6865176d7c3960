//! The eight ways to ask: four dialects, streamed and whole.

use std::fmt;

use serde_json::{Value, json};

use crate::heard::{self, Heard};
use crate::house::House;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Responses,
    Chat,
    Messages,
    Ollama,
}

#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) dialect: Dialect,
    pub(crate) stream: bool,
}

pub(crate) const WAYS: [Way; 8] = [
    Way::new(Dialect::Responses, true),
    Way::new(Dialect::Responses, false),
    Way::new(Dialect::Chat, true),
    Way::new(Dialect::Chat, false),
    Way::new(Dialect::Messages, true),
    Way::new(Dialect::Messages, false),
    Way::new(Dialect::Ollama, true),
    Way::new(Dialect::Ollama, false),
];

/// What came of one request.
pub(crate) struct Got {
    pub(crate) heard: Heard,
    /// The name of the request in the log.
    pub(crate) id: String,
    /// Everything that was on the wire, for a search.
    pub(crate) seen: String,
}

impl Way {
    /// How an answer that had begun tells our own word for its failure: a response's `error.code` is
    /// one of OpenAI's list, which has only one for the other side.
    pub(crate) fn told(self, code: &str) -> &str {
        let is_ours = code.starts_with("upstream_") || code == "stream_cut_short";
        match self.dialect {
            Dialect::Responses if is_ours => "server_error",
            _ => code,
        }
    }

    const fn new(dialect: Dialect, stream: bool) -> Self {
        Self { dialect, stream }
    }

    pub(crate) fn path(self) -> &'static str {
        match self.dialect {
            Dialect::Responses => "/v1/responses",
            Dialect::Chat => "/v1/chat/completions",
            Dialect::Messages => "/v1/messages",
            Dialect::Ollama => "/api/chat",
        }
    }

    /// The least request that asks `prompt`.
    pub(crate) fn body(self, prompt: &str) -> Value {
        let messages = json!([{ "role": "user", "content": prompt }]);
        match self.dialect {
            Dialect::Responses => {
                json!({ "model": MODEL, "input": prompt, "stream": self.stream })
            }
            Dialect::Chat | Dialect::Ollama => {
                json!({ "model": MODEL, "messages": messages, "stream": self.stream })
            }
            Dialect::Messages => {
                json!({ "model": MODEL, "max_tokens": 1 << 30, "messages": messages, "stream": self.stream })
            }
        }
    }

    /// The same as bytes on a connection of their own, which closes behind the answer.
    pub(crate) fn raw(self, house: &House, prompt: &str) -> Vec<u8> {
        let body = self.body(prompt).to_string();
        let (path, at, key, length) = (self.path(), self.at(house), &house.key, body.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {at}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        (head + &body).into_bytes()
    }

    /// Where this dialect is spoken.
    pub(crate) fn at(self, house: &House) -> std::net::SocketAddr {
        match self.dialect {
            Dialect::Responses | Dialect::Chat | Dialect::Messages => house.at,
            Dialect::Ollama => house.ollama,
        }
    }

    /// Asks, and reads the answer to its end, whatever it is.
    pub(crate) async fn ask(self, house: &House, prompt: &str) -> Got {
        let url = format!("http://{}{}", self.at(house), self.path());
        let asked = http().post(url).bearer_auth(&house.key);
        let reply = asked.json(&self.body(prompt)).send().await.unwrap();
        let (status, head) = (reply.status().as_u16(), reply.headers().clone());
        let body = reply
            .bytes()
            .await
            .unwrap_or_else(|why| panic!("{self:?} {prompt}: the answer broke off: {why:?}"));
        let body = String::from_utf8(body.to_vec()).unwrap();
        let id = head["x-postern-request-id"].to_str().unwrap().to_owned();
        let media = head["content-type"].to_str().unwrap();
        Got {
            heard: heard::read(self, status, media, &body),
            seen: format!("{head:?}\n{body}"),
            id,
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.stream { "streamed" } else { "whole" };
        write!(f, "{:?} {form}", self.dialect)
    }
}

/// The product's own HTTP client; there is no other builder.
pub(crate) fn http() -> reqwest::Client {
    upstream::http_client(&upstream::HttpConfig::default()).unwrap()
}

const MODEL: &str = "gpt-5.6-terra";
