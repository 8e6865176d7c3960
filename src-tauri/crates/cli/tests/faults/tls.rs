//! A server that nobody vouches for: its certificate is signed by itself, and its key is no secret.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::Tasks;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The server, and what it met.
pub(crate) struct Stranger {
    pub(crate) at: SocketAddr,
    counts: Arc<[AtomicUsize; 2]>,
}

impl Stranger {
    /// Connections that came.
    pub(crate) fn called(&self) -> usize {
        self.counts[0].load(Ordering::SeqCst)
    }

    /// Connections on which something was said to it.
    pub(crate) fn heard(&self) -> usize {
        self.counts[1].load(Ordering::SeqCst)
    }
}

/// Listens with a certificate for 127.0.0.1 and localhost.
pub(crate) async fn stranger() -> Stranger {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let (acceptor, counting) = (acceptor(), Arc::clone(&counts));
    let tasks = Tasks::new();
    tasks.clone().spawn("stranger", |_| async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, counts) = (acceptor.clone(), Arc::clone(&counting));
            counts[0].fetch_add(1, Ordering::SeqCst);
            tasks.spawn("call", |_| async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                if stream.read_u8().await.is_ok() {
                    counts[1].fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    Stranger { at, counts }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_slice(include_bytes!("stranger.cert.der"));
    let key = PrivatePkcs8KeyDer::from(include_bytes!("stranger.key.der").as_slice());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth();
    let config = config
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
