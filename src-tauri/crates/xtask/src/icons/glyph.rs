//! The tray icon: an arched door whose shape says the state, drawn for each size on its own grid.

use std::f32::consts::SQRT_2;

use super::picture::{Colour, Paint, Picture};
use super::shape::Shape;

/// What the icon says; `control` names the same six.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyph {
    Off,
    Starting,
    On,
    SignIn,
    Limit,
    Problem,
}

impl Glyph {
    pub(super) const ALL: [Self; 6] = [
        Self::Off,
        Self::Starting,
        Self::On,
        Self::SignIn,
        Self::Limit,
        Self::Problem,
    ];

    /// The name in file names.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Starting => "starting",
            Self::On => "on",
            Self::SignIn => "sign-in",
            Self::Limit => "limit",
            Self::Problem => "problem",
        }
    }

    /// The icon on one of the [`GRIDS`].
    pub(super) fn draw(self, grid: &Grid, ink: Colour) -> Picture {
        let mut picture = Picture::empty(grid.side);
        picture.paint(&self.shape(grid), Paint::Plain(ink));
        picture
    }

    fn shape(self, grid: &Grid) -> Shape {
        let [left, top, right, bottom] = grid.door;
        let door = Shape::arch(left, top, right, bottom);
        let middle = f32::midpoint(left, right);
        match self {
            Self::Off => door.rim(grid.rim),
            Self::Starting => {
                let (y, radius) = grid.dot;
                door.rim(grid.rim).or(Shape::disc(middle, y, radius))
            }
            Self::On => {
                let (x, y, radius) = grid.knob;
                door.without(Shape::disc(x, y, radius))
            }
            Self::SignIn => door.without(keyhole(middle, grid)),
            Self::Limit => {
                let (y, half, inset) = grid.bar;
                door.without(Shape::rect(left + inset, y - half, right - inset, y + half))
            }
            Self::Problem => {
                let (reach, width, gap) = grid.slash;
                let centre = f32::midpoint(top, bottom);
                // The gap lies along one side only: two would leave nothing of a small door.
                let line = |aside: f32, width| {
                    let from = (middle - reach + aside, centre - reach - aside);
                    let to = (middle + reach + aside, centre + reach - aside);
                    Shape::line(from, to, width)
                };
                let aside = (width + gap) / 2.0 / SQRT_2;
                door.without(line(aside, gap)).or(line(0.0, width))
            }
        }
    }
}

/// A round eye over a flared slot.
fn keyhole(middle: f32, grid: &Grid) -> Shape {
    let (y, radius, foot, half) = grid.key;
    let slot = Shape::flare(middle, (y, radius / 2.0), (foot, half));
    Shape::disc(middle, y, radius).or(slot)
}

/// Where everything is, in pixels, so that straight edges fall between two of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) side: u32,
    /// Left, top, right, bottom.
    door: [f32; 4],
    /// The width of the outline.
    rim: f32,
    /// Height and radius.
    dot: (f32, f32),
    /// Place and radius.
    knob: (f32, f32, f32),
    /// Height and radius of the eye; the end of the slot and half its width there.
    key: (f32, f32, f32, f32),
    /// Height, half the thickness, distance to the walls.
    bar: (f32, f32, f32),
    /// How far it reaches from the middle, its width, the gap along one side.
    slash: (f32, f32, f32),
}

/// One grid for each size.
pub(super) const GRIDS: [Grid; 7] = [
    Grid {
        side: 16,
        door: [3.0, 1.0, 13.0, 15.0],
        rim: 2.0,
        dot: (9.0, 1.6),
        knob: (11.0, 9.0, 1.1),
        key: (7.0, 2.1, 12.0, 1.0),
        bar: (9.0, 1.0, 2.0),
        slash: (6.0, 2.0, 1.8),
    },
    Grid {
        side: 18,
        door: [4.0, 1.0, 14.0, 17.0],
        rim: 2.0,
        dot: (10.0, 1.6),
        knob: (12.0, 10.0, 1.1),
        key: (8.0, 2.1, 14.0, 1.0),
        bar: (10.0, 1.0, 2.0),
        slash: (7.0, 2.0, 1.8),
    },
    Grid {
        side: 20,
        door: [4.0, 1.0, 16.0, 19.0],
        rim: 2.0,
        dot: (11.0, 2.5),
        knob: (13.5, 11.5, 1.5),
        key: (9.0, 2.5, 15.0, 2.0),
        bar: (11.0, 1.0, 2.0),
        slash: (8.0, 2.0, 2.0),
    },
    Grid {
        side: 22,
        door: [4.0, 1.0, 18.0, 21.0],
        rim: 2.0,
        dot: (12.0, 3.0),
        knob: (15.5, 12.5, 1.5),
        key: (9.5, 2.5, 16.0, 2.25),
        bar: (12.0, 1.0, 3.0),
        slash: (8.5, 2.2, 2.0),
    },
    Grid {
        side: 24,
        door: [5.0, 1.0, 19.0, 22.0],
        rim: 2.0,
        dot: (13.0, 3.0),
        knob: (16.5, 12.5, 1.5),
        key: (10.0, 2.75, 17.0, 2.5),
        bar: (12.0, 1.0, 3.0),
        slash: (9.0, 2.4, 2.2),
    },
    Grid {
        side: 32,
        door: [6.0, 2.0, 26.0, 30.0],
        rim: 3.0,
        dot: (18.0, 4.0),
        knob: (22.0, 18.0, 2.0),
        key: (14.0, 4.0, 24.0, 3.5),
        bar: (18.0, 2.0, 4.0),
        slash: (13.0, 3.0, 2.8),
    },
    Grid {
        side: 48,
        door: [10.0, 3.0, 38.0, 45.0],
        rim: 4.0,
        dot: (27.0, 6.0),
        knob: (32.5, 26.5, 2.6),
        key: (21.0, 5.5, 36.0, 4.5),
        bar: (27.0, 2.0, 6.0),
        slash: (19.0, 4.2, 4.0),
    },
];

/// macOS shows 18 points, so this is its picture for two pixels a point.
pub(super) const TEMPLATE: Grid = Grid {
    side: 36,
    door: [8.0, 2.0, 28.0, 34.0],
    rim: 3.0,
    dot: (20.0, 4.0),
    knob: (24.0, 20.0, 2.0),
    key: (16.0, 4.0, 27.0, 3.5),
    bar: (20.0, 2.0, 4.0),
    slash: (14.0, 3.2, 3.0),
};
