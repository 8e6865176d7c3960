//! Pictures: reads format and size from the first bytes, and draws plain PNGs.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// What the header of an image says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// `PNG`, `JPEG`, `GIF` or `WebP`.
    pub(crate) format: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Picture {
    /// Recognises an image by its magic bytes and finds its size.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        png(bytes)
            .or_else(|| gif(bytes))
            .or_else(|| webp(bytes))
            .or_else(|| jpeg(bytes))
            .filter(|picture| picture.width > 0 && picture.height > 0)
    }
}

/// A PNG of one colour, of that size in pixels. `seed` chooses the colour.
pub(crate) fn draw(width: u32, height: u32, seed: &str) -> Vec<u8> {
    let hue = seed
        .bytes()
        .fold(17_u8, |hue, byte| hue.wrapping_mul(31).wrapping_add(byte));
    let mut bytes = PNG.to_vec();
    let mut header = Vec::with_capacity(13);
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    // Eight bits, grey: small even where the picture is large.
    header.extend([8, 0, 0, 0, 0]);
    chunk(&mut bytes, *b"IHDR", &header);
    let mut row = vec![hue; width as usize + 1];
    row[0] = 0;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..height {
        // Writing into memory cannot fail.
        let _ = packed.write_all(&row);
    }
    chunk(&mut bytes, *b"IDAT", &packed.finish().unwrap_or_default());
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    let from = out.len();
    out.extend(kind);
    out.extend(data);
    let mut sum = flate2::Crc::new();
    sum.update(&out[from..]);
    out.extend(sum.sum().to_be_bytes());
}

fn png(bytes: &[u8]) -> Option<Picture> {
    let header = bytes.strip_prefix(PNG)?;
    (header.get(4..8)? == b"IHDR").then_some(())?;
    Some(Picture {
        format: "PNG",
        width: u32::from_be_bytes(header.get(8..12)?.try_into().ok()?),
        height: u32::from_be_bytes(header.get(12..16)?.try_into().ok()?),
    })
}

fn gif(bytes: &[u8]) -> Option<Picture> {
    let size = bytes
        .strip_prefix(b"GIF87a")
        .or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    Some(Picture {
        format: "GIF",
        width: little16(size, 0)?,
        height: little16(size, 2)?,
    })
}

fn webp(bytes: &[u8]) -> Option<Picture> {
    let body = bytes
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WEBP")?;
    let (kind, data) = (body.get(..4)?, body.get(8..)?);
    let (width, height) = match kind {
        b"VP8 " => (little16(data, 6)? & 0x3fff, little16(data, 8)? & 0x3fff),
        b"VP8L" => {
            let bits = u32::from_le_bytes(data.get(1..5)?.try_into().ok()?);
            ((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
        }
        b"VP8X" => (little24(data, 4)? + 1, little24(data, 7)? + 1),
        _ => return None,
    };
    Some(Picture {
        format: "WebP",
        width,
        height,
    })
}

/// Walks the segments to the frame header.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, ..] = *rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?));
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            return Some(Picture {
                format: "JPEG",
                height: big16(rest, 5)?,
                width: big16(rest, 7)?,
            });
        }
        rest = rest.get(2 + length..)?;
    }
}

fn big16(bytes: &[u8], at: usize) -> Option<u32> {
    let two = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(u16::from_be_bytes(two)))
}

fn little16(bytes: &[u8], at: usize) -> Option<u32> {
    let two = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(u16::from_le_bytes(two)))
}

fn little24(bytes: &[u8], at: usize) -> Option<u32> {
    let three = bytes.get(at..at + 3)?;
    Some(u32::from_le_bytes([three[0], three[1], three[2], 0]))
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], format: &'static str, width: u32, height: u32) {
        assert_eq!(
            Picture::read(bytes),
            Some(Picture {
                format,
                width,
                height
            })
        );
    }

    #[test]
    fn every_format_tells_its_size() {
        check(&draw(2, 3, "x"), "PNG", 2, 3);
        check(b"GIF89a\x05\x00\x07\x00\x00", "GIF", 5, 7);
        check(
            b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x08\0\0\x09\0\0",
            "WebP",
            9,
            10,
        );
        check(
            b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x04\0\x06\0",
            "WebP",
            4,
            6,
        );
        check(
            b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x0b\x00\x0c\x03",
            "JPEG",
            12,
            11,
        );
    }

    #[test]
    fn no_picture_is_no_picture() {
        for bytes in [
            &b""[..],
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a\0\0\0\0",
            b"<svg/>",
            b"\xff\xd8\xff\xd9",
        ] {
            assert_eq!(Picture::read(bytes), None);
        }
    }
}
