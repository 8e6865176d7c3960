//! A square of pixels that shapes are painted on, one over the other.

use super::shape::Shape;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// What a shape is filled with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Paint {
    Plain(Colour),
    /// From one colour at a height to another at a lower one.
    Fall {
        from: (f32, Colour),
        to: (f32, Colour),
    },
}

/// A square picture; red, green, blue and opacity of each pixel, row by row.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) side: u32,
    pub(super) pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// Nothing: transparent all over.
    pub(super) fn empty(side: u32) -> Self {
        let count = side as usize * side as usize;
        Self {
            side,
            pixels: vec![[0; 4]; count],
        }
    }

    /// Paints `shape` over what is there.
    pub(super) fn paint(&mut self, shape: &Shape, paint: Paint) {
        for row in 0..self.side {
            for column in 0..self.side {
                let cover = shape.cover(column, row);
                if cover > 0.0 {
                    let at = row as usize * self.side as usize + column as usize;
                    self.pixels[at] = over(self.pixels[at], paint.colour(row), cover);
                }
            }
        }
    }
}

impl Paint {
    #[expect(
        clippy::cast_precision_loss,
        reason = "no picture has millions of rows"
    )]
    fn colour(self, row: u32) -> [f32; 3] {
        match self {
            Self::Plain(colour) => colour.map(f32::from),
            Self::Fall { from, to } => {
                let part = ((row as f32 + 0.5 - from.0) / (to.0 - from.0)).clamp(0.0, 1.0);
                let mix =
                    |at: usize| f32::from(from.1[at]) * (1.0 - part) + f32::from(to.1[at]) * part;
                [mix(0), mix(1), mix(2)]
            }
        }
    }
}

/// One colour over a pixel.
fn over(below: [u8; 4], colour: [f32; 3], cover: f32) -> [u8; 4] {
    let opacity = f32::from(below[3]) / 255.0;
    let rest = opacity * (1.0 - cover);
    let sum = cover + rest;
    let mix = |at: usize| byte((colour[at] * cover + f32::from(below[at]) * rest) / sum);
    [mix(0), mix(1), mix(2), byte(sum * 255.0)]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is kept within a byte"
)]
fn byte(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paint_covers_what_is_below_as_far_as_it_covers() {
        let mut picture = Picture::empty(2);
        picture.paint(
            &Shape::rect(0.0, 0.0, 1.0, 2.0),
            Paint::Plain([200, 100, 0]),
        );
        picture.paint(&Shape::rect(0.0, 0.0, 2.0, 0.5), Paint::Plain([0, 0, 0]));
        assert_eq!(
            picture.pixels,
            [
                [100, 50, 0, 255],
                [0, 0, 0, 128],
                [200, 100, 0, 255],
                [0, 0, 0, 0]
            ]
        );
    }
}
