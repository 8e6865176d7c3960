//! `cargo xtask icons`: every icon of the app, drawn from one description.
//!
//! `icons/` holds exactly what this draws: the tray's six shapes, each drawn for each size, in dark
//! ink for light panels, in light ink for dark panels and as template for macOS, and the app's own
//! icon in the formats of each system. The files are committed; `--check` says which differ.

mod app;
mod format;
mod glyph;
mod picture;
mod shape;
mod sheet;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::place::Place;
use format::{icns, ico, png};
use glyph::{GRIDS, Glyph, TEMPLATE};
use picture::{Colour, Picture};

/// The command `icons`.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<Ended, Failure> {
    match words {
        [] => {
            let drawn = drawn()?;
            for (name, bytes) in &drawn {
                write(&place.root().join(FOLDER).join(name), bytes)?;
            }
            println!("{} files in {FOLDER}", drawn.len());
            Ok(Ended::Well)
        }
        ["--check"] => {
            let complaints = complaints(place)?;
            complaints.iter().for_each(|line| println!("{line}"));
            Ok(if complaints.is_empty() {
                Ended::Well
            } else {
                Ended::Badly
            })
        }
        ["--sheet", file] => {
            write(Path::new(file), &png(&sheet::draw())?)?;
            Ok(Ended::Well)
        }
        _ => Err(Failure::new(format!(
            "`icons` does not know `{}`",
            words.join(" ")
        ))),
    }
}

/// One line for each file that is missing, differs from what is drawn, or is drawn by nobody.
pub(crate) fn complaints(place: &Place) -> Result<Vec<String>, Failure> {
    let folder = place.root().join(FOLDER);
    let mut found = BTreeMap::new();
    collect(&folder, "", &mut found)?;
    Ok(differences(&drawn()?, &found))
}

type Files = BTreeMap<String, Vec<u8>>;

fn differences(drawn: &Files, found: &Files) -> Vec<String> {
    let stale = drawn.iter().filter_map(|(name, bytes)| {
        let what = match found.get(name) {
            Some(there) if there == bytes => return None,
            Some(_) => "is not what `cargo xtask icons` draws",
            None => "is missing; `cargo xtask icons` draws it",
        };
        Some(format!("{FOLDER}/{name} {what}"))
    });
    let strange = found.keys().filter(|name| !drawn.contains_key(*name));
    let strange = strange.map(|name| format!("{FOLDER}/{name} is drawn by nobody"));
    stale.chain(strange).collect()
}

/// Every file, by its name below `icons/`.
fn drawn() -> Result<Files, Failure> {
    let mut files = Files::new();
    for glyph in Glyph::ALL {
        let name = glyph.name();
        for grid in &GRIDS {
            let side = grid.side;
            for (panel, ink) in [("for-light", INK_ON_LIGHT), ("for-dark", INK_ON_DARK)] {
                let icon = png(&glyph.draw(grid, ink))?;
                files.insert(format!("tray/{panel}/{name}-{side}.png"), icon);
            }
        }
        let icon = png(&glyph.draw(&TEMPLATE, BLACK))?;
        files.insert(format!("tray/template/{name}@2x.png"), icon);
    }
    for (name, side) in [
        ("32x32.png", 32),
        ("128x128.png", 128),
        ("128x128@2x.png", 256),
        ("256x256.png", 256),
        ("512x512.png", 512),
    ] {
        files.insert(name.to_owned(), png(&app::draw(side))?);
    }
    let sides = [16, 24, 32, 48, 64, 256];
    files.insert("icon.ico".to_owned(), ico(&sides.map(app::draw))?);
    let kinds: Vec<([u8; 4], Picture)> = ICNS
        .iter()
        .map(|(kind, side)| (**kind, app::draw(*side)))
        .collect();
    files.insert("icon.icns".to_owned(), icns(&kinds)?);
    Ok(files)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).because(format!("could not make `{}`", folder.display()))?;
    }
    fs::write(path, bytes).because(format!("could not write `{}`", path.display()))
}

fn collect(folder: &Path, below: &str, found: &mut Files) -> Result<(), Failure> {
    let wrong = || format!("could not read `{}`", folder.display());
    for entry in fs::read_dir(folder).because(wrong())? {
        let entry = entry.because(wrong())?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name, fs::read(entry.path()).because(wrong())?);
        }
    }
    Ok(())
}

const FOLDER: &str = "icons";
const BLACK: Colour = [0, 0, 0];
const INK_ON_LIGHT: Colour = [31, 31, 35];
const INK_ON_DARK: Colour = [246, 246, 248];
/// The types of `.icns` that hold PNGs: one and two pixels a point.
const ICNS: [(&[u8; 4], u32); 10] = [
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let files = |rows: &[(&str, &[u8])]| -> Files {
            rows.iter()
                .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
                .collect()
        };
        let drawn = files(&[("a.png", b"1"), ("b.png", b"2"), ("c.png", b"3")]);
        let found = files(&[("a.png", b"1"), ("b.png", b"x"), ("d.png", b"4")]);
        assert_eq!(
            differences(&drawn, &found),
            [
                "icons/b.png is not what `cargo xtask icons` draws",
                "icons/c.png is missing; `cargo xtask icons` draws it",
                "icons/d.png is drawn by nobody",
            ]
        );
        assert!(differences(&drawn, &drawn).is_empty());
    }

    /// Six states must be told apart without colour, at the smallest size too.
    #[test]
    fn no_two_shapes_look_alike() {
        for grid in &GRIDS {
            for (at, one) in Glyph::ALL.iter().enumerate() {
                for other in &Glyph::ALL[at + 1..] {
                    let (a, b) = (one.draw(grid, BLACK), other.draw(grid, BLACK));
                    let pairs = a.pixels.iter().zip(&b.pixels);
                    let differing = pairs.filter(|(a, b)| a[3].abs_diff(b[3]) > 96).count();
                    let least = grid.side as usize / 4;
                    assert!(
                        differing >= least,
                        "{one:?} and {other:?} at {}: {differing}",
                        grid.side
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_is_cut_off_at_the_edge() {
        for grid in GRIDS.iter().chain([&TEMPLATE]) {
            for glyph in Glyph::ALL {
                let icon = glyph.draw(grid, BLACK);
                let side = icon.side as usize;
                let edge = |at: usize| {
                    let (row, column) = (at / side, at % side);
                    row == 0 || column == 0 || row == side - 1 || column == side - 1
                };
                let inked = icon.pixels.iter().enumerate();
                let cut = inked
                    .filter(|(at, pixel)| edge(*at) && pixel[3] > 0)
                    .count();
                assert_eq!(cut, 0, "{glyph:?} at {side}");
            }
        }
    }
}
