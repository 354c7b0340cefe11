//! A logarithm in whole numbers, the same on every machine.

/// Binary digits after the point.
const FRACTION: u32 = 20;

/// The logarithm to base 2 of a figure from 1 on, times 2^20, rounded down digit by digit.
/// It never falls when the figure rises.
pub fn binary_logarithm(figure: i64) -> i64 {
    let figure = figure.max(1).unsigned_abs();
    let whole = figure.ilog2();
    // the figure divided by 2^whole: from 1 (2^62) to less than 2 (2^63)
    let mut mantissa = u128::from(figure) << (62 - whole);
    let mut logarithm = i64::from(whole);
    for _ in 0..FRACTION {
        mantissa = (mantissa * mantissa) >> 62;
        let digit = mantissa >> 63;
        mantissa >>= digit;
        logarithm = (logarithm << 1) | i64::from(digit == 1);
    }
    logarithm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_are_exact_and_others_close() {
        assert_eq!(binary_logarithm(1), 0);
        assert_eq!(binary_logarithm(1024), 10 << FRACTION);
        assert_eq!(binary_logarithm(i64::MAX) >> FRACTION, 62);
        // log2(10) = 3.32192809…
        assert_eq!((binary_logarithm(10) * 1_000_000) >> FRACTION, 3_321_928);
    }

    #[test]
    fn a_larger_figure_never_has_a_smaller_logarithm() {
        let mut before = binary_logarithm(0);
        for figure in 1..70_000 {
            let now = binary_logarithm(figure);
            assert!(now >= before, "{figure}");
            before = now;
        }
    }
}
