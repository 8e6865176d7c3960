//! Request bodies that arrive compressed: zstd or gzip, one layer, bounded.

use std::io::Read;

use bytes::Bytes;

/// The plain bytes; `None` where the encoding is not known, the bytes are no such thing, or the
/// result is beyond the limit.
pub(crate) fn decode(encoding: &str, bytes: &[u8]) -> Option<Bytes> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => read(flate2::read::GzDecoder::new(bytes)),
        "zstd" => read(zstd::Decoder::new(bytes).ok()?),
        "identity" => Some(Bytes::copy_from_slice(bytes)),
        _ => None,
    }
}

fn read(decoder: impl Read) -> Option<Bytes> {
    let mut plain = Vec::new();
    let read = decoder.take(LIMIT + 1).read_to_end(&mut plain).ok()?;
    (u64::try_from(read).ok()? <= LIMIT).then(|| plain.into())
}

const LIMIT: u64 = 80 * 1024 * 1024;
