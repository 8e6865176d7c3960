//! The icon's pictures: six shapes, drawn for each size and for dark and light panels.

use control::headline::Level;

macro_rules! file {
    ($($part:literal),+) => {
        include_bytes!(concat!("../../../icons/tray/", $($part),+)).as_slice()
    };
}

macro_rules! files {
    ($level:literal, $ground:expr) => {
        match $ground {
            Ground::Dark => sizes!("for-dark/", $level),
            Ground::Light => sizes!("for-light/", $level),
            Ground::Template => vec![file!("template/", $level, "@2x.png")],
        }
    };
}

macro_rules! sizes {
    ($ground:literal, $level:literal) => {
        vec![
            file!($ground, $level, "-16.png"),
            file!($ground, $level, "-18.png"),
            file!($ground, $level, "-20.png"),
            file!($ground, $level, "-22.png"),
            file!($ground, $level, "-24.png"),
            file!($ground, $level, "-32.png"),
            file!($ground, $level, "-48.png"),
        ]
    };
}

/// One picture, four bytes a pixel: red, green, blue, opacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// Pixels in each direction.
    pub(super) size: u32,
    /// Rows from the top.
    pub(super) rgba: Vec<u8>,
}

/// What the picture stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// A dark panel.
    Dark,
    /// A light panel.
    Light,
    /// A menu bar that colours the picture itself.
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "macOS alone does so"))]
    Template,
}

/// The pictures of `level` for `ground`, smallest first.
pub(super) fn pictures(level: Level, ground: Ground) -> Vec<Picture> {
    let files = match level {
        Level::Off => files!("off", ground),
        Level::Starting => files!("starting", ground),
        Level::On => files!("on", ground),
        Level::SignIn => files!("sign-in", ground),
        Level::Limit => files!("limit", ground),
        Level::Problem => files!("problem", ground),
    };
    files.iter().filter_map(|file| picture(file)).collect()
}

fn picture(file: &[u8]) -> Option<Picture> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(
        png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
    );
    let mut reader = decoder.read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let drawn = reader.next_frame(&mut rgba).ok()?;
    let is_fit = drawn.color_type == png::ColorType::Rgba && drawn.width == drawn.height;
    is_fit.then_some(Picture {
        size: drawn.width,
        rgba,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [Level; 6] = [
        Level::Off,
        Level::Starting,
        Level::On,
        Level::SignIn,
        Level::Limit,
        Level::Problem,
    ];

    #[test]
    fn every_shape_is_there_in_every_size() {
        for level in LEVELS {
            for ground in [Ground::Dark, Ground::Light] {
                let drawn = pictures(level, ground);
                let sizes: Vec<u32> = drawn.iter().map(|picture| picture.size).collect();
                assert_eq!(sizes, [16, 18, 20, 22, 24, 32, 48], "{level:?} {ground:?}");
                for picture in drawn {
                    let pixels = picture.rgba.chunks_exact(4);
                    assert_eq!(pixels.len(), (picture.size * picture.size) as usize);
                    assert!(picture.rgba.chunks_exact(4).any(|pixel| pixel[3] > 0));
                }
            }
        }
    }

    #[test]
    fn states_differ_by_shape_and_not_by_colour() {
        for ground in [Ground::Dark, Ground::Light] {
            for (at, level) in LEVELS.iter().enumerate() {
                for other in &LEVELS[at + 1..] {
                    assert_ne!(shape(*level, ground), shape(*other, ground));
                }
            }
        }
    }

    fn shape(level: Level, ground: Ground) -> Vec<u8> {
        let drawn = pictures(level, ground);
        drawn[0]
            .rgba
            .chunks_exact(4)
            .map(|pixel| pixel[3])
            .collect()
    }
}
