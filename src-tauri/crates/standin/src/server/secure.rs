//! TLS as the real other side speaks it: HTTP/2 with whoever offers it, HTTP/1.1 with others.
//!
//! The certificate is for 127.0.0.1 and localhost and signed by itself; its key is no secret.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What makes TLS of connections.
///
/// # Errors
/// The certificate or its key is damaged.
pub(super) fn acceptor() -> io::Result<TlsAcceptor> {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("certificate.pem"));
    let certificate = certificate.map_err(io::Error::other)?;
    let key = PrivatePkcs8KeyDer::from(include_bytes!("key.der").as_slice());
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key.into())
        })
        .map_err(io::Error::other)?;
    config.alpn_protocols = [HTTP_2, HTTP_1].map(<[u8]>::to_vec).into();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// True where both sides chose HTTP/2 (RFC 9113, section 3.2).
pub(super) fn speaks_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP_2)
}

const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";
