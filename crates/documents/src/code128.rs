//! Code 128 (ISO/IEC 15417), set B: the letters, digits and marks of ASCII.

/// Widths of the bars and spaces of each symbol, by its value.
const WIDTHS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const START_B: usize = 104;
const STOP: usize = 106;
/// Modules that stay white on either side.
pub(crate) const QUIET: u32 = 10;

/// The widths of bars and spaces in modules, a bar first; none for what set B cannot say.
pub(crate) fn widths(text: &str) -> Option<Vec<u32>> {
    let mut values = vec![START_B];
    for c in text.chars() {
        let at = u32::from(c).checked_sub(32).filter(|at| *at < 95)?;
        values.push(usize::try_from(at).ok()?);
    }
    let weighted = values.iter().enumerate();
    let sum: usize = weighted.map(|(at, value)| at.max(1) * value).sum();
    values.push(sum % 103);
    values.push(STOP);
    let symbols = values.into_iter().filter_map(|value| WIDTHS.get(value));
    let digits = symbols.flat_map(|symbol| symbol.chars());
    Some(digits.filter_map(|digit| digit.to_digit(10)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tag_has_its_symbols_and_their_check() {
        let widths = widths("RS-0004K-X").unwrap();
        // start, ten characters, check, stop
        assert_eq!(widths.iter().sum::<u32>(), 12 * 11 + 13);
        assert_eq!(widths.len(), 12 * 6 + 7);
        assert_eq!(widths[..6], [2, 1, 1, 2, 1, 4]);
        assert!(
            WIDTHS
                .iter()
                .take(106)
                .all(|it| it.bytes().map(|b| b - b'0').sum::<u8>() == 11)
        );
    }

    #[test]
    fn what_is_no_ascii_has_no_bars() {
        assert_eq!(widths("é"), None);
        assert_eq!(widths("\n"), None);
    }
}
