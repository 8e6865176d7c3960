//! The icon of the app: the same door, lit from within, in a wall at night.

use super::picture::{Paint, Picture};
use super::shape::Shape;

/// The icon `side` pixels wide. Small ones leave out what would only blur.
#[expect(
    clippy::cast_precision_loss,
    reason = "no picture has millions of columns"
)]
pub(super) fn draw(side: u32) -> Picture {
    let full = side as f32;
    let mut picture = Picture::empty(side);
    // Straight edges fall between two pixels at every size.
    let at = |part: f32| (full * part).round();
    let (edge, radius) = (at(0.03), full * 0.22);
    let wall = Shape::round_rect(edge, edge, full - edge, full - edge, radius);
    picture.paint(&wall, fall(full, (0.0, [52, 76, 120]), (1.0, [17, 26, 51])));

    let (left, right) = (at(0.25), full - at(0.25));
    let (top, bottom) = (at(0.14), at(0.84));
    let stone = at(0.06).max(1.0);
    let frame = Shape::arch(left, top, right, bottom);
    picture.paint(
        &frame,
        fall(full, (0.14, [236, 240, 248]), (0.84, [176, 190, 216])),
    );
    let sill = Shape::rect(left - stone, bottom, right + stone, bottom + stone);
    picture.paint(&sill, Paint::Plain([214, 222, 238]));
    // The shadow between stone and wood needs a pixel of its own.
    let shadow = at(0.012);
    let reveal = Shape::arch(left + stone, top + stone, right - stone, bottom);
    picture.paint(&reveal, Paint::Plain([92, 52, 30]));
    let inset = stone + shadow;
    let leaf = Shape::arch(left + inset, top + inset, right - inset, bottom);
    picture.paint(
        &leaf,
        fall(full, (0.18, [255, 206, 98]), (0.84, [236, 128, 40])),
    );

    let (middle, eye) = (full / 2.0, full * 0.062);
    let height = at(0.47);
    let slot = Shape::flare(
        middle,
        (height, eye / 2.0),
        (at(0.66), (full * 0.055).max(1.0)),
    );
    let key = Shape::disc(middle, height, eye.max(1.5)).or(slot);
    picture.paint(&key, Paint::Plain([38, 35, 58]));
    picture
}

/// Colours by height, as parts of the whole.
fn fall(full: f32, from: (f32, [u8; 3]), to: (f32, [u8; 3])) -> Paint {
    Paint::Fall {
        from: (from.0 * full, from.1),
        to: (to.0 * full, to.1),
    }
}
