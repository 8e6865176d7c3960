use futures_util::FutureExt as _;
use proptest::prelude::*;

use super::*;

async fn form(media: &str, body: &[u8]) -> Result<Form, Fault> {
    let headers = [(CONTENT_TYPE, media.parse().unwrap())]
        .into_iter()
        .collect();
    read(&headers, Bytes::copy_from_slice(body)).await
}

const MEDIA: &str = "multipart/form-data; boundary=\"x y\"";
const WHOLE: &[u8] = b"--x y\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\nhi\r\n\
    --x y\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"a\\\"b.png\"\r\nContent-Type: image/png\r\n\r\n\x00\r\n--x\r\n\
    --x y--\r\n";

#[tokio::test]
async fn parts_keep_their_names_and_bytes() {
    let mut form = form(MEDIA, WHOLE).await.unwrap();
    let files = form.take(|name| name == "image[]");
    assert_eq!(form.texts().unwrap(), [("prompt", "hi")]);
    assert_eq!(files[0].content, &b"\x00\r\n--x"[..]);
    assert_eq!(files[0].media.as_deref(), Some("image/png"));
    assert_eq!(files[0].file_name.as_deref(), Some("a\"b.png"));
}

#[tokio::test]
async fn every_cut_is_told_and_none_is_taken_for_whole() {
    for end in 0..WHOLE.len() - 4 {
        let fault = form(MEDIA, &WHOLE[..end]).await.unwrap_err();
        assert_eq!(fault.code(), CODE, "cut at {end}");
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let many = b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(PARTS + 1);
    let long = [&b"--b\r\nX: "[..], &[b'x'; 1 << 20], b"\r\n\r\n\r\n--b--"].concat();
    let rows: [(&str, &[u8], &str); 8] = [
        ("application/json", b"{}", "unsupported_media_type"),
        ("text/plain; boundary=b", b"--b--", "unsupported_media_type"),
        ("multipart/form-data", b"--b--", CODE),
        ("multipart/form-data; boundary=b", b"", CODE),
        ("multipart/form-data; boundary=b", b"{}", CODE),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--",
            CODE,
        ),
        (
            "multipart/form-data; boundary=b",
            &[many.as_slice(), b"--b--"].concat(),
            CODE,
        ),
        ("multipart/form-data; boundary=b", &long, CODE),
    ];
    for (media, body, code) in rows {
        let told = form(media, body)
            .await
            .map_err(|fault| fault.code().to_owned());
        assert_eq!(
            told.map(|form| form.parts.len()),
            Err(code.to_owned()),
            "{media}"
        );
    }
}

#[tokio::test]
async fn a_text_is_utf8() {
    let body = b"--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n\xff\r\n--b--\r\n";
    let form = form("Multipart/Form-Data; boundary=b", body).await.unwrap();
    let fault = form.texts().unwrap_err();
    assert_eq!((fault.code(), fault.param()), (CODE, Some("prompt")));
}

/// Reads without waiting: the body has arrived.
fn at_once(media: &str, body: &[u8]) -> Result<Form, Fault> {
    form(media, body).now_or_never().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_put_in_comes_out(
        parts in prop::collection::vec(("[a-z\\[\\]]{1,8}", prop::collection::vec(any::<u8>(), 0..64)), 1..6),
    ) {
        let mut body = Vec::new();
        for (name, content) in &parts {
            let head = format!("--a boundary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend(b"--a boundary--");
        let form = at_once("multipart/form-data; boundary=\"a boundary\"", &body).unwrap();
        let read: Vec<(String, Vec<u8>)> = form
            .parts
            .into_iter()
            .map(|part| (part.name, part.content.to_vec()))
            .collect();
        prop_assert_eq!(read, parts);
    }

    /// A whole form with some of its bytes changed is a form or a reason, and comes to an end.
    #[test]
    fn no_damage_is_too_odd(
        changes in prop::collection::vec((0..WHOLE.len(), any::<u8>()), 0..12),
        boundary in "[ -~]{0,12}",
    ) {
        let mut body = WHOLE.to_vec();
        for (at, byte) in changes {
            body[at] = byte;
        }
        let _ = at_once(MEDIA, &body);
        let _ = at_once(&format!("multipart/form-data; boundary={boundary}"), &body);
    }
}
