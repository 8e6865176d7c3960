//! Pictures: bytes in base64 without a word on what they are.

use std::borrow::Cow;

use crate::Fault;
use crate::json::{Object, text};

/// The pictures of `images` as `data:` URLs, told apart by their first bytes.
pub(super) fn images(object: &Object<'_>) -> Result<Vec<String>, Fault> {
    let path = object.path("images");
    let mut urls = Vec::new();
    for (index, raw) in object.list("images")?.into_iter().flatten().enumerate() {
        let url = text(raw).and_then(|text| data_url(&text));
        urls.push(url.ok_or_else(|| unknown(format!("{path}[{index}]")))?);
    }
    Ok(urls)
}

/// A picture as a `data:` URL; one that is such a URL already stays as it is.
fn data_url(base64: &str) -> Option<String> {
    if base64.starts_with("data:image/") {
        return Some(base64.to_owned());
    }
    // Line breaks are no part of base64, and Go's reader skips them.
    let plain = match base64.contains(['\r', '\n']) {
        true => Cow::Owned(base64.replace(['\r', '\n'], "")),
        false => Cow::Borrowed(base64),
    };
    Some(format!("data:{};base64,{plain}", media(&plain)?))
}

/// What the first bytes say, read in their base64 form.
fn media(base64: &str) -> Option<&'static str> {
    let at = |place: std::ops::Range<usize>| base64.get(place);
    match base64 {
        png if png.starts_with(PNG) => Some("image/png"),
        jpeg if jpeg.starts_with(JPEG) => Some("image/jpeg"),
        gif if gif.starts_with(GIF) => Some("image/gif"),
        riff if riff.starts_with(RIFF) && at(11..16) == Some(WEBP) => Some("image/webp"),
        _ => None,
    }
}

fn unknown(path: String) -> Fault {
    Fault::Invalid {
        message: format!("'{path}' is no PNG, JPEG, GIF or WebP picture in base64"),
        param: Some(path),
        code: Some("invalid_image"),
    }
}

/// `89 50 4E 47 0D 0A 1A 0A`, and the zero that follows it.
const PNG: &str = "iVBORw0KGgo";
/// `FF D8 FF`.
const JPEG: &str = "/9j/";
/// `GIF8`.
const GIF: &str = "R0lGO";
/// `RIFF`, and after four bytes of size the end of `WEBP`: six bits of the W and all of the rest.
const RIFF: &str = "UklGR";
const WEBP: &str = "XRUJQ";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base64: &str, media: Option<&str>) {
        let expected = media.map(|media| format!("data:{media};base64,{base64}"));
        assert_eq!(data_url(base64), expected, "{base64}");
    }

    #[test]
    fn pictures_are_told_apart_by_their_first_bytes() {
        check("iVBORw0KGgoAAAANSUhEUg==", Some("image/png"));
        check("/9j/4AAQSkZJRgABAQ==", Some("image/jpeg"));
        check("R0lGODlhAQABAIAAAA==", Some("image/gif"));
        check("UklGRiIAAABXRUJQVlA4IBYAAAAw", Some("image/webp"));
        // The same container with sound in it.
        check("UklGRiQAAABXQVZFZm10IBAAAAABAAEA", None);
        check("JVBERi0xLjQK", None);
        check("", None);
        check("é", None);
    }

    #[test]
    fn what_surrounds_the_bytes_does_not_matter() {
        let broken = data_url("iVBORw0K\r\nGgoAAAAN\n").unwrap();
        assert_eq!(broken, "data:image/png;base64,iVBORw0KGgoAAAAN");
        let url = "data:image/png;base64,iVBORw0KGgo=";
        assert_eq!(data_url(url).as_deref(), Some(url));
    }
}
