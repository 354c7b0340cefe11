//! Where text stands on a page, as far as it takes to tell one word from two.

/// A transformation: `[a b c d e f]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix(pub(super) [f32; 6]);

impl Matrix {
    pub(super) const SAME: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// A shift.
    pub(super) const fn shift(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This first, then the other.
    pub(super) fn then(self, next: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, next.0);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    /// Where text of a size begins, and which way it runs.
    pub(super) fn spot(self, size: f32) -> Spot {
        let [a, b, .., x, y] = self.0;
        let length = a.hypot(b);
        Spot {
            x,
            y,
            right: (a / length, b / length),
            em: length * size.abs(),
        }
    }
}

/// A place on a page, the direction in which text runs there, and how large it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    x: f32,
    y: f32,
    right: (f32, f32),
    em: f32,
}

impl Spot {
    /// How far another place lies along the line, in parts of the size; none on another line.
    pub(super) fn gap(self, next: Self) -> Option<f32> {
        let (x, y) = (next.x - self.x, next.y - self.y);
        let along = (x * self.right.0 + y * self.right.1) / self.em;
        let across = (y * self.right.0 - x * self.right.1) / self.em;
        let turned = self.right.0 * next.right.0 + self.right.1 * next.right.1 < 0.99;
        (!turned && across.abs() < 0.2 && along.is_finite()).then_some(along)
    }
}
