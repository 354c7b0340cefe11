//! Workbooks: `.xlsx` and `.ods`. Each sheet that looks like a list of devices becomes lines of
//! text, one a row, and is read like any other list from there: the line of a mistake is the
//! row that the spreadsheet program shows.
//!
//! A workbook is compressed, and may be far larger than it looks: what it unpacks to is bounded
//! as it is unpacked (`package.rs`), and one is unpacked at a time (`gate.rs`). Its lines go to
//! the disk; in memory are the texts that an `.xlsx` keeps apart, and those of one row.

mod formats;
mod gate;
mod lines;
mod ods;
mod package;
mod rows;
#[cfg(test)]
mod tests;
mod xlsx;

use encoding_rs::UTF_8;
use kernel::{Code, Refusal, Text};

use super::cells::{Record, Records};
use super::content::Content;
use super::encoding::Encoding;
use super::header::Header;
use super::{Unread, header, unreadable};
use package::Package;

/// Rows in which the column names are looked for.
const HEAD_ROWS: u32 = 100;
/// Sheets that are looked at.
const SHEETS_MAX: usize = 50;
/// Between two cells of the lines made here.
pub(super) const DELIMITER: char = '\t';

/// Which sheets of a workbook are the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sheets {
    /// Not said: the one that is a list; when several are, the question is which.
    #[default]
    Unsaid,
    /// This one.
    Named(String),
    /// All that are lists and are shown.
    All,
}

impl Sheets {
    /// A sheet's name, or `*` for all: no sheet can be called so.
    pub fn said(name: Option<String>) -> Self {
        match name {
            None => Self::Unsaid,
            Some(name) if name.trim() == "*" => Self::All,
            Some(name) => Self::Named(name),
        }
    }
}

/// What was read of a workbook.
#[derive(Debug)]
pub(super) struct Workbook {
    pub(super) format: &'static str,
    pub(super) sheets: Vec<Sheet>,
    /// Other sheets that name serial numbers.
    pub(super) others: Vec<String>,
    /// The lists among which nobody chose.
    pub(super) undecided: Vec<String>,
}

/// One sheet of a workbook, as lines.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) text: Content,
    /// The lines that are hidden, from one to another.
    pub(super) hidden: Vec<(u64, u64)>,
}

/// A sheet, or its first rows.
struct Head {
    name: String,
    visible: bool,
    text: Content,
    hidden: Vec<(u64, u64)>,
}

impl From<Head> for Sheet {
    fn from(head: Head) -> Self {
        Self {
            name: head.name,
            text: head.text,
            hidden: head.hidden,
        }
    }
}

/// The encoding of the lines made here.
pub(super) const LINES_ENCODING: Encoding = Encoding {
    encoding: UTF_8,
    mark: 0,
};

/// Whether the bytes are a compressed container, as workbooks are.
pub(super) fn looks_like_one(head: &[u8]) -> bool {
    matches!(head, [b'P', b'K', 3 | 5, 4 | 6, ..])
}

/// Reads the sheets that are lists of devices, one workbook at a time.
///
/// # Errors
/// `manifest_unreadable`, with what to do; `unknown_reference` for a sheet that is not there;
/// `unavailable` when others are read for too long.
pub(super) fn read(file: &Content, wanted: &Sheets) -> Result<Workbook, Unread> {
    let _pass = gate::WORKBOOKS.enter()?;
    let mut package = Package::open(file)?;
    if package.has("content.xml") {
        let heads = ods::heads(&mut package, HEAD_ROWS)?;
        let choice = choose(&heads, wanted)?;
        drop(heads);
        return choice.read("ods", |at| ods::sheet(&mut package, at));
    }
    if package.has("xl/workbook.xml") || package.has("[Content_Types].xml") {
        let book = xlsx::Book::open(&mut package)?;
        let heads = book.heads(&mut package, HEAD_ROWS)?;
        let choice = choose(&heads, wanted)?;
        drop(heads);
        return choice.read("xlsx", |at| book.sheet(&mut package, at));
    }
    let refusal = unreadable(
        "Ce fichier est une archive, ou un document qui n'est pas un classeur. Déposez le classeur (.xlsx, .ods) ou une feuille enregistrée au format CSV.".to_owned(),
        "This file is an archive, or a document that is no workbook. Upload the workbook (.xlsx, .ods), or a sheet saved as CSV.".to_owned(),
    );
    Err(refusal.into())
}

/// Which sheets are read.
#[derive(Debug, PartialEq)]
struct Choice {
    places: Vec<usize>,
    others: Vec<String>,
    undecided: Vec<String>,
}

impl Choice {
    fn read(
        self,
        format: &'static str,
        mut sheet: impl FnMut(usize) -> Result<Head, Unread>,
    ) -> Result<Workbook, Unread> {
        let sheets = self
            .places
            .iter()
            .map(|at| Ok(sheet(*at)?.into()))
            .collect::<Result<_, Unread>>()?;
        Ok(Workbook {
            format,
            sheets,
            others: self.others,
            undecided: self.undecided,
        })
    }
}

/// A sheet that names serial numbers.
struct Candidate {
    at: usize,
    known: usize,
    visible: bool,
    has_devices: bool,
}

/// The sheets that were asked for. When nobody asked: the one whose column names say most, a
/// hidden one only when no other names serial numbers, the first among equals; other sheets
/// that are shown and list devices too make it a question.
fn choose(heads: &[Head], wanted: &Sheets) -> Result<Choice, Unread> {
    if heads.is_empty() {
        return Err(empty().into());
    }
    let name = |at: usize| heads.get(at).map(|head| head.name.clone());
    if let Sheets::Named(wanted) = wanted {
        let same = |head: &Head| head.name.trim().to_lowercase() == wanted.trim().to_lowercase();
        let Some(at) = heads.iter().position(same) else {
            return Err(no_such_sheet(wanted, heads).into());
        };
        return Ok(Choice {
            places: vec![at],
            others: Vec::new(),
            undecided: Vec::new(),
        });
    }
    let (candidates, refusal) = candidates(heads)?;
    let best = candidates
        .iter()
        .rev()
        .max_by_key(|one| (one.visible, one.known));
    let Some(best) = best.map(|one| one.at) else {
        return Err(refusal.map_or_else(|| empty().into(), Unread::Refused));
    };
    let lists: Vec<usize> = candidates
        .iter()
        .filter(|one| one.visible && one.has_devices)
        .map(|one| one.at)
        .collect();
    let places = match wanted {
        Sheets::All if !lists.is_empty() => lists.clone(),
        _ => vec![best],
    };
    let others = candidates.iter().filter(|one| !places.contains(&one.at));
    let others = others.filter_map(|one| name(one.at)).collect();
    let undecided = match lists.len() {
        0 | 1 => Vec::new(),
        _ if *wanted == Sheets::All => Vec::new(),
        _ => lists.into_iter().filter_map(name).collect(),
    };
    Ok(Choice {
        places,
        others,
        undecided,
    })
}

/// The sheets that name serial numbers, and why the first that does not is no list.
fn candidates(heads: &[Head]) -> Result<(Vec<Candidate>, Option<Box<Refusal>>), Unread> {
    let (mut candidates, mut refused) = (Vec::new(), None);
    for (at, head) in heads.iter().enumerate() {
        match header::find(&head.text, LINES_ENCODING, &[DELIMITER]) {
            Ok((_, header)) => candidates.push(Candidate {
                at,
                known: header.known(),
                visible: head.visible,
                has_devices: header.known() > 1 && has_lines(&head.text, &header)?,
            }),
            Err(Unread::Refused(refusal)) if head.visible && head.text.length() > 0 => {
                refused.get_or_insert(refusal);
            }
            Err(Unread::Refused(_)) => {}
            Err(disk) => return Err(disk),
        }
    }
    Ok((candidates, refused))
}

/// Something stands below the column names.
fn has_lines(text: &Content, header: &Header) -> Result<bool, Unread> {
    let mut records = Records::after(text, LINES_ENCODING, DELIMITER, header.line)?;
    let mut record = Record::default();
    while records.next(&mut record)? {
        if !record.is_blank() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn no_such_sheet(wanted: &str, heads: &[Head]) -> Refusal {
    let names: Vec<&str> = heads
        .iter()
        .map(|head| head.name.as_str())
        .take(20)
        .collect();
    let names = names.join(", ");
    let wanted: String = wanted.chars().take(60).collect();
    Refusal::field(
        "/sheet",
        Code::UnknownReference,
        Text::new(
            format!("Ce classeur n'a pas de feuille « {wanted} ». Ses feuilles : {names}."),
            format!("This workbook has no sheet `{wanted}`. Its sheets: {names}."),
        ),
    )
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
