//! One exchange: a request goes out, its answer or its refusal is read.

use std::time::Duration;

use base::{Secret, aside};
use http::header::COOKIE;
use wire::Fault;

use super::Client;
use super::wires::Place;
use crate::classify::Refusal;
use crate::head::text;
use crate::retry::Deed;
use crate::{Credential, http_client};

impl Client {
    /// Sends with the cookies that may go along, and keeps those that may be kept. The answer has its
    /// [`super::Place`] among its extensions; whoever takes the answer apart keeps it with the body.
    pub(super) async fn send(&self, request: reqwest::Request) -> Result<reqwest::Response, Fault> {
        self.send_for(Deed::Asking, request).await
    }

    /// The same. Where something is made, [`Fault::Unreachable`] says that no connection could be
    /// made, and [`Fault::CutShort`] that the request may have arrived.
    pub(super) async fn send_for(
        &self,
        deed: Deed,
        mut request: reqwest::Request,
    ) -> Result<reqwest::Response, Fault> {
        let url = request.url().clone();
        if let Some(cookies) = self.0.jar.cookies(&url) {
            request.headers_mut().insert(COOKIE, cookies);
        }
        let (http, place) = self.wire();
        let answer = http.execute(request).await;
        let mut answer = answer.map_err(|e| match deed {
            Deed::Making if !e.is_connect() => Fault::CutShort,
            Deed::Making | Deed::Asking => Fault::Unreachable {
                host: url.host_str().unwrap_or_default().to_owned(),
                why: root_cause(&e),
            },
        })?;
        answer.extensions_mut().insert(place);
        self.0.jar.keep(&url, answer.headers());
        Ok(answer)
    }

    fn wire(&self) -> (reqwest::Client, Place) {
        loop {
            let these = match self.0.wires.lock().take() {
                Ok(taken) => return taken,
                Err(these) => these,
            };
            // Some milliseconds. The settings are those of these wires or newer ones, because
            // `reconfigure` changes them first.
            let config = self.config();
            let http = config.http.as_ref();
            let another = http.and_then(|http| aside(|| http_client(http)).ok());
            if let Some(taken) = self.0.wires.lock().take_of(another, &these) {
                return taken;
            }
        }
    }

    /// The whole body of a success, or what the refusal means.
    pub(super) async fn whole(
        &self,
        answer: reqwest::Response,
        credential: &Credential,
    ) -> Result<Vec<u8>, Fault> {
        if !answer.status().is_success() {
            return Err(self.refusal(answer, credential).await);
        }
        self.body_of(answer, LONGEST_PAGE).await
    }

    /// The whole body of an answer that has been judged by its head, at most `limit` bytes.
    pub(super) async fn body_of(
        &self,
        answer: reqwest::Response,
        limit: usize,
    ) -> Result<Vec<u8>, Fault> {
        match body(answer, limit).await {
            Body::Whole(body) => Ok(body),
            Body::Part(_) => Err(Fault::CutShort),
        }
    }

    /// Reads a refusal as far as it comes, but does not wait for ever, and says what it means.
    pub(super) async fn refusal(
        &self,
        answer: reqwest::Response,
        credential: &Credential,
    ) -> Fault {
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = self
            .0
            .clock
            .timeout(REFUSAL_DEADLINE, body(answer, LONGEST_REFUSAL));
        let body = match body.await {
            Some(Body::Whole(body) | Body::Part(body)) => {
                without(&credential.bearer, &body).unwrap_or(body)
            }
            None => Vec::new(),
        };
        let fault = Refusal {
            status,
            headers: &headers,
            body: &body,
            now: self.0.clock.now(),
        }
        .fault();
        if let Fault::Challenged { .. } = fault {
            self.0.jar.clear();
        }
        fault
    }

    /// A challenge that came with a status of success.
    pub(super) fn refused_with_success(&self, answer: &reqwest::Response) -> Option<Fault> {
        let headers = answer.headers();
        headers.contains_key("cf-mitigated").then(|| {
            self.0.jar.clear();
            Fault::Challenged {
                ray: text(headers, "cf-ray").map(str::to_owned),
            }
        })
    }
}

enum Body {
    Whole(Vec<u8>),
    /// It broke off, or has more than was asked for.
    Part(Vec<u8>),
}

async fn body(mut answer: reqwest::Response, limit: usize) -> Body {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(body),
            Err(_) => return Body::Part(body),
        }
        if body.len() > limit {
            body.truncate(limit);
            return Body::Part(body);
        }
    }
}

/// The other side's words without the token, should they repeat it, as some do that refuse it.
pub(super) fn without(token: &Secret, said: &[u8]) -> Option<Vec<u8>> {
    let said = std::str::from_utf8(said).ok()?;
    let repeats = !token.is_empty() && said.contains(token.reveal());
    repeats.then(|| said.replace(token.reveal(), "[token]").into_bytes())
}

/// What the network said, without the address: it may hold more than a host.
fn root_cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let last = causes.last().map(ToString::to_string);
    last.unwrap_or_else(|| "the request could not be sent".to_owned())
}

/// More than any error body; pages of Cloudflare have some 10 KiB.
const LONGEST_REFUSAL: usize = 256 << 10;

/// Catalogues have some 100 KiB.
const LONGEST_PAGE: usize = 16 << 20;

const REFUSAL_DEADLINE: Duration = Duration::from_secs(10);
