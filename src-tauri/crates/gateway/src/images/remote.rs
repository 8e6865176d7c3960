//! One image over `https`, fetched so that nobody can be reached who should not be:
//!
//! - only `https`, no user name in the address;
//! - a name is resolved once, every address it has must be public, and the connection goes to the
//!   address that was checked; an address written out is checked the same way;
//! - each redirect, at most [`REDIRECTS`], is checked anew;
//! - at most [`BYTES`], within [`DEADLINE`], and what came must begin like an image.
//!
//! No cookie, no credential, and no header of the client goes along. No proxy is used: it would
//! resolve the name itself, and what it found could not be checked.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT, HOST, LOCATION, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use url::{Host, Url};

use super::global::is_global;

/// What a fetch needs of the network; a test has its own.
pub(super) trait Network: Send + Sync {
    /// All addresses of `host`.
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'_, io::Result<Vec<IpAddr>>>;
    /// A connection to `at` over which `host` has proved who it is.
    fn connect(&self, host: &str, at: SocketAddr) -> BoxFuture<'_, io::Result<Wire>>;
}

/// A connection.
pub(super) type Wire = Box<dyn Duplex>;

/// Both directions in one.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Why an image was not fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfetched {
    #[error("it is no plain `https` address")]
    Address,
    #[error("its host is not on the public Internet")]
    NotPublic,
    #[error("its host has no address")]
    NoHost,
    #[error("its host could not be reached")]
    Network(#[source] io::Error),
    #[error("its host answered with something that is no HTTP")]
    Http(#[source] hyper::Error),
    #[error("its host answered with status {}", .0.as_u16())]
    Status(StatusCode),
    #[error("it was redirected too often")]
    Redirects,
    #[error("it is larger than {} MiB", BYTES >> 20)]
    TooLarge,
    #[error("it is no JPEG, PNG, GIF or WebP image")]
    NoImage,
    #[error("it took longer than {} seconds", DEADLINE.as_secs())]
    TooSlow,
}

pub(super) struct Remote {
    pub(super) network: Arc<dyn Network>,
    pub(super) clock: Clock,
}

/// What a host said.
enum Said {
    Image(Bytes),
    Elsewhere(Url),
}

impl Remote {
    /// The image at `address` as a `data:` URL.
    pub(super) async fn fetch(&self, address: &str) -> Result<String, Unfetched> {
        let fetching = Box::pin(self.follow(address));
        let fetched = self.clock.timeout(DEADLINE, fetching).await;
        let image = fetched.ok_or(Unfetched::TooSlow)??;
        let media = media_type(&image).ok_or(Unfetched::NoImage)?;
        Ok(format!("data:{media};base64,{}", STANDARD.encode(&image)))
    }

    async fn follow(&self, address: &str) -> Result<Bytes, Unfetched> {
        let mut at = Url::parse(address).map_err(|_| Unfetched::Address)?;
        for _ in 0..=REDIRECTS {
            match self.ask(&at).await? {
                Said::Image(image) => return Ok(image),
                Said::Elsewhere(next) => at = next,
            }
        }
        Err(Unfetched::Redirects)
    }

    async fn ask(&self, url: &Url) -> Result<Said, Unfetched> {
        let (host, at) = self.public(url).await?;
        let wire = self.network.connect(&host, at).await;
        let wire = wire.map_err(Unfetched::Network)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(wire))
            .await
            .map_err(Unfetched::Http)?;
        let mut connection = Box::pin(connection);
        let mut asking = Box::pin(async move {
            let response = sender.send_request(request(url)?).await;
            read(url, response.map_err(Unfetched::Http)?).await
        });
        tokio::select! {
            biased;
            said = asking.as_mut() => return said,
            _ = connection.as_mut() => {}
        }
        // The connection has ended, so all it brought is there already.
        asking.await
    }

    /// The host as TLS needs it, and the one address to connect to.
    async fn public(&self, url: &Url) -> Result<(String, SocketAddr), Unfetched> {
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            return Err(Unfetched::Address);
        }
        let port = url.port_or_known_default().ok_or(Unfetched::Address)?;
        let (host, found) = match url.host().ok_or(Unfetched::Address)? {
            Host::Ipv4(ip) => (ip.to_string(), vec![IpAddr::V4(ip)]),
            Host::Ipv6(ip) => (ip.to_string(), vec![IpAddr::V6(ip)]),
            Host::Domain(name) => {
                let found = self.network.resolve(name, port).await;
                (name.to_owned(), found.map_err(Unfetched::Network)?)
            }
        };
        // One private address among public ones is how a rebinding name looks.
        if !found.iter().all(|ip| is_global(*ip)) {
            return Err(Unfetched::NotPublic);
        }
        let ip = found.first().ok_or(Unfetched::NoHost)?;
        Ok((host, SocketAddr::new(*ip, port)))
    }
}

fn request(url: &Url) -> Result<Request<Empty<Bytes>>, Unfetched> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    Request::get(path)
        .header(HOST, host)
        .header(ACCEPT, "image/*")
        .header(USER_AGENT, concat!("postern/", env!("CARGO_PKG_VERSION")))
        .body(Empty::new())
        .map_err(|_| Unfetched::Address)
}

async fn read(url: &Url, response: Response<Incoming>) -> Result<Said, Unfetched> {
    let status = response.status();
    if status.is_redirection() {
        let next = response.headers().get(LOCATION);
        let next = next.and_then(|next| url.join(next.to_str().ok()?).ok());
        return next.map(Said::Elsewhere).ok_or(Unfetched::Status(status));
    }
    if status != StatusCode::OK {
        return Err(Unfetched::Status(status));
    }
    let mut image = Vec::new();
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(Unfetched::Http)?;
        if let Some(data) = frame.data_ref() {
            if image.len() + data.len() > BYTES {
                return Err(Unfetched::TooLarge);
            }
            image.extend_from_slice(data);
        }
    }
    Ok(Said::Image(image.into()))
}

/// By the first bytes: what a host says about its files is not to be relied on.
pub(crate) fn media_type(image: &[u8]) -> Option<&'static str> {
    match image {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// The largest image, in bytes.
const BYTES: usize = 20 << 20;
/// The longest one image may take, redirects included.
const DEADLINE: Duration = Duration::from_secs(15);
