//! A running stand-in and a client that follows nothing and hides nothing.

use std::time::Duration;

use base::{Chance, Clock, Hand, Timestamp};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use standin::{Options, Standin, World};

pub(crate) struct Caller {
    pub(crate) standin: Standin,
    pub(crate) hand: Hand,
    client: Client<HttpConnector, Full<Bytes>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The fields of the query of the address it redirects to.
    #[track_caller]
    pub(crate) fn redirect(&self) -> (String, Vec<(String, String)>) {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.text());
        let location = self.headers["location"].to_str().unwrap();
        let (address, query) = location.split_once('?').unwrap();
        let fields = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        (address.into(), fields.collect())
    }
}

impl Caller {
    /// With a clock that stands at a fixed moment until `hand` moves it.
    pub(crate) async fn start() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_775_000_000));
        let options = Options {
            clock,
            chance: Chance::seeded(7),
            tls_free_second_port: true,
            ..Options::default()
        };
        Self {
            standin: Standin::start(options).await.unwrap(),
            hand,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    pub(crate) fn world(&self) -> &World {
        self.standin.world()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.hand.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.with(path, &[]).await
    }

    pub(crate) async fn with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Bytes::new())
            .await
            .unwrap()
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = encode(fields);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &headers, body.into())
            .await
            .unwrap()
    }

    pub(crate) async fn json(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json; charset=utf-8")];
        let body = body.to_string();
        self.send(Method::POST, path, &headers, body.into())
            .await
            .unwrap()
    }

    /// An error where the connection broke before the end of the answer.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let origin = format!("http://{}", self.standin.addr());
        self.send_to(&origin, method, path, headers, body).await
    }

    pub(crate) async fn send_to(
        &self,
        origin: &str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{origin}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).unwrap();
        let answer = self
            .client
            .request(request)
            .await
            .map_err(|error| error.to_string())?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

pub(crate) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(it, _)| it == name)
        .map(|(_, value)| value.as_str())
}

/// The claims of a JWT.
pub(crate) fn claims(jwt: &str) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let parts: Vec<&str> = jwt.split('.').collect();
    assert_eq!(parts.len(), 3, "{jwt}");
    let decoded = parts.iter().map(|it| URL_SAFE_NO_PAD.decode(it).unwrap());
    serde_json::from_slice(&decoded.collect::<Vec<_>>()[1]).unwrap()
}
