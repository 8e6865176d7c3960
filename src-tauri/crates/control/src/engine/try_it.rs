//! One prompt through the real local door: over HTTP, with a key, like any app.
//!
//! At most one answer runs; a new prompt stops the one before.

use std::net::SocketAddr;
use std::time::Duration;

use base::Secret;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use wire::responses::{Event, Kind};
use wire::sse::Splitter;

use super::facts::OWN_KEY;
use super::{Call, Engine};
use crate::ask::Prompt;
use crate::news::TryIt;
use crate::state::Proxy;
use crate::{Code, Complaint};

/// What one try needs, gathered before it begins.
struct Try {
    at: SocketAddr,
    key: Secret,
    model: String,
    prompt: String,
}

/// What is known of an answer so far.
#[derive(Default)]
struct Heard {
    first_text: Option<Duration>,
    end: Option<TryIt>,
}

impl Engine {
    /// Sends one prompt; the answer comes as news.
    pub(crate) async fn try_it(&self, prompt: Prompt) -> Result<(), Complaint> {
        self.stop_trying();
        let Proxy::On { address, .. } = &self.state().proxy else {
            let why = "the proxy is off, so there is no door to knock at";
            return Err(Complaint::new(Code::Unavailable, why));
        };
        let at = address
            .parse()
            .map_err(|_| Complaint::new(Code::Other, "the address of the proxy is not known"))?;
        let wanted = Try {
            at,
            key: self.own_key().await?,
            model: match prompt.model {
                Some(model) => model,
                None => self.first_model().await?,
            },
            prompt: prompt.prompt,
        };
        let stop = CancellationToken::new();
        *self.0.trying.lock() = Some(stop.clone());
        let engine = self.clone();
        self.spawn("try it", async move {
            let end = tokio::select! {
                () = stop.cancelled() => TryIt::Stopped,
                end = engine.tried(&wanted) => end,
            };
            engine.0.board.call(Call::TryIt(end));
        });
        Ok(())
    }

    /// Stops the answer that runs; fine where none does.
    pub(crate) fn stop_trying(&self) {
        if let Some(trying) = self.0.trying.lock().take() {
            trying.cancel();
        }
    }

    async fn tried(&self, wanted: &Try) -> TryIt {
        match self.answered(wanted).await {
            Ok(end) => end,
            Err(complaint) => TryIt::Failed {
                complaint: complaint.for_page(),
            },
        }
    }

    async fn answered(&self, wanted: &Try) -> Result<TryIt, Complaint> {
        let begun = self.0.core.clock.passed();
        let stream = TcpStream::connect(wanted.at).await.map_err(broken)?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream))
                .await
                .map_err(broken)?;
        let request = wanted.request()?;
        let talk = async {
            let answer = sender.send_request(request).await.map_err(broken)?;
            let status = answer.status();
            let body = answer.into_body();
            match status {
                StatusCode::OK => self.listen_to(body, begun, &wanted.model).await,
                status => Err(refused(status, body).await),
            }
        };
        tokio::select! {
            told = talk => told,
            // The connection has more to say only while somebody listens.
            ended = async {
                let ended = connection.await;
                if ended.is_ok() {
                    std::future::pending::<()>().await;
                }
                ended
            } => match ended {
                Ok(()) => Err(cut_short()),
                Err(fault) => Err(broken(fault)),
            },
        }
    }

    async fn listen_to(
        &self,
        mut body: Incoming,
        begun: Duration,
        model: &str,
    ) -> Result<TryIt, Complaint> {
        let clock = &self.0.core.clock;
        let mut splitter = Splitter::default();
        let mut heard = Heard::default();
        while let Some(frame) = body.frame().await {
            let Ok(chunk) = frame.map_err(broken)?.into_data() else {
                continue;
            };
            let passed = clock.passed().saturating_sub(begun);
            let mut pieces = Vec::new();
            let split = splitter.push(chunk, |frame| {
                if let Some(event) = Event::from_frame(frame) {
                    pieces.extend(heard.take(&event, passed, model));
                }
            });
            split.map_err(broken)?;
            for text in pieces {
                self.0.board.call(Call::TryIt(TryIt::Delta { text }));
            }
            if let Some(end) = heard.end.take() {
                return Ok(end);
            }
        }
        Err(cut_short())
    }

    async fn own_key(&self) -> Result<Secret, Complaint> {
        match self.0.core.keys.reveal(OWN_KEY).await? {
            Some(key) => Ok(key),
            None => {
                // A key whose text was kept for a session that is over opens nothing any more.
                self.0.core.keys.revoke(OWN_KEY).await?;
                self.0.core.add_key(OWN_KEY).await
            }
        }
    }

    async fn first_model(&self) -> Result<String, Complaint> {
        let models = self.models().await?;
        let first = models.into_iter().next().map(|model| model.id);
        first.ok_or_else(|| Complaint::new(Code::Other, "this account has no models"))
    }
}

impl Try {
    fn request(&self) -> Result<Request<Full<Bytes>>, Complaint> {
        let body = json!({"model": self.model, "input": self.prompt, "stream": true});
        let bearer = self.key.bearer().map_err(broken)?;
        Request::post("/v1/responses")
            .header(header::HOST, self.at.to_string())
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body.to_string().into()))
            .map_err(broken)
    }
}

impl Heard {
    /// Takes an event in; yields the text it brings.
    fn take(&mut self, event: &Event, passed: Duration, model: &str) -> Option<String> {
        let kind = event.kind();
        if kind == Kind::TextDelta || kind == Kind::RefusalDelta {
            let data: Value = serde_json::from_slice(event.data()).ok()?;
            self.first_text.get_or_insert(passed);
            return Some(data["delta"].as_str()?.to_owned());
        }
        if kind.is_terminal() {
            let data: Value = serde_json::from_slice(event.data()).unwrap_or_default();
            self.end = Some(self.ending(kind, &data, passed, model));
        }
        None
    }

    fn ending(&self, kind: Kind, data: &Value, passed: Duration, model: &str) -> TryIt {
        if kind == Kind::Completed || kind == Kind::Incomplete {
            let response = &data["response"];
            let tokens = |name: &str| response["usage"][name].as_u64();
            return TryIt::Done {
                model: response["model"].as_str().unwrap_or(model).to_owned(),
                first_text_ms: self.first_text.map(millis),
                total_ms: millis(passed),
                input_tokens: tokens("input_tokens"),
                output_tokens: tokens("output_tokens"),
            };
        }
        let places = ["/response/error/message", "/error/message", "/message"];
        let message = places
            .iter()
            .find_map(|place| data.pointer(place)?.as_str())
            .unwrap_or("the answer failed");
        TryIt::Failed {
            complaint: Complaint::new(Code::Other, message),
        }
    }
}

/// What the door said instead of an answer, in its own words.
async fn refused(status: StatusCode, body: Incoming) -> Complaint {
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let said: Value = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
    let message = said["error"]["message"].as_str();
    let message = message.map_or_else(
        || format!("the proxy answered with status {}", status.as_u16()),
        str::to_owned,
    );
    let code = match said["error"]["code"].as_str() {
        Some("signed_out") => Code::SignedOut,
        Some("vault_closed") => Code::VaultClosed,
        Some("upstream_unreachable") => Code::Offline,
        Some(_) | None => Code::Other,
    };
    Complaint::new(code, message)
}

fn cut_short() -> Complaint {
    Complaint::new(Code::Other, "the answer ended before it was whole")
}

fn broken(fault: impl std::error::Error) -> Complaint {
    Complaint::new(
        Code::Other,
        format!("the proxy could not be asked: {fault}"),
    )
}

fn millis(passed: Duration) -> u64 {
    u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
}
