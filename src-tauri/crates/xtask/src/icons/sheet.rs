//! All icons on one picture, enlarged, on a light and a dark ground: for looking at.

use super::app;
use super::glyph::{GRIDS, Glyph, Grid, TEMPLATE};
use super::picture::{Colour, Paint, Picture};
use super::shape::Shape;
use super::{INK_ON_DARK, INK_ON_LIGHT};

/// The sheet: a row for each size, six icons on light, the same six on dark; the app below.
pub(super) fn draw() -> Picture {
    let mut sheet = Picture::empty(SIDE);
    let grounds = [(0, LIGHT, INK_ON_LIGHT), (SIDE / 2, DARK, INK_ON_DARK)];
    for (left, ground, ink) in grounds {
        fill(&mut sheet, left, ground);
        let mut top = MARGIN;
        for grid in GRIDS.iter().chain([&TEMPLATE]) {
            row(&mut sheet, (left, top), grid, ink);
            top += grid.side * scale(grid) + MARGIN;
        }
        let mut across = left + MARGIN;
        for side in [256, 128, 64, 48, 32, 24, 16] {
            copy(&mut sheet, (across, top), &app::draw(side), 1);
            across += side + MARGIN;
        }
        top += 256 + MARGIN;
        across = left + MARGIN;
        for side in [16, 24, 32, 48] {
            copy(&mut sheet, (across, top), &app::draw(side), 192 / side);
            across += 192 + MARGIN;
        }
    }
    sheet
}

fn row(sheet: &mut Picture, (left, top): (u32, u32), grid: &Grid, ink: Colour) {
    let mut across = left + MARGIN;
    for glyph in Glyph::ALL {
        let icon = glyph.draw(grid, ink);
        copy(sheet, (across, top), &icon, scale(grid));
        copy(sheet, (across + grid.side * scale(grid) + 4, top), &icon, 1);
        across += COLUMN;
    }
}

/// Large enough to count pixels.
fn scale(grid: &Grid) -> u32 {
    (96 / grid.side).max(2)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a sheet has no millions of columns"
)]
fn fill(sheet: &mut Picture, left: u32, ground: Colour) {
    let (left, side) = (left as f32, SIDE as f32);
    let half = Shape::rect(left, 0.0, left + side / 2.0, side);
    sheet.paint(&half, Paint::Plain(ground));
}

fn copy(sheet: &mut Picture, (left, top): (u32, u32), icon: &Picture, scale: u32) {
    for row in 0..icon.side * scale {
        for column in 0..icon.side * scale {
            let from = (row / scale * icon.side + column / scale) as usize;
            let to = ((top + row) * sheet.side + left + column) as usize;
            let [red, green, blue, opacity] = icon.pixels[from];
            let ink = [red, green, blue];
            for (at, part) in ink.into_iter().enumerate() {
                let below = u32::from(sheet.pixels[to][at]) * (255 - u32::from(opacity));
                let sum = (u32::from(part) * u32::from(opacity) + below) / 255;
                sheet.pixels[to][at] = u8::try_from(sum).unwrap_or(u8::MAX);
            }
        }
    }
}

const SIDE: u32 = 1720;
const COLUMN: u32 = 140;
const MARGIN: u32 = 16;
const LIGHT: Colour = [243, 243, 243];
const DARK: Colour = [32, 32, 36];
