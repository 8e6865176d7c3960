//! The client over real sockets: plain, proxied, and with TLS.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

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

/// Answers one request over TLS, with a certificate of the test root.
fn tls_server() -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
    let leaf = CertificateDer::from_pem_slice(include_bytes!("tests/leaf.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tests/leaf.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::task::spawn_blocking(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(Arc::new(config)).unwrap();
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
