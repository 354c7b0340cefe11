//! Which characters the bytes of a file are, and its lines one by one.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use kernel::Refusal;

use super::content::{Content, Reader};
use super::{Unread, unreadable};

/// Bytes decoded at a time.
const CHUNK: usize = 64 * 1024;
/// Bytes of a line at the most. One of a list of devices is far shorter; what is longer is
/// something else.
const LINE_MAX: usize = 100_000;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Encoding {
    pub(super) encoding: &'static encoding_rs::Encoding,
    pub(super) mark: u64,
}

impl Encoding {
    /// By its byte order mark; without one UTF-8 if it is that throughout, else what
    /// Windows programs write in Western Europe.
    ///
    /// # Errors
    /// `manifest_unreadable` for a file that is no text.
    pub(super) fn of(content: &Content) -> Result<Self, Unread> {
        let head = content.head(CHUNK as u64)?;
        let all = head.len() as u64 == content.length();
        refuse_other_formats(&head, all)?;
        let found = match head.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => Self {
                encoding: UTF_8,
                mark: 3,
            },
            [0xFF, 0xFE, ..] => Self {
                encoding: UTF_16LE,
                mark: 2,
            },
            [0xFE, 0xFF, ..] => Self {
                encoding: UTF_16BE,
                mark: 2,
            },
            _ => Self {
                encoding: without_mark(&head, content)?,
                mark: 0,
            },
        };
        let wide = found.encoding == UTF_16LE || found.encoding == UTF_16BE;
        if !wide && looks_binary(&head) {
            return Err(not_text().into());
        }
        Ok(found)
    }

    /// Its name, such as `windows-1252`.
    pub(super) fn name(self) -> &'static str {
        match self.encoding.name() {
            "UTF-8" => "utf-8",
            "UTF-16LE" => "utf-16le",
            "UTF-16BE" => "utf-16be",
            other => other,
        }
    }
}

fn without_mark(head: &[u8], content: &Content) -> io::Result<&'static encoding_rs::Encoding> {
    let head = &head[..head.len().min(512)];
    let zeros = |parity: usize| {
        head.iter()
            .skip(parity)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    Ok(if even == 0 && odd * 2 > half {
        UTF_16LE
    } else if odd == 0 && even * 2 > half {
        UTF_16BE
    } else if is_utf8(content.reader())? {
        UTF_8
    } else {
        WINDOWS_1252
    })
}

/// Whether the file is UTF-8 to its end.
fn is_utf8(mut reader: Reader<'_>) -> io::Result<bool> {
    let mut part = vec![0; CHUNK];
    // the first bytes of a character that the part before ended in
    let mut open = 0;
    loop {
        let read = reader.read(&mut part[open..])?;
        if read == 0 {
            return Ok(open == 0);
        }
        let end = open + read;
        match std::str::from_utf8(&part[..end]) {
            Ok(_) => open = 0,
            Err(wrong) if wrong.error_len().is_some() => return Ok(false),
            Err(cut) => {
                part.copy_within(cut.valid_up_to()..end, 0);
                open = end - cut.valid_up_to();
            }
        }
    }
}

/// Text has no zero bytes, and few control characters.
fn looks_binary(head: &[u8]) -> bool {
    let controls = head
        .iter()
        .filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A))
        .count();
    head.contains(&0) || controls * 100 > head.len()
}

fn refuse_other_formats(head: &[u8], all: bool) -> Result<(), Refusal> {
    let text_start = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    if all && text_start.is_empty() {
        return Err(unreadable(
            "Ce fichier est vide.".to_owned(),
            "This file is empty.".to_owned(),
        ));
    }
    let (fr, en) = match head {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => (
            "un classeur Excel ancien (.xls) ou protégé par un mot de passe",
            "an Excel workbook that is old (.xls) or protected by a password",
        ),
        [b'%', b'P', b'D', b'F', ..] => ("un PDF", "a PDF"),
        [b'{', b'\\', b'r', b't', b'f', ..] => {
            ("un document de traitement de texte", "a text document")
        }
        [0x1F, 0x8B, ..] => ("un fichier compressé", "a compressed file"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            ("une image", "an image")
        }
        _ => match text_start {
            [b'<', ..] => ("une page web ou du XML", "a web page or XML"),
            [b'{', ..] | [b'[', b'{' | b'[', ..] => ("du JSON", "JSON"),
            _ => return Ok(()),
        },
    };
    Err(unreadable(
        format!(
            "Ce fichier est {fr}. Dans votre tableur, enregistrez la feuille au format .xlsx, .ods ou CSV, sans mot de passe, puis déposez ce fichier-là."
        ),
        format!(
            "This file is {en}. In your spreadsheet program, save the sheet as .xlsx, .ods or CSV, without a password, and upload that file."
        ),
    ))
}

fn not_text() -> Refusal {
    unreadable(
        "Ce fichier n'est ni un classeur ni du texte. Dans votre tableur, enregistrez la feuille au format .xlsx, .ods ou CSV, puis déposez ce fichier-là.".to_owned(),
        "This file is neither a workbook nor text. In your spreadsheet program, save the sheet as .xlsx, .ods or CSV, and upload that file.".to_owned(),
    )
}

fn long_line(number: u64) -> Refusal {
    unreadable(
        format!(
            "La ligne {number} a plus de {LINE_MAX} caractères : ce n'est pas le texte d'un inventaire. Dans votre tableur, enregistrez la feuille au format .xlsx, .ods ou CSV, une ligne par appareil."
        ),
        format!(
            "Line {number} has more than {LINE_MAX} characters: this is not the text of a manifest. In your spreadsheet program, save the sheet as .xlsx, .ods or CSV, a line for each device."
        ),
    )
}

/// The physical lines of a file, as an editor numbers them: ended by CRLF, LF or CR.
pub(super) struct Lines<'a> {
    reader: Reader<'a>,
    /// What was read last, not decoded.
    raw: Vec<u8>,
    decoder: Decoder,
    decoded_all: bool,
    buffer: String,
    at: usize,
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(content: &'a Content, encoding: Encoding) -> Self {
        Self {
            reader: content.reader_from(encoding.mark),
            raw: vec![0; CHUNK],
            decoder: encoding.encoding.new_decoder_without_bom_handling(),
            decoded_all: false,
            buffer: String::new(),
            at: 0,
            number: 0,
        }
    }

    /// The next line without its end, or `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<String>, Unread> {
        // no byte is looked at twice for an end
        let mut looked = 0;
        loop {
            let open = &self.buffer[self.at..];
            let end = open
                .as_bytes()
                .get(looked..)
                .and_then(|rest| rest.iter().position(|b| matches!(b, b'\n' | b'\r')));
            let end = end.map(|end| looked + end);
            if end.unwrap_or(open.len()) > LINE_MAX {
                return Err(long_line(self.number + 1).into());
            }
            match end {
                // the LF of a CRLF may not have been decoded yet
                Some(end) if end + 1 < open.len() || self.decoded_all => {
                    let both = open[end..].starts_with("\r\n");
                    let line = open[..end].to_owned();
                    self.at += end + if both { 2 } else { 1 };
                    self.number += 1;
                    return Ok(Some(line));
                }
                _ if self.decoded_all => {
                    let line = open.to_owned();
                    self.at = self.buffer.len();
                    if line.is_empty() {
                        return Ok(None);
                    }
                    self.number += 1;
                    return Ok(Some(line));
                }
                _ => {
                    looked = end.unwrap_or(open.len());
                    self.decode_more()?;
                }
            }
        }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let read = self.reader.read(&mut self.raw)?;
        let last = read == 0;
        let mut rest = &self.raw[..read];
        loop {
            let room = self.decoder.max_utf8_buffer_length(rest.len());
            self.buffer.reserve(room.unwrap_or(CHUNK));
            let (outcome, decoded, _) = self.decoder.decode_to_string(rest, &mut self.buffer, last);
            rest = &rest[decoded..];
            if outcome == CoderResult::InputEmpty {
                self.decoded_all = last;
                return Ok(());
            }
        }
    }
}
