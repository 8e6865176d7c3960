//! Decompression that cannot be made to fill the memory.

use std::io::Read;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use wire::Fault;

/// How a body is encoded. Codex sends zstd, SDKs send plain (contract backend 1.1, trap 24).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Coding {
    /// Reads `Content-Encoding`; one encoding on top of another is not accepted.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let mut coding = Self::Identity;
        for value in headers.get_all(CONTENT_ENCODING) {
            let value = value.to_str().unwrap_or("?");
            for word in value.split(',').map(str::trim) {
                let next = match word.to_ascii_lowercase().as_str() {
                    "" | "identity" => continue,
                    "gzip" | "x-gzip" => Self::Gzip,
                    "zstd" => Self::Zstd,
                    _ => return Err(unknown(word)),
                };
                if coding != Self::Identity {
                    return Err(unknown(value));
                }
                coding = next;
            }
        }
        Ok(coding)
    }
}

/// What `raw` says, at most `limit` bytes of it. Several frames or members in a row are one body.
///
/// # Errors
/// It says more, or is not what it claims to be.
pub fn plain(coding: Coding, raw: &[u8], limit: usize) -> Result<Bytes, Fault> {
    match coding {
        Coding::Identity => Ok(Bytes::copy_from_slice(raw)),
        Coding::Gzip => bounded(flate2::bufread::MultiGzDecoder::new(raw), limit),
        Coding::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(raw);
            bounded(decoder.map_err(|_| Fault::Undecodable)?, limit)
        }
    }
}

fn bounded(decoder: impl Read, limit: usize) -> Result<Bytes, Fault> {
    let mut all = Vec::new();
    let one_more = (limit as u64).saturating_add(1);
    let read = decoder.take(one_more).read_to_end(&mut all);
    match read {
        Ok(length) if length > limit => Err(Fault::TooLarge {
            limit: limit as u64,
        }),
        Ok(_) => Ok(all.into()),
        Err(_) => Err(Fault::Undecodable),
    }
}

fn unknown(told: &str) -> Fault {
    Fault::Encoding(told.chars().take(100).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd_frame(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 3).unwrap()
    }

    #[test]
    fn encodings_are_read_back() {
        for (coding, encode) in [
            (Coding::Gzip, gzip as fn(&[u8]) -> Vec<u8>),
            (Coding::Zstd, zstd_frame),
        ] {
            let whole = encode(b"{\"a\":1}");
            assert_eq!(
                plain(coding, &whole, 64).unwrap(),
                "{\"a\":1}",
                "{coding:?}"
            );
            let two = [encode(b"{\"a\""), encode(b":1}")].concat();
            assert_eq!(plain(coding, &two, 64).unwrap(), "{\"a\":1}", "{coding:?}");
            let cut = &whole[..whole.len() - 3];
            assert_eq!(
                plain(coding, cut, 64),
                Err(Fault::Undecodable),
                "{coding:?}"
            );
            let junk = b"{\"a\":1}";
            assert_eq!(
                plain(coding, junk, 64),
                Err(Fault::Undecodable),
                "{coding:?}"
            );
        }
    }

    #[test]
    fn a_bomb_is_too_large_and_nothing_more() {
        let zeros = vec![0; 1 << 20];
        for (coding, bomb) in [
            (Coding::Gzip, gzip(&zeros)),
            (Coding::Zstd, zstd_frame(&zeros)),
        ] {
            assert!(bomb.len() < 16 * 1024);
            let limit = (1 << 20) - 1;
            assert_eq!(
                plain(coding, &bomb, limit),
                Err(Fault::TooLarge {
                    limit: limit as u64
                })
            );
            assert_eq!(plain(coding, &bomb, 1 << 20).unwrap().len(), 1 << 20);
        }
    }

    #[test]
    fn one_encoding_is_enough() {
        let rows = [
            ("gzip", Ok(Coding::Gzip)),
            ("X-GZIP", Ok(Coding::Gzip)),
            ("zstd", Ok(Coding::Zstd)),
            ("identity", Ok(Coding::Identity)),
            ("identity, zstd", Ok(Coding::Zstd)),
            ("", Ok(Coding::Identity)),
            ("br", Err(unknown("br"))),
            ("gzip, zstd", Err(unknown("gzip, zstd"))),
        ];
        for (told, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, told.parse().unwrap());
            assert_eq!(Coding::of(&headers), expected, "{told}");
        }
    }
}
