//! The real network: the system's resolver, TCP, and TLS with the system's trust store.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::remote::{Network, Wire};

/// Made ready when it is first used; most people never use it.
#[derive(Default)]
pub(super) struct Internet {
    tls: Mutex<Option<Arc<ClientConfig>>>,
}

impl Network for Internet {
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'_, io::Result<Vec<IpAddr>>> {
        let host = host.to_owned();
        async move {
            let found = tokio::net::lookup_host((host, port)).await?;
            Ok(found.map(|at| at.ip()).collect())
        }
        .boxed()
    }

    fn connect(&self, host: &str, at: SocketAddr) -> BoxFuture<'_, io::Result<Wire>> {
        let host = host.to_owned();
        async move {
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            let tls = TlsConnector::from(self.tls()?);
            let stream = TcpStream::connect(at).await?;
            Ok(Box::new(tls.connect(name, stream).await?) as Wire)
        }
        .boxed()
    }
}

impl Internet {
    fn tls(&self) -> io::Result<Arc<ClientConfig>> {
        let mut tls = self.tls.lock();
        if let Some(ready) = &*tls {
            return Ok(Arc::clone(ready));
        }
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map_err(io::Error::other)?
            .with_no_client_auth();
        Ok(Arc::clone(tls.insert(Arc::new(config))))
    }
}
