//! Workbooks: `.xlsx` and `.ods`. The sheet that looks most like a list of devices becomes
//! lines of text, one a row, and is read like any other list from there: the line of a
//! mistake is the row that the spreadsheet program shows.
//!
//! A workbook is compressed, and may be far larger than it looks: what it unpacks to is
//! bounded before anything of it is kept. Its lines go to the disk; in memory are the texts
//! that an `.xlsx` keeps apart, and those of one row.

mod lines;
mod ods;
#[cfg(test)]
mod tests;
mod xlsx;

use std::io::Read;

use encoding_rs::UTF_8;
use kernel::Refusal;
use zip::ZipArchive;

use super::content::{Content, Reader};
use super::encoding::Encoding;
use super::{Unread, header, unreadable};
use lines::SheetLines;

/// Bytes that a workbook may unpack to.
const UNPACKED_MAX: u64 = 384 << 20;
/// Bytes of the texts that an `.xlsx` keeps apart, which have to be held in memory.
const TEXTS_MAX: u64 = 64 << 20;
/// Parts of a workbook; a real one has some dozens.
const PARTS_MAX: usize = 10_000;
/// Rows in which the column names are looked for.
const HEAD_ROWS: u32 = 100;
/// Between two cells of the lines made here.
pub(super) const DELIMITER: char = '\t';

/// One sheet of a workbook, as lines.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) format: &'static str,
    pub(super) name: String,
    /// Other sheets that name serial numbers.
    pub(super) others: Vec<String>,
    pub(super) text: Content,
}

/// A sheet, or its first rows.
struct Head {
    name: String,
    visible: bool,
    text: Content,
}

type Archive<'a> = ZipArchive<Reader<'a>>;

/// The encoding of the lines made here.
pub(super) const LINES_ENCODING: Encoding = Encoding {
    encoding: UTF_8,
    mark: 0,
};

/// Whether the bytes are a compressed container, as workbooks are.
pub(super) fn looks_like_one(head: &[u8]) -> bool {
    matches!(head, [b'P', b'K', 3 | 5, 4 | 6, ..])
}

/// Reads the sheet that looks most like a list of devices.
///
/// # Errors
/// `manifest_unreadable`, with what to do.
pub(super) fn read(file: &Content) -> Result<Sheet, Unread> {
    let mut archive = ZipArchive::new(file.reader()).map_err(|_| damaged())?;
    check_size(&mut archive)?;
    if archive.index_for_name("content.xml").is_some() {
        return ods::read(&mut archive);
    }
    if archive.index_for_name("xl/workbook.xml").is_some()
        || archive.index_for_name("[Content_Types].xml").is_some()
    {
        return xlsx::read(file);
    }
    let refusal = unreadable(
        "Ce fichier est une archive, ou un document qui n'est pas un classeur. Déposez le classeur (.xlsx, .ods) ou une feuille enregistrée au format CSV.".to_owned(),
        "This file is an archive, or a document that is no workbook. Upload the workbook (.xlsx, .ods), or a sheet saved as CSV.".to_owned(),
    );
    Err(refusal.into())
}

/// Unpacks everything once, keeping nothing: what a workbook says of its own size may be
/// a lie.
fn check_size(archive: &mut Archive<'_>) -> Result<(), Refusal> {
    if archive.len() > PARTS_MAX {
        return Err(too_large());
    }
    let mut left = UNPACKED_MAX;
    for part in 0..archive.len() {
        let entry = archive.by_index(part).map_err(|_| damaged())?;
        let texts = entry
            .name()
            .is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let most = if texts { left.min(TEXTS_MAX) } else { left };
        let mut watch = Counts::default();
        let size = std::io::copy(&mut entry.take(most + 1), &mut watch).map_err(|_| damaged())?;
        if size > most {
            return Err(too_large());
        }
        if watch.absurd {
            return Err(damaged());
        }
        left -= size;
    }
    Ok(())
}

/// Looks for attributes `count="…"` and `uniqueCount="…"` that no workbook has: memory would
/// be set aside for that many things. Keeps nothing of what goes through.
#[derive(Default)]
struct Counts {
    matched: usize,
    digits: usize,
    absurd: bool,
}

impl std::io::Write for Counts {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        const NAME: &[u8] = b"ount=";
        for &byte in bytes {
            match NAME.get(self.matched) {
                Some(&wanted) if wanted == byte => self.matched += 1,
                Some(_) => self.matched = usize::from(byte == b'o'),
                // a quotation mark, zeros, digits
                None if matches!(byte, b'"' | b'\'') && self.digits == 0 => {}
                None if byte.is_ascii_digit() => {
                    self.digits += 1;
                    self.absurd |= self.digits > 7;
                }
                None => (self.matched, self.digits) = (0, 0),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Of several sheets, the one whose column names say most; a hidden one only when no other
/// names serial numbers. The first wins among equals. Gives its place, and the names of the
/// others that name serial numbers.
fn choose(heads: &[Head]) -> Result<(usize, Vec<String>), Unread> {
    let mut best: Option<(usize, (bool, usize))> = None;
    let mut lists = Vec::new();
    let mut first_refusal = None;
    for (at, head) in heads.iter().enumerate() {
        match header::find(&head.text, LINES_ENCODING, &[DELIMITER]) {
            Ok((_, header)) => {
                lists.push(at);
                let value = (head.visible, header.known());
                if best.is_none_or(|(_, known)| value > known) {
                    best = Some((at, value));
                }
            }
            Err(Unread::Refused(refusal)) if head.visible && head.text.length() > 0 => {
                first_refusal.get_or_insert(refusal);
            }
            Err(Unread::Refused(_)) => {}
            Err(disk) => return Err(disk),
        }
    }
    let Some((chosen, _)) = best else {
        return Err(first_refusal.map_or_else(|| empty().into(), Unread::Refused));
    };
    let others = lists.into_iter().filter(|at| *at != chosen);
    let names = others.filter_map(|at| Some(heads.get(at)?.name.clone()));
    Ok((chosen, names.collect()))
}

/// A whole number as its digits, another with a point. What has more digits than a
/// spreadsheet keeps is written as one shows it, so that a serial number that lost its
/// last digits is noticed.
fn number(value: f64) -> String {
    const EXACT: f64 = 1e15;
    if value.abs() >= EXACT {
        return format!("{value:.5e}").replacen('e', "E+", 1);
    }
    // fifteen digits, as spreadsheets show them: 0.1 + 0.2 is 0.3
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{rounded}")
}

fn damaged() -> Refusal {
    unreadable(
        "Ce classeur est endommagé, ou protégé par un mot de passe. Ouvrez-le dans votre tableur, enregistrez-le sans mot de passe, puis déposez-le de nouveau.".to_owned(),
        "This workbook is damaged, or protected by a password. Open it in your spreadsheet program, save it without a password, and upload it again.".to_owned(),
    )
}

fn too_large() -> Refusal {
    unreadable(
        "Ce classeur est trop volumineux une fois ouvert. Enregistrez la feuille des appareils au format CSV, puis déposez ce fichier-là.".to_owned(),
        "This workbook is too large once it is opened. Save the sheet of devices as CSV, and upload that file.".to_owned(),
    )
}

fn empty() -> Refusal {
    unreadable(
        "Ce classeur est vide.".to_owned(),
        "This workbook is empty.".to_owned(),
    )
}
