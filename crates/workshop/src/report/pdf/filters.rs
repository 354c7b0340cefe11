//! How streams are packed, each up to a length.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

/// Bytes of one stream, unpacked, at the most.
const STREAM: usize = 2 << 20;

/// A way of packing.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    Flate(Option<Predictor>),
    Ascii85,
}

/// Rows that are told by their difference from others, as in a PNG.
#[derive(Debug, Clone)]
pub(super) struct Predictor {
    pub(super) kind: usize,
    pub(super) columns: usize,
    pub(super) colors: usize,
    pub(super) bits: usize,
}

/// What was packed; none where it is longer than `left`, or broken.
pub(super) fn decoded(filter: &Filter, data: &[u8], left: usize) -> Option<Vec<u8>> {
    let most = left.min(STREAM);
    match filter {
        Filter::Flate(predictor) => {
            let content = inflated(data, most)?;
            match predictor {
                Some(predictor) => predictor.undone(&content),
                None => Some(content),
            }
        }
        Filter::Ascii85 => ascii85(data, most),
    }
}

fn inflated(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let limit = u64::try_from(most).ok()?.saturating_add(1);
    let mut decoder = ZlibDecoder::new(data).take(limit);
    decoder.read_to_end(&mut content).ok()?;
    (content.len() <= most).then_some(content)
}

fn ascii85(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let mut group: Vec<u8> = Vec::with_capacity(5);
    for byte in data {
        if content.len() > most {
            return None;
        }
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => content.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            byte if byte.is_ascii_whitespace() || *byte == 0 => {}
            _ => return None,
        }
        if group.len() == 5 {
            content.extend(word(&group)?);
            group.clear();
        }
    }
    if !group.is_empty() {
        let length = group.len() - 1;
        group.resize(5, 84);
        content.extend(word(&group)?.get(..length)?);
    }
    Some(content)
}

fn word(group: &[u8]) -> Option<[u8; 4]> {
    let number = group
        .iter()
        .fold(0_u64, |sum, digit| sum * 85 + u64::from(*digit));
    u32::try_from(number).ok().map(u32::to_be_bytes)
}

impl Predictor {
    fn undone(&self, content: &[u8]) -> Option<Vec<u8>> {
        if self.kind < 10 || self.bits != 8 {
            return None; // of images alone
        }
        let pixel = self.colors.max(1);
        let row = self
            .columns
            .checked_mul(pixel)
            .filter(|row| (1..=content.len()).contains(row))?;
        let mut before = vec![0_u8; row];
        let mut plain = Vec::with_capacity(content.len());
        for coded in content.chunks(row + 1) {
            let (kind, coded) = coded.split_first()?;
            let mut now = vec![0_u8; row];
            for (n, byte) in coded.iter().enumerate() {
                let earlier = |of: &[u8]| n.checked_sub(pixel).map_or(0, |m| of[m]);
                let (left, above, corner) = (earlier(&now), before[n], earlier(&before));
                let guess = match kind {
                    0 => 0,
                    1 => left,
                    2 => above,
                    3 => u8::midpoint(left, above),
                    4 => paeth(left, above, corner),
                    _ => return None,
                };
                now[n] = byte.wrapping_add(guess);
            }
            plain.extend(&now[..coded.len()]);
            before = now;
        }
        Some(plain)
    }
}

/// The one of three neighbours that is nearest to where they point.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let towards = i16::from(left) + i16::from(above) - i16::from(corner);
    let far = |from: u8| (towards - i16::from(from)).abs();
    if far(left) <= far(above) && far(left) <= far(corner) {
        left
    } else if far(above) <= far(corner) {
        above
    } else {
        corner
    }
}
