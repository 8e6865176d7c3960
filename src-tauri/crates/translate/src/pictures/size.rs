//! The size and the format of a picture, by the picture itself: what is said about it is not to be
//! relied on (contract backend 7.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `1024x1536`, where `base64` begins like a PNG.
pub(super) fn size(base64: &str) -> Option<String> {
    let head = STANDARD.decode(base64.get(..HEAD)?).ok()?;
    let rest = head.strip_prefix(PNG)?;
    (rest.get(4..8)? == b"IHDR").then_some(())?;
    let edge = |at: usize| {
        let bytes = rest.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    Some(format!("{}x{}", edge(8)?, edge(12)?))
}

/// `png`, `jpeg` or `webp`, by how `base64` begins.
pub(super) fn format(base64: &str) -> Option<&'static str> {
    let begins = [("iVBORw0KGgo", "png"), ("/9j/", "jpeg"), ("UklGR", "webp")];
    let mut begins = begins.into_iter();
    let (_, format) = begins.find(|(begin, _)| base64.starts_with(begin))?;
    Some(format)
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Characters that hold the first 24 bytes: signature, length, name, width, height.
const HEAD: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_png_tells_its_size() {
        let mut png = PNG.to_vec();
        png.extend(13_u32.to_be_bytes());
        png.extend(b"IHDR");
        png.extend(2160_u32.to_be_bytes());
        png.extend(3040_u32.to_be_bytes());
        assert_eq!(
            size(&STANDARD.encode(&png)).as_deref(),
            Some("2160x3040"),
            "no byte more is needed"
        );
        png.extend([8, 0, 0]);
        let whole = STANDARD.encode(&png);
        assert_eq!(size(&whole).as_deref(), Some("2160x3040"));
        for odd in [
            "",
            "iVBORw0KGgo",
            &whole.replacen('i', "/", 1),
            "é".repeat(40).as_str(),
        ] {
            assert_eq!(size(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_first_bytes_tell_the_format() {
        let rows: [(&[u8], Option<&str>); 4] = [
            (PNG, Some("png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("jpeg")),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some("webp")),
            (b"GIF89a", None),
        ];
        for (bytes, told) in rows {
            assert_eq!(format(&STANDARD.encode(bytes)), told);
        }
    }
}
