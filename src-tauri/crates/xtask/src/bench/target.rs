//! What is measured: where it is, what it is asked, and which process does the work.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::nginx::Nginx;
use super::secure::Secure;
use crate::failure::{Because as _, Failure};
use crate::http::{Ask, Connection};
use crate::stack::Stack;

/// One way to the stand-in's events.
#[derive(Debug)]
pub(super) struct Target {
    name: &'static str,
    address: SocketAddr,
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: fn(&str) -> Value,
    /// Turns of a conversation that come first.
    turns: usize,
    process: u32,
}

impl Target {
    /// The stand-in itself, with nobody in front of it.
    pub(super) fn direct(stack: &Stack) -> Result<Self, Failure> {
        let [_, process] = stack.processes();
        Self::backend("nobody", stack, stack.standin(), process)
    }

    /// nginx; the load brings what the backend demands.
    pub(super) fn nginx(stack: &Stack, nginx: &Nginx) -> Result<Self, Failure> {
        Self::backend("nginx pass-through", stack, nginx.address(), nginx.id())
    }

    /// The same over TLS, which nginx does by HTTP/1.1.
    pub(super) fn nginx_secure(stack: &Stack, nginx: &Nginx) -> Result<Self, Failure> {
        Self::backend("nginx, TLS", stack, nginx.secure(), nginx.id())
    }

    fn backend(
        name: &'static str,
        stack: &Stack,
        address: SocketAddr,
        process: u32,
    ) -> Result<Self, Failure> {
        Ok(Self {
            name,
            address,
            path: "/backend-api/codex/responses",
            headers: vec![
                ("authorization", format!("Bearer {}", token(stack)?)),
                ("chatgpt-account-id", ACCOUNT.into()),
                ("originator", "postern".into()),
                ("user-agent", "postern-bench/1".into()),
                ("accept", "text/event-stream".into()),
                ("content-type", "application/json".into()),
            ],
            body: |prompt| {
                json!({
                    "model": MODEL,
                    "instructions": "",
                    "input": [said(prompt)],
                    "store": false,
                    "stream": true,
                })
            },
            turns: 0,
            process,
        })
    }

    /// Postern, passing the dialect of the backend and keeping nothing.
    pub(super) fn responses(stack: &Stack) -> Self {
        let body =
            |prompt: &str| json!({"model": MODEL, "input": prompt, "stream": true, "store": false});
        Self::postern(stack, "/v1/responses", body)
    }

    /// The same over TLS, by HTTP/2.
    pub(super) fn responses_secure(stack: &Stack, secure: &Secure) -> Self {
        let there = Self::responses(stack);
        Self {
            name: "/v1/responses, TLS",
            ..there.at(secure.door(), secure.key(), secure.id())
        }
    }

    /// The same, translating.
    pub(super) fn chat_secure(stack: &Stack, secure: &Secure) -> Self {
        let there = Self::chat(stack);
        Self {
            name: "/v1/chat, TLS",
            ..there.at(secure.door(), secure.key(), secure.id())
        }
    }

    /// The same, and the answer is kept.
    pub(super) fn stored(stack: &Stack) -> Self {
        let body =
            |prompt: &str| json!({"model": MODEL, "input": prompt, "stream": true, "store": true});
        Self {
            name: "  stored",
            ..Self::postern(stack, "/v1/responses", body)
        }
    }

    /// Postern, translating.
    pub(super) fn chat(stack: &Stack) -> Self {
        let body = |prompt: &str| {
            let messages = json!([{"role": "user", "content": prompt}]);
            json!({"model": MODEL, "messages": messages, "stream": true})
        };
        Self::postern(stack, "/v1/chat/completions", body)
    }

    /// The same for Anthropic's clients.
    pub(super) fn messages(stack: &Stack) -> Self {
        let body = |prompt: &str| {
            let messages = json!([{"role": "user", "content": prompt}]);
            json!({"model": MODEL, "max_tokens": MANY, "messages": messages, "stream": true})
        };
        Self::postern(stack, "/v1/messages", body)
    }

    /// The same for clients of the oldest form.
    pub(super) fn completions(stack: &Stack) -> Self {
        let body = |prompt: &str| json!({"model": MODEL, "prompt": prompt, "stream": true});
        Self::postern(stack, "/v1/completions", body)
    }

    fn postern(stack: &Stack, path: &'static str, body: fn(&str) -> Value) -> Self {
        let [process, _] = stack.processes();
        Self {
            name: path,
            address: stack.door(),
            path,
            headers: Vec::new(),
            body,
            turns: 0,
            process,
        }
        .at(stack.door(), stack.key(), process)
    }

    /// The same after so many turns of a conversation, each half a KiB long. Only where `input` is asked.
    pub(super) fn after(self, turns: usize) -> Self {
        Self { turns, ..self }
    }

    /// The same of another Postern.
    fn at(self, address: SocketAddr, key: &str, process: u32) -> Self {
        Self {
            address,
            process,
            headers: vec![
                ("authorization", format!("Bearer {key}")),
                ("content-type", "application/json".into()),
            ],
            ..self
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Who does the work.
    pub(super) fn process(&self) -> u32 {
        self.process
    }

    /// Asks for a stream that falls silent after its first words and hands the request to `send`.
    pub(super) fn asked_to_wait<T>(&self, send: impl FnOnce(&Ask<'_>) -> T) -> T {
        self.ask("Hello. [[stall 6]]", send)
    }

    /// Asks for so many events and hands the request to `send`.
    pub(super) fn asked<T>(&self, events: usize, send: impl FnOnce(&Ask<'_>) -> T) -> T {
        self.ask(&format!("[[events {events}]]"), send)
    }

    fn ask<T>(&self, prompt: &str, send: impl FnOnce(&Ask<'_>) -> T) -> T {
        let mut body = (self.body)(prompt);
        if self.turns > 0 {
            let mut input = vec![said(TURN); self.turns];
            match body["input"].take() {
                Value::Array(items) => input.extend(items),
                text => input.push(said(text.as_str().unwrap_or_default())),
            }
            body["input"] = input.into();
        }
        let body = body.to_string();
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        send(&Ask {
            method: "POST",
            path: self.path,
            headers: &headers,
            body: body.as_bytes(),
        })
    }
}

/// What a person says.
fn said(text: &str) -> Value {
    let content = json!([{"type": "input_text", "text": text}]);
    json!({"type": "message", "role": "user", "content": content})
}

/// An access token of the person Postern is signed in as.
fn token(stack: &Stack) -> Result<String, Failure> {
    let failed = "could not get an access token from the stand-in";
    let mut connection = Connection::open(stack.standin()).because(failed)?;
    let reply = connection.send(&Ask {
        method: "POST",
        path: "/admin/sign_in",
        headers: &[("content-type", "application/json")],
        body: br#"{"email":"plus@example.test"}"#,
    });
    let text = reply.and_then(|reply| reply.text()).because(failed)?;
    let tokens: Value = serde_json::from_str(&text).because(failed)?;
    match tokens["access_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err(Failure::new(format!("{failed}: {text}"))),
    }
}

/// Every Messages client sends a limit; none is reached here.
const MANY: u64 = 10_000_000;
/// Half a KiB with the characters that a reader has to stop at.
const TURN: &str = concat!(
    "The report says: \"nothing moves\".\nIt was read twice, and nobody found the place.\n\n",
    "    fn main() {\n        println!(\"{}\", place());\n    }\n\n",
    "Look at the second line again; what does it print where the place has no name? If it prints an empty ",
    "line, then the report is right and the reader wrong; if not, please write a test that shows it, with ",
    "a name of several words, one of one letter, and one in another script, and tell me what each of them ",
    "prints before anything is changed.\n",
);
const MODEL: &str = "gpt-5.5";
const ACCOUNT: &str = "acct_plus";
