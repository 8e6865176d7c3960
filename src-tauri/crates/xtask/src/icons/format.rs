//! Pictures as files: PNG, and the containers of Windows (`.ico`) and macOS (`.icns`), which both
//! hold PNGs.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::picture::Picture;
use crate::failure::{Because as _, Failure};

/// One picture as PNG: eight bits a channel, with opacity.
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, Failure> {
    let mut head = Vec::new();
    head.extend(picture.side.to_be_bytes());
    head.extend(picture.side.to_be_bytes());
    head.extend([8, RGBA, 0, 0, 0]);
    let mut file = PNG_MAGIC.to_vec();
    chunk(&mut file, *b"IHDR", &head)?;
    chunk(&mut file, *b"IDAT", &packed(picture)?)?;
    chunk(&mut file, *b"IEND", &[])?;
    Ok(file)
}

/// Pictures of one thing, at most 256 pixels wide, as `.ico`.
pub(super) fn ico(pictures: &[Picture]) -> Result<Vec<u8>, Failure> {
    let mut file = vec![0, 0, 1, 0];
    file.extend(small(pictures.len())?.to_le_bytes());
    let mut offset = 6 + 16 * pictures.len();
    let mut bodies = Vec::new();
    for picture in pictures {
        let body = png(picture)?;
        // 256 is written as 0.
        let side = u8::try_from(picture.side % 256).because("a picture is too wide")?;
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend(length(body.len())?.to_le_bytes());
        file.extend(length(offset)?.to_le_bytes());
        offset += body.len();
        bodies.extend(body);
    }
    file.extend(bodies);
    Ok(file)
}

/// Pictures of one thing as `.icns`, each with the type that says its size.
pub(super) fn icns(pictures: &[([u8; 4], Picture)]) -> Result<Vec<u8>, Failure> {
    let mut bodies = Vec::new();
    for (kind, picture) in pictures {
        let body = png(picture)?;
        bodies.extend(kind);
        bodies.extend(length(body.len() + 8)?.to_be_bytes());
        bodies.extend(body);
    }
    let mut file = b"icns".to_vec();
    file.extend(length(bodies.len() + 8)?.to_be_bytes());
    file.extend(bodies);
    Ok(file)
}

/// The rows, each as its difference to the row above, compressed.
fn packed(picture: &Picture) -> Result<Vec<u8>, Failure> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    let width = picture.side as usize;
    let mut above = vec![[0_u8; 4]; width];
    for row in picture.pixels.chunks(width) {
        let mut line = vec![DIFFERENCE_TO_ABOVE];
        for (pixel, over) in row.iter().zip(&above) {
            line.extend([0, 1, 2, 3].map(|at| pixel[at].wrapping_sub(over[at])));
        }
        packer.write_all(&line).because("could not compress")?;
        above.copy_from_slice(row);
    }
    packer.finish().because("could not compress")
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) -> Result<(), Failure> {
    file.extend(length(body.len())?.to_be_bytes());
    file.extend(kind);
    file.extend(body);
    let mut check = Crc::new();
    check.update(&kind);
    check.update(body);
    file.extend(check.sum().to_be_bytes());
    Ok(())
}

fn length(count: usize) -> Result<u32, Failure> {
    u32::try_from(count).because("a picture is too large")
}

fn small(count: usize) -> Result<u16, Failure> {
    u16::try_from(count).because("there are too many pictures")
}

const PNG_MAGIC: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// The colour type with red, green, blue and opacity.
const RGBA: u8 = 6;
/// The filter type of a row.
const DIFFERENCE_TO_ABOVE: u8 = 2;

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_png_holds_the_pixels() {
        let mut picture = Picture::empty(2);
        picture.pixels = vec![
            [1, 2, 3, 4],
            [5, 6, 7, 8],
            [9, 10, 11, 12],
            [13, 14, 15, 16],
        ];
        let file = png(&picture).unwrap();
        assert_eq!(file[..8], PNG_MAGIC);
        // Head: length, kind, 13 bytes, check; then the data chunk.
        assert_eq!(file[16..24], [0, 0, 0, 2, 0, 0, 0, 2]);
        let size = u32::from_be_bytes(file[33..37].try_into().unwrap()) as usize;
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&file[41..41 + size])
            .read_to_end(&mut rows)
            .unwrap();
        assert_eq!(rows, [2, 1, 2, 3, 4, 5, 6, 7, 8, 2, 8, 8, 8, 8, 8, 8, 8, 8]);
    }

    #[test]
    fn the_containers_say_where_each_picture_is() {
        let picture = Picture::empty(16);
        let inner = png(&picture).unwrap();
        let file = ico(&[picture.clone(), Picture::empty(256)]).unwrap();
        assert_eq!(file[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!((file[6], file[22]), (16, 0));
        assert_eq!(file[38..38 + inner.len()], inner);
        let file = icns(&[(*b"icp4", picture)]).unwrap();
        assert_eq!(file[..4], *b"icns");
        let size = u32::from_be_bytes(file[4..8].try_into().unwrap());
        assert_eq!(size as usize, file.len());
        assert_eq!(file[16..], inner);
    }
}
