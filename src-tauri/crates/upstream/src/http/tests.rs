//! The client over real sockets: plain, proxied, and with TLS.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// Answers one request on a free port; what it read up to the empty line.
fn server(answer: &'static str) -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::task::spawn_blocking(move || {
        let (socket, _) = listener.accept().unwrap();
        serve(socket, answer)
    });
    (address, serving)
}

fn serve(mut stream: impl Read + Write, answer: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut reader = BufReader::new(&mut stream);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        lines.push(line.trim_end().to_owned());
        line.clear();
    }
    // Whoever does not trust us is gone by now.
    let _ = stream.write_all(answer.as_bytes());
    lines
}

const EMPTY: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_proxy_is_used_for_everything_but_loopback() {
    let (proxy, proxied) = server(EMPTY);
    let (direct, served) = server(EMPTY);
    let config = HttpConfig {
        proxy: Some(Url::parse(&format!("http://me:pw@{proxy}")).unwrap()),
        ..HttpConfig::default()
    };
    assert!(!format!("{config:?}").contains("pw"));
    let client = http_client(&config).unwrap();
    let near = client.get(format!("http://{direct}/near")).send().await;
    assert_eq!(near.unwrap().status(), 204);
    assert_eq!(served.await.unwrap()[0], "GET /near HTTP/1.1");
    let far = client.get("http://backend.test/far").send().await;
    assert_eq!(far.unwrap().status(), 204);
    let lines = proxied.await.unwrap();
    assert_eq!(lines[0], "GET http://backend.test/far HTTP/1.1");
    assert!(lines.contains(&"proxy-authorization: Basic bWU6cHc=".to_owned()));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_a_request_names_nobody() {
    let (address, served) = server(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\n\r\n",
    );
    let client = http_client(&HttpConfig::default()).unwrap();
    let answer = client
        .get(format!("http://{address}/"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 307);
    let lines = served.await.unwrap();
    assert_eq!(
        lines,
        [
            "GET / HTTP/1.1".to_owned(),
            "accept: */*".to_owned(),
            format!("host: {address}")
        ]
    );
}

#[test]
fn what_cannot_be_used_is_said() {
    let fault = |config: HttpConfig| http_client(&config).unwrap_err();
    let proxy = fault(HttpConfig {
        proxy: Some(Url::parse("ftp://proxy.test").unwrap()),
        ..HttpConfig::default()
    });
    assert_eq!(proxy.to_string(), "`ftp` is not the scheme of a proxy");
    let home = tempfile::tempdir().unwrap();
    let roots = |name: &str| HttpConfig {
        root_ca: Some(home.path().join(name)),
        ..HttpConfig::default()
    };
    assert!(matches!(fault(roots("missing")), BuildFault::RootCa { .. }));
    std::fs::write(home.path().join("empty"), "").unwrap();
    assert!(matches!(fault(roots("empty")), BuildFault::NoRoots { .. }));
    assert!(fault(roots("empty")).hint().is_some());
}

/// With a certificate of the test root.
fn tls() -> rustls::ServerConfig {
    let leaf = CertificateDer::from_pem_slice(include_bytes!("tests/leaf.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tests/leaf.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .unwrap()
}

/// Answers one request over TLS.
fn tls_server() -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::task::spawn_blocking(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(Arc::new(tls())).unwrap();
        serve(rustls::Stream::new(&mut tls, &mut socket), EMPTY)
    });
    (address, serving)
}

#[tokio::test]
async fn only_trusted_roots_are_trusted_and_a_file_adds_to_them() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("root.pem");
    std::fs::write(&path, include_bytes!("tests/root.pem")).unwrap();
    for (root_ca, trusted) in [(Some(path), true), (None, false)] {
        let (address, served) = tls_server();
        let config = HttpConfig {
            root_ca,
            ..HttpConfig::default()
        };
        let client = http_client(&config).unwrap();
        let answer = client.get(format!("https://{address}/tls")).send().await;
        assert_eq!(answer.is_ok(), trusted);
        let lines = served.await.unwrap();
        assert_eq!(
            lines
                .first()
                .is_some_and(|line| line == "GET /tls HTTP/1.1"),
            trusted
        );
    }
}

/// The HTTP library sends again by itself what the protocol says was not begun (RFC 9113, 8.7), and nothing
/// else: something may be made and paid for by each request.
#[tokio::test]
async fn only_what_was_surely_not_begun_is_sent_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("root.pem");
    std::fs::write(&path, include_bytes!("tests/root.pem")).unwrap();
    let client = http_client(&HttpConfig {
        root_ca: Some(path),
        ..HttpConfig::default()
    });
    let client = client.unwrap();
    let goaway = |last| vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0];
    let reset = |why| vec![0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, why];
    for (last_words, expected) in [
        // No stream was taken, and the same request is the first one of the next connection.
        (goaway(0), AGAIN),
        (goaway(1), 1),
        (reset(REFUSED_STREAM), AGAIN),
        (reset(INTERNAL_ERROR), 1),
        (reset(CANCEL), 1),
        (Vec::new(), 1),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let mut came = 0;
        tokio::select! {
            answer = client.post(url).body("{}").send() => assert!(answer.is_err()),
            () = async {
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    came += 1;
                    hear_and_hang_up(socket, &last_words).await;
                }
            } => {}
        }
        assert_eq!(came, expected, "{last_words:?}");
    }
}

/// Speaks HTTP/2 (RFC 9113) until a request came, says `last_words`, and listens until the client is gone.
async fn hear_and_hang_up(socket: tokio::net::TcpStream, last_words: &[u8]) {
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    const HEADERS: u8 = 1;
    let mut config = tls();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let mut stream = acceptor.accept(socket).await.unwrap();
    stream.write_all(SETTINGS).await.unwrap();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    stream.read_exact(&mut preface.clone()).await.unwrap();
    let mut head = [0; 9];
    while head[3] != HEADERS {
        stream.read_exact(&mut head).await.unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length.try_into().unwrap()];
        stream.read_exact(&mut payload).await.unwrap();
    }
    stream.write_all(last_words).await.unwrap();
    stream.shutdown().await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

/// The first time, and twice more.
const AGAIN: usize = 3;
/// RFC 9113, 7.
const INTERNAL_ERROR: u8 = 2;
const REFUSED_STREAM: u8 = 7;
const CANCEL: u8 = 8;
