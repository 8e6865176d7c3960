//! The only builder of HTTP clients in the product.
//!
//! One TLS stack with the operating system's trust store; the operating system's proxy settings
//! unless one is set; loopback is never proxied; redirects are answers, not instructions; no
//! identity of its own: every request says who it is.

mod cookies;
mod proxy;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

pub(crate) use cookies::Jar;

/// How the way to the other side is built.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// A proxy for everything but loopback: `http`, `https`, `socks4`, `socks4a`, `socks5` or
    /// `socks5h`. `None` follows the operating system's settings.
    pub proxy: Option<Url>,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// A PEM file with roots to trust beside the operating system's.
    pub root_ca: Option<PathBuf>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            proxy: None,
            connect_timeout: Duration::from_secs(15),
            root_ca: None,
        }
    }
}

/// A proxy's address may hold a password.
impl fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpConfig")
            .field("proxy", &self.proxy.as_ref().map(Url::host_str))
            .field("connect_timeout", &self.connect_timeout)
            .field("root_ca", &self.root_ca)
            .finish()
    }
}

/// No HTTP client can be made from these settings.
#[derive(Debug, thiserror::Error)]
pub enum BuildFault {
    /// The proxy's address is no address of a proxy.
    #[error("`{scheme}` is not the scheme of a proxy")]
    Proxy {
        /// What stands before `://`.
        scheme: String,
    },
    /// The file with further roots cannot be read.
    #[error("the root certificates in `{}` cannot be read", path.display())]
    RootCa {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file with further roots holds none.
    #[error("`{}` holds no root certificates in PEM form", path.display())]
    NoRoots {
        /// The file.
        path: PathBuf,
    },
    /// TLS or the resolver could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl BuildFault {
    /// One thing the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Proxy { .. } => Some("use an `http`, `https` or `socks5h` address"),
            Self::RootCa { .. } | Self::NoRoots { .. } => {
                Some("name a readable PEM file, or remove the setting")
            }
            Self::Client(_) => Some("check that the system's root certificates are installed"),
        }
    }
}

/// A client with its own pool of connections.
///
/// # Errors
/// The proxy or the further roots cannot be used, or TLS cannot be set up.
#[expect(clippy::disallowed_methods, reason = "the one client for everything")]
pub fn http_client(config: &HttpConfig) -> Result<reqwest::Client, BuildFault> {
    // Somebody else in this process may have chosen first; then that provider stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(config.connect_timeout)
        .tcp_nodelay(true)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_WIDTH)
        .http2_initial_stream_window_size(STREAM_ROOM)
        .http2_initial_connection_window_size(STREAM_ROOM * STREAMS)
        .http2_keep_alive_interval(PING_EVERY)
        .http2_keep_alive_timeout(PONG_WITHIN);
    if let Some(proxy) = proxy::route(config.proxy.as_ref())? {
        builder = builder.proxy(proxy);
    }
    if let Some(path) = &config.root_ca {
        builder = builder.tls_certs_merge(roots(path)?);
    }
    builder.build().map_err(BuildFault::Client)
}

fn roots(path: &Path) -> Result<Vec<reqwest::Certificate>, BuildFault> {
    let pem = std::fs::read(path).map_err(|source| BuildFault::RootCa {
        path: path.to_owned(),
        source,
    })?;
    match reqwest::Certificate::from_pem_bundle(&pem) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        Ok(_) | Err(_) => Err(BuildFault::NoRoots {
            path: path.to_owned(),
        }),
    }
}

/// Cloudflare closes idle connections later than this, so a pooled one is usually alive.
const POOL_IDLE: Duration = Duration::from_secs(60);

/// One person rarely has more requests under way at once.
const POOL_WIDTH: usize = 8;

/// Bytes of one answer that may be on their way unread: a picture comes at some 10 MiB a second from
/// far away.
const STREAM_ROOM: u32 = 1 << 20;

/// How many answers that nobody reads leave room for the next one on the same connection: more than
/// one person has under way.
const STREAMS: u32 = 256;

/// A network that went away shows within half a minute, even while a model thinks.
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_WITHIN: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
