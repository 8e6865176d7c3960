//! Shapes by their signed distance: negative inside, positive outside, in pixels.
//!
//! A pixel is covered as far as its centre lies inside, so an edge on a pixel boundary is crisp
//! and a curve is smooth. Only additions, products and square roots are used: every machine draws
//! the same bytes. The y axis points down.

use std::fmt;

/// A shape that can be asked how far away a point is.
pub(super) struct Shape(Box<dyn Fn(f32, f32) -> f32>);

impl Shape {
    /// An upright rectangle.
    pub(super) fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self(Box::new(move |x, y| {
            let (out_x, out_y) = ((left - x).max(x - right), (top - y).max(y - bottom));
            corner(out_x, out_y)
        }))
    }

    /// An upright rectangle with round corners.
    pub(super) fn round_rect(left: f32, top: f32, right: f32, bottom: f32, radius: f32) -> Self {
        Self::rect(left + radius, top + radius, right - radius, bottom - radius).grown(radius)
    }

    /// A disc.
    pub(super) fn disc(x: f32, y: f32, radius: f32) -> Self {
        Self(Box::new(move |at_x, at_y| {
            length(at_x - x, at_y - y) - radius
        }))
    }

    /// A doorway: straight walls, a half circle on top.
    pub(super) fn arch(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        let (middle, radius) = (f32::midpoint(left, right), (right - left) / 2.0);
        let spring = top + radius;
        Self(Box::new(move |x, y| {
            if y < spring {
                return length(x - middle, y - spring) - radius;
            }
            let (out_x, out_y) = ((left - x).max(x - right), y - bottom);
            corner(out_x, out_y)
        }))
    }

    /// A straight line with round ends.
    pub(super) fn line(from: (f32, f32), to: (f32, f32), width: f32) -> Self {
        let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
        let square = along_x * along_x + along_y * along_y;
        Self(Box::new(move |x, y| {
            let (x, y) = (x - from.0, y - from.1);
            let part = ((x * along_x + y * along_y) / square).clamp(0.0, 1.0);
            length(x - along_x * part, y - along_y * part) - width / 2.0
        }))
    }

    /// What widens from `top` to `bottom`: an upright trapezium around `middle`.
    pub(super) fn flare(middle: f32, top: (f32, f32), bottom: (f32, f32)) -> Self {
        let ((top_y, top_half), (bottom_y, bottom_half)) = (top, bottom);
        let slope = (bottom_half - top_half) / (bottom_y - top_y);
        let shorten = length(1.0, slope);
        Self(Box::new(move |x, y| {
            let side = ((x - middle).abs() - top_half - (y - top_y) * slope) / shorten;
            side.max(top_y - y).max(y - bottom_y)
        }))
    }

    /// Either of two.
    pub(super) fn or(self, other: Self) -> Self {
        Self(Box::new(move |x, y| self.0(x, y).min(other.0(x, y))))
    }

    /// This, where the other is not.
    pub(super) fn without(self, other: Self) -> Self {
        Self(Box::new(move |x, y| self.0(x, y).max(-other.0(x, y))))
    }

    /// Larger by `by` on all sides, with round corners; smaller where it is negative.
    pub(super) fn grown(self, by: f32) -> Self {
        Self(Box::new(move |x, y| self.0(x, y) - by))
    }

    /// Only the rim, `width` wide, inside the edge.
    pub(super) fn rim(self, width: f32) -> Self {
        Self(Box::new(move |x, y| {
            let distance = self.0(x, y);
            distance.max(-distance - width)
        }))
    }

    /// How much of the pixel in this column and row is covered, from 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "no picture has millions of columns"
    )]
    pub(super) fn cover(&self, column: u32, row: u32) -> f32 {
        let distance = self.0(column as f32 + 0.5, row as f32 + 0.5);
        (0.5 - distance).clamp(0.0, 1.0)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shape(..)")
    }
}

/// The distance to a right-angled corner, from how far outside its two edges a point is.
fn corner(out_x: f32, out_y: f32) -> f32 {
    let outside = length(out_x.max(0.0), out_y.max(0.0));
    outside + out_x.max(out_y).min(0.0)
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_between_two_pixels_is_crisp() {
        let shape = Shape::rect(1.0, 1.0, 3.0, 2.0);
        let row = |row| [0, 1, 2, 3].map(|column| shape.cover(column, row));
        assert_eq!(row(0), [0.0; 4]);
        assert_eq!(row(1), [0.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn an_arch_has_walls_and_a_round_top() {
        let shape = Shape::arch(0.0, 0.0, 10.0, 14.0);
        let rows = [
            ((0, 0), 0.0),
            ((9, 0), 0.0),
            ((0, 10), 1.0),
            ((9, 13), 1.0),
            ((4, 14), 0.0),
            ((4, 1), 1.0),
        ];
        for ((column, row), cover) in rows {
            assert_eq!(shape.cover(column, row), cover, "{column}, {row}");
        }
    }

    #[test]
    fn shapes_combine() {
        let ring = Shape::rect(0.0, 0.0, 6.0, 6.0).rim(1.0);
        assert_eq!((ring.cover(0, 3), ring.cover(3, 3)), (1.0, 0.0));
        let rest = Shape::rect(0.0, 0.0, 6.0, 6.0).without(Shape::rect(2.0, 0.0, 4.0, 6.0));
        assert_eq!((rest.cover(1, 1), rest.cover(2, 1)), (1.0, 0.0));
    }
}
