//! The text layer of a PDF, within bounds: content streams that are stored plainly or deflated,
//! with text in simple fonts. That is what nwipe, and tools that print through the common
//! libraries with standard fonts, write. Encrypted files, object streams, and fonts whose text is
//! only numbers of glyphs give no text, and such a file stays unread.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

/// Streams looked at, at the most.
const STREAMS: usize = 5_000;
/// Bytes of one stream, inflated, at the most.
const STREAM: u64 = 2 << 20;
/// Bytes of all streams together, inflated, at the most.
const TOTAL: u64 = 8 << 20;
/// Pieces of text at the most.
const PIECES: usize = 50_000;

/// The pieces of text of a file, in the order in which they are drawn; none where it has none that
/// can be read.
pub(super) fn text(bytes: &[u8]) -> Option<Vec<String>> {
    if find(bytes, b"/Encrypt", 0).is_some() {
        return None;
    }
    let mut pieces = Vec::new();
    let mut total = 0_u64;
    let mut at = 0;
    let mut streams = 0;
    while let Some(stream) = next_stream(bytes, &mut at) {
        streams += 1;
        if streams > STREAMS {
            return None;
        }
        let Some(content) = stream.content(TOTAL.saturating_sub(total)) else {
            continue;
        };
        total += u64::try_from(content.len()).unwrap_or(TOTAL);
        Drawing::new(&content).pieces(&mut pieces);
        if total >= TOTAL || pieces.len() >= PIECES {
            return None; // no report is as long
        }
    }
    let letters = |piece: &String| piece.chars().any(char::is_alphanumeric);
    let broken = pieces
        .iter()
        .flat_map(|piece| piece.chars())
        .any(|c| c.is_control() || c == '\u{fffd}');
    (!broken && pieces.iter().any(letters)).then_some(pieces)
}

fn find(bytes: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(word.len())
        .position(|window| window == word)
        .map(|at| at + from)
}

struct Stream<'a> {
    dictionary: &'a [u8],
    data: &'a [u8],
}

/// The next stream, with the dictionary before it.
fn next_stream<'a>(bytes: &'a [u8], at: &mut usize) -> Option<Stream<'a>> {
    let word = find(bytes, b"stream", *at)?;
    let begin = bytes.get(..word)?;
    let from = begin.len().saturating_sub(4_096);
    let head = begin.get(from..)?;
    let opened = head
        .windows(4)
        .rposition(|window| window == b" obj")
        .unwrap_or(0);
    let mut start = word + b"stream".len();
    if bytes.get(start) == Some(&b'\r') {
        start += 1;
    }
    if bytes.get(start) == Some(&b'\n') {
        start += 1;
    }
    let end = find(bytes, b"endstream", start)?;
    *at = end + b"endstream".len();
    Some(Stream {
        dictionary: head.get(opened..)?,
        data: bytes.get(start..end)?,
    })
}

impl Stream<'_> {
    fn says(&self, word: &[u8]) -> bool {
        find(self.dictionary, word, 0).is_some()
    }

    fn content(&self, left: u64) -> Option<Vec<u8>> {
        let other = [
            &b"/Image"[..],
            b"/Length1",
            b"/ObjStm",
            b"/XRef",
            b"/Metadata",
            b"/FontFile",
            b"/CIDInit",
        ];
        if other.iter().any(|word| self.says(word)) {
            return None;
        }
        if !self.says(b"/Filter") {
            let limit = usize::try_from(STREAM).unwrap_or(usize::MAX);
            return self
                .data
                .get(..self.data.len().min(limit))
                .map(<[u8]>::to_vec);
        }
        let one_filter = self.says(b"/FlateDecode")
            && ![&b"ASCII85"[..], b"ASCIIHex", b"LZW", b"DCT", b"/Predictor"]
                .iter()
                .any(|word| self.says(word));
        if !one_filter {
            return None;
        }
        let mut content = Vec::new();
        let limit = STREAM.min(left);
        // what is cut short is read as far as it goes
        let _ = ZlibDecoder::new(self.data)
            .take(limit)
            .read_to_end(&mut content);
        Some(content)
    }
}

/// The operators of a page, of which only those that show text matter.
struct Drawing<'a> {
    bytes: &'a [u8],
    at: usize,
    within: bool,
    shown: String,
}

impl<'a> Drawing<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            within: false,
            shown: String::new(),
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn pieces(mut self, pieces: &mut Vec<String>) {
        let mut kerning = String::new();
        while let Some(byte) = self.next() {
            if pieces.len() >= PIECES {
                return;
            }
            match byte {
                b'(' => {
                    let text = self.literal();
                    self.shown.push_str(&text);
                }
                b'<' if self.peek() == Some(b'<') => self.at += 1,
                b'<' => {
                    let text = self.hexadecimal();
                    self.shown.push_str(&text);
                }
                b'%' => {
                    while self
                        .next()
                        .is_some_and(|byte| byte != b'\n' && byte != b'\r')
                    {}
                }
                b'-' | b'.' | b'0'..=b'9' => {
                    kerning.clear();
                    kerning.push(char::from(byte));
                    while let Some(digit @ (b'.' | b'0'..=b'9')) = self.peek() {
                        kerning.push(char::from(digit));
                        self.at += 1;
                    }
                    // a wide gap between the letters of one piece is a space
                    let gap = kerning.parse::<f32>().is_ok_and(|width| width < -180.0);
                    if gap && !self.shown.is_empty() && !self.shown.ends_with(' ') {
                        self.shown.push(' ');
                    }
                }
                b'A'..=b'Z' | b'a'..=b'z' | b'\'' | b'"' => self.operator(byte, pieces),
                _ => {}
            }
        }
        self.flush(pieces);
    }

    fn operator(&mut self, first: u8, pieces: &mut Vec<String>) {
        let mut name = vec![first];
        while let Some(byte @ (b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'0'..=b'9')) = self.peek() {
            name.push(byte);
            self.at += 1;
        }
        match name.as_slice() {
            b"BT" => {
                self.within = true;
                self.shown.clear();
            }
            b"ET" => {
                self.flush(pieces);
                self.within = false;
            }
            b"Td" | b"TD" | b"Tm" | b"T*" | b"Tj" | b"TJ" | b"'" | b"\"" => self.flush(pieces),
            _ => self.shown.clear(),
        }
    }

    fn flush(&mut self, pieces: &mut Vec<String>) {
        let text = std::mem::take(&mut self.shown);
        let text = text.trim();
        if self.within && !text.is_empty() {
            pieces.push(text.to_owned());
        }
    }

    /// `(a \(string\) with \351)`
    fn literal(&mut self) -> String {
        let mut text = String::new();
        let mut depth = 1;
        while let Some(byte) = self.next() {
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    text.extend(self.escaped());
                    continue;
                }
                _ => {}
            }
            text.push(win_ansi(byte));
        }
        text
    }

    fn escaped(&mut self) -> Option<char> {
        match self.next()? {
            b'n' | b'r' | b't' | b'b' | b'f' => Some(' '),
            b'\r' | b'\n' => None,
            first @ b'0'..=b'7' => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                u8::try_from(code).ok().map(win_ansi)
            }
            other => Some(win_ansi(other)),
        }
    }

    fn hexadecimal(&mut self) -> String {
        let mut digits = Vec::new();
        while let Some(byte) = self.next() {
            match byte {
                b'>' => break,
                byte => digits.extend(char::from(byte).to_digit(16)),
            }
        }
        digits
            .chunks(2)
            .map(|pair| pair[0] * 16 + pair.get(1).copied().unwrap_or(0))
            .filter_map(|code| u8::try_from(code).ok())
            .map(win_ansi)
            .collect()
    }
}

/// A byte of the usual encoding; what it does not have is no text.
fn win_ansi(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x91 | 0x92 => '\'',
        0x93 | 0x94 => '"',
        0x95 => '•',
        0x96 | 0x97 => '-',
        0x81..=0x90 | 0x98..=0x9f => '?',
        b'\t' | b'\n' | b'\r' => ' ',
        byte => char::from(byte),
    }
}
