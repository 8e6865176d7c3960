//! Many requests on one WebSocket: what is answered, remembered, refused; and how a socket ends.

mod doors;
mod ends;
mod memory;
mod turns;
mod wrong;

use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderName, HeaderValue, Method, Request};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::stage::{Plan, Stage, responses};

/// A client of one socket.
pub(crate) struct Client(WebSocketStream<TcpStream>);

impl Stage {
    /// The head of an upgrade, to be changed and sent.
    fn upgrade(&self) -> Request<()> {
        let request = self.request(Method::GET, "/v1/responses", &Value::Null);
        let (mut head, _) = request.into_parts();
        for (name, value) in UPGRADE {
            let name = HeaderName::from_static(name);
            head.headers.insert(name, HeaderValue::from_static(value));
        }
        head.uri = format!("ws://{}/v1/responses", self.gateway().addr)
            .parse()
            .unwrap();
        Request::from_parts(head, ())
    }

    pub(crate) async fn socket(&self) -> Client {
        self.socket_as(self.upgrade()).await
    }

    async fn socket_as(&self, upgrade: Request<()>) -> Client {
        let stream = TcpStream::connect(self.gateway().addr).await.unwrap();
        let (socket, response) = client_async(upgrade, stream).await.unwrap();
        assert_eq!(response.status(), 101);
        assert!(!response.headers().contains_key("sec-websocket-extensions"));
        Client(socket)
    }
}

impl Client {
    async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    async fn say(&mut self, frame: &Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// What comes next, pings aside.
    async fn hear(&mut self) -> Option<Message> {
        let clock = Clock::system();
        loop {
            let heard = clock.timeout(PATIENCE, self.0.next()).await;
            match heard.unwrap_or_else(|| panic!("it is silent")) {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                None | Some(Err(Error::ConnectionClosed)) => return None,
                Some(Err(why)) => panic!("{why}"),
            }
        }
    }

    /// What the next pong says; events before it are skipped.
    async fn pong(&mut self) -> Bytes {
        loop {
            if let Message::Pong(pong) = self.0.next().await.unwrap().unwrap() {
                return pong;
            }
        }
    }

    /// The next event.
    async fn event(&mut self) -> Value {
        match self.hear().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("no event: {other:?}"),
        }
    }

    /// The events up to the end of an answer.
    async fn answer(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            events.push(self.event().await);
            if ENDS
                .iter()
                .any(|end| events.last().unwrap()["type"] == *end)
            {
                return events;
            }
        }
    }

    /// The answer to `frame`, which must be whole.
    async fn ask(&mut self, frame: &Value) -> Value {
        self.say(frame).await;
        let last = self.answer().await.pop().unwrap();
        assert_eq!(last["type"], "response.completed", "{last}");
        last["response"].clone()
    }

    /// The error that `frame` is answered with.
    async fn refused(&mut self, frame: &Value) -> Value {
        self.say(frame).await;
        let events = self.answer().await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["type"], "error");
        events[0].clone()
    }

    /// How the server closes.
    async fn closed(&mut self) -> CloseFrame {
        match self.hear().await {
            Some(Message::Close(Some(frame))) => frame,
            other => panic!("it was not closed: {other:?}"),
        }
    }
}

/// A request of a client that lets nobody store anything.
fn create(prompt: &str, more: &Value) -> Value {
    let mut frame = responses(prompt, true);
    let fields = frame.as_object_mut().unwrap();
    fields.remove("stream");
    fields.insert("type".into(), json!("response.create"));
    fields.insert("store".into(), json!(false));
    for (name, value) in more.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    frame
}

fn after(answer: &Value) -> Value {
    json!({ "previous_response_id": answer["id"] })
}

fn text(answer: &Value) -> &str {
    let items = answer["output"].as_array().unwrap();
    let message = items.iter().rfind(|item| item["type"] == "message");
    message.unwrap()["content"][0]["text"].as_str().unwrap()
}

fn types(events: &[Value]) -> Vec<&str> {
    let types = events.iter().map(|event| event["type"].as_str().unwrap());
    types.collect()
}

async fn stage_of(written: store::Written) -> Stage {
    Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await
}

const UPGRADE: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

const ENDS: [&str; 4] = [
    "response.completed",
    "response.incomplete",
    "response.failed",
    "error",
];

/// Long enough for a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);
