//! Requests whose end two readers would see in different places. A proxy of the person's own may stand
//! in front; what it takes for one request must not be two here.

use crate::raw;
use crate::stage::Stage;

/// Asks for something that is open to all, so that a request which was smuggled in would be served.
const TAIL: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_with_two_ends_gets_one_answer_and_the_connection_closes() {
    let stage = Stage::open().await;
    let long = format!("1;{}\r\nx\r\n0\r\n\r\n", "x".repeat(20_000));
    let endless = ("1.1", "transfer-encoding: chunked", long.as_str());
    for (version, lines, body) in TWO_ENDS.iter().copied().chain([endless]) {
        let bytes = format!(
            "POST /v1/responses HTTP/{version}\r\nhost: localhost\r\n{lines}\r\n\r\n{body}{TAIL}"
        );
        let told = raw::answers(stage.at(), bytes).await;
        assert!(
            matches!(told[..], [400..=499]),
            "{version} {lines}: {told:?}"
        );
    }
    assert!(stage.serves().await);
}

#[tokio::test]
async fn no_other_protocol_and_no_other_host_is_spoken_to() {
    let stage = Stage::open().await;
    stage.forget();
    let (at, key) = (stage.at(), &stage.key);
    let whole = |line: &str| {
        format!(
            "{line}\r\nhost: localhost\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
        )
    };
    for (line, status) in [
        ("GET http://evil.example/v1/models HTTP/1.1", 403),
        ("GET http://169.254.169.254/latest/meta-data HTTP/1.1", 403),
        ("GET https://localhost@evil.example/ HTTP/1.1", 403),
        ("GET ftp://localhost/etc/passwd HTTP/1.1", 404),
        ("CONNECT evil.example:443 HTTP/1.1", 403),
        ("CONNECT 127.0.0.1:22 HTTP/1.1", 404),
        ("OPTIONS * HTTP/1.1", 404),
        ("TRACE /v1/models HTTP/1.1", 405),
        ("PROPFIND /v1/models HTTP/1.1", 405),
        ("GET /v1/models HTTP/1.1 HTTP/1.1", 400),
        // A bare line feed ends a line too, and what stands behind it counts: two hosts are none.
        ("GET /v1/models HTTP/1.1\r\nx: y\nhost: evil.example", 400),
    ] {
        assert_eq!(raw::answers(at, whole(line)).await, [status], "{line}");
    }
    for bytes in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x05\x01\x00",
        b"SSH-2.0-x\r\n\r\n",
        b"GET /v1/models\r\n\r\n",
        b"GET /v1/models HTTP/9.9\r\n\r\n",
    ] {
        let answer = raw::exchange(at, bytes).await;
        let told = raw::statuses(&answer);
        assert!(matches!(told[..], [] | [400 | 505]), "{bytes:?}: {answer}");
    }
    assert!(stage.reached().is_empty(), "{:?}", stage.reached());
    assert!(stage.serves().await);
}

/// The version, header lines, and what follows them before the tail.
const TWO_ENDS: &[(&str, &str, &str)] = &[
    (
        "1.1",
        "content-length: 6\r\ntransfer-encoding: chunked",
        "0\r\n\r\n",
    ),
    (
        "1.1",
        "transfer-encoding: chunked\r\ncontent-length: 6",
        "0\r\n\r\n",
    ),
    ("1.1", "content-length: 0\r\ncontent-length: 5", ""),
    ("1.1", "content-length: 0, 5", ""),
    ("1.1", "content-length: +0", ""),
    ("1.1", "content-length: -1", ""),
    ("1.1", "content-length: 0x0", ""),
    ("1.1", "content-length: 99999999999999999999", ""),
    ("1.1", "content-length:\r\n 0", ""),
    ("1.1", "content-length : 0", ""),
    ("1.1", "content-length", ""),
    ("1.1", "content\rlength: 0", ""),
    ("1.1", "content-length: 0\r\nx: a\0b", ""),
    ("1.1", "transfer-encoding: identity", ""),
    ("1.1", "transfer-encoding: xchunked", "0\r\n\r\n"),
    ("1.1", "transfer-encoding: chunked, gzip", "0\r\n\r\n"),
    ("1.1", "transfer-encoding:\r\n chunked", "0\r\n\r\n"),
    ("1.1", "transfer-encoding: chunked", "ffffffffffffffff1\r\n"),
    ("1.1", "transfer-encoding: chunked", "-1\r\n"),
    ("1.0", "transfer-encoding: chunked", "0\r\n\r\n"),
];
