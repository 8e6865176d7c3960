//! A form with a file, as bytes that can be sent twice (RFC 7578).

use crate::Speech;

/// The body of a form; `boundary` stands between its parts.
pub(super) fn speech(speech: &Speech, boundary: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(speech.audio.len() + 1024);
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    if let Some(prompt) = &speech.prompt {
        part("name=\"prompt\"", prompt.as_bytes());
    }
    let (name, media) = (quoted(&speech.file_name), media(&speech.media));
    let head = format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: {media}");
    part(&head, &speech.audio);
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// A name that cannot end its own quotes or line, as browsers write it.
fn quoted(name: &str) -> String {
    let name: String = name.chars().take(NAME).collect();
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A media type as it came, unless it is none.
fn media(told: &str) -> &str {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte);
    let plain = !told.is_empty() && told.bytes().all(fit);
    if plain {
        told
    } else {
        "application/octet-stream"
    }
}

/// Characters of a file's name.
const NAME: usize = 255;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn no_name_and_no_type_can_break_out_of_its_place() {
        let told = Speech {
            file_name: "a\"\r\nX: y\r\n\r\n.wav".into(),
            media: "audio/wav\r\nX: y".into(),
            audio: Bytes::from_static(b"RIFF\r\n--b"),
            prompt: Some("Grüße".into()),
        };
        let body = String::from_utf8(speech(&told, "b0")).unwrap();
        assert_eq!(
            body,
            "--b0\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nGrüße\r\n\
             --b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0AX: y%0D%0A%0D%0A.wav\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nRIFF\r\n--b\r\n--b0--\r\n"
        );
    }
}
