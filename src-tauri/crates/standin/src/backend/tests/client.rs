//! A client of one stand-in, signed in, that sends what the contract demands unless a test says
//! otherwise.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::{Options, Standin, World};

/// A running stand-in and a person's way in.
pub(super) struct Door {
    pub(super) standin: Standin,
    http: Client<HttpConnector, Full<Bytes>>,
    /// What every request carries.
    headers: Vec<(String, String)>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) chunks: usize,
    /// The connection broke before the end.
    pub(super) broken: bool,
}

impl Door {
    /// A door for the person with the plus plan.
    pub(super) async fn open() -> Self {
        Self::of("plus@example.test").await
    }

    pub(super) async fn of(email: &str) -> Self {
        Self::with(email, Options::default()).await
    }

    pub(super) async fn with(email: &str, options: Options) -> Self {
        let standin = Standin::start(options).await.unwrap();
        let world = standin.world();
        let bearer = world.sign_in(email).access_token;
        let seat = world.seat_of(bearer.reveal()).unwrap();
        let mut headers = vec![
            (
                "authorization".to_owned(),
                format!("Bearer {}", bearer.reveal()),
            ),
            ("chatgpt-account-id".to_owned(), seat.account_id.clone()),
            ("originator".to_owned(), "tester".to_owned()),
            ("user-agent".to_owned(), "tester/1.0".to_owned()),
            ("accept".to_owned(), "text/event-stream".to_owned()),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        if let Some(told) = seat.routing_override() {
            headers.push((
                "x-openai-account-routing-override".to_owned(),
                told.to_owned(),
            ));
        }
        if seat.fedramp {
            headers.push(("x-openai-fedramp".to_owned(), "true".to_owned()));
        }
        Self {
            standin,
            http: Client::builder(TokioExecutor::new()).build_http(),
            headers,
        }
    }

    pub(super) fn world(&self) -> &World {
        self.standin.world()
    }

    pub(super) fn account(&self) -> String {
        self.headers[1].1.clone()
    }

    /// Asks for an answer.
    pub(super) async fn post(&self, body: &Value) -> Got {
        self.post_with(body, &[]).await
    }

    /// The same with other headers; an empty value takes one away.
    pub(super) async fn post_with(&self, body: &Value, headers: &[(&str, &str)]) -> Got {
        let body = body.to_string();
        let path = "/backend-api/codex/responses";
        self.send(Method::POST, path, headers, body).await.unwrap()
    }

    /// Any request; `Err` where the connection closed without an answer.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Got, hyper_util::client::legacy::Error> {
        let request = self.request(method, path, headers, body.into());
        let response = self.http.request(request).await?;
        let (parts, mut stream) = response.into_parts();
        let (mut body, mut chunks, mut broken) = (Vec::new(), 0, false);
        while let Some(frame) = stream.frame().await {
            match frame {
                Ok(frame) => {
                    body.extend(frame.into_data().unwrap());
                    chunks += 1;
                }
                Err(_) => {
                    broken = true;
                    break;
                }
            }
        }
        Ok(Got {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.into(),
            chunks,
            broken,
        })
    }

    /// The answer as it begins, for tests that leave early.
    pub(super) async fn begin(&self, body: &Value) -> http::Response<hyper::body::Incoming> {
        let body = Bytes::from(body.to_string());
        let path = "/backend-api/codex/responses";
        let request = self.request(Method::POST, path, &[], body);
        self.http.request(request).await.unwrap()
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Request<Full<Bytes>> {
        let url = format!("http://{}{path}", self.standin.addr());
        let mut request = Request::builder().method(method).uri(url);
        let kept = |name: &str| !headers.iter().any(|(other, _)| *other == name);
        for (name, value) in self.headers.iter().filter(|(name, _)| kept(name)) {
            request = request.header(name, value);
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        request.body(Full::new(body)).unwrap()
    }
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The data of every record that is JSON.
    pub(super) fn events(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        let text = self.text().replace("\r\n", "\n").replace('\r', "\n");
        let data = text
            .split('\n')
            .filter_map(|line| line.strip_prefix("data: "));
        data.filter_map(|data| serde_json::from_str(data).ok())
            .collect()
    }

    /// The types of the events.
    pub(super) fn kinds(&self) -> Vec<String> {
        let kind = |event: Value| event["type"].as_str().unwrap().to_owned();
        self.events().into_iter().map(kind).collect()
    }

    /// The finished items in order.
    pub(super) fn items(&self) -> Vec<Value> {
        let mut done = self.events();
        done.retain(|event| event["type"] == "response.output_item.done");
        done.into_iter()
            .map(|event| event["item"].clone())
            .collect()
    }

    /// The visible text of the last message.
    pub(super) fn said(&self) -> String {
        let items = self.items();
        let message = items.iter().rfind(|item| item["type"] == "message");
        let message = message.unwrap_or_else(|| panic!("no message: {}", self.text()));
        message["content"][0]["text"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    }

    /// The response object of the last event.
    pub(super) fn last(&self) -> Value {
        let last = self.events().pop().unwrap();
        last["response"].clone()
    }
}

/// The smallest good request that says this.
pub(super) fn ask(text: &str) -> Value {
    json!({
        "model": "gpt-5.5",
        "instructions": "",
        "input": [{"role": "user", "content": text}],
        "store": false,
        "stream": true,
    })
}

/// A request with other fields.
pub(super) fn with(mut body: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    for (field, value) in fields {
        body[field] = value;
    }
    body
}
