//! Reads the open-data file of the register (Waldec), line by line: `;`, quoted, UTF-8 or
//! Windows-1252. It is never in memory as a whole.

use std::collections::HashMap;
use std::io::{Chain, Cursor, Read};

use kernel::{CommuneCode, Rna, Siret, text_enum};

text_enum! {
    /// Whether an association of the register still exists.
    pub enum EntryStatus {
        /// It does.
        Active = "active",
        /// It was dissolved.
        Dissolved = "dissolved",
    }
}
db::text_column!(EntryStatus);

/// An association, as the register has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub rna: String,
    /// Its establishment number, where the register has one.
    pub siret: Option<String>,
    /// Its title.
    pub name: String,
    /// Whether it still exists.
    pub status: EntryStatus,
    /// When it was dissolved: YYYY-MM-DD.
    pub dissolved_on: Option<String>,
    /// Number and street.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Commune.
    pub commune: String,
    /// Its INSEE code; for Marseille, that of the district.
    pub commune_code: Option<String>,
}

/// Columns that are read. Without the first three a file is not the register.
const COLUMNS: [&str; 13] = [
    "id",
    "titre",
    "position",
    "siret",
    "date_disso",
    "titre_court",
    "adrs_complement",
    "adrs_numvoie",
    "adrs_repetition",
    "adrs_typevoie",
    "adrs_libvoie",
    "adrs_codepostal",
    "adrs_libcommune",
];
const CODE: &str = "adrs_codeinsee";
const NEEDED: usize = 3;

/// Bytes of one line at the most. More is a quotation mark that is never closed, which would
/// take the rest of the file into memory.
const LONGEST_LINE: u64 = 1 << 20;
/// Lines at fault that are kept to be shown; `broken` counts them all.
const SHOWN: usize = 20;

/// The file, being read.
pub struct Waldec<R> {
    reader: csv::Reader<Rationed<Chain<Cursor<Vec<u8>>, R>>>,
    columns: Vec<(&'static str, usize)>,
    width: usize,
    /// Lines that were read, the header aside.
    pub lines: u64,
    /// Lines without a number of the register.
    pub skipped: u64,
    /// Lines that do not have as many fields as the header; they are not taken.
    pub broken: u64,
    /// The first of them.
    pub flaws: Vec<Flaw>,
}

/// A line that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Of the file, the first being 1.
    pub line: u64,
    /// What is wrong, for the operator.
    pub what: String,
}

impl<R> std::fmt::Debug for Waldec<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Waldec(line {})", self.lines)
    }
}

/// A file that gives so many bytes and no more, until it is allowed more.
struct Rationed<R> {
    file: R,
    left: u64,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Err(std::io::Error::other(
                "a line of more than 1 MB: a quotation mark is never closed",
            ));
        }
        let read = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl<R: Read> Waldec<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A sentence for the operator: what the file is instead, or which columns are missing.
    pub fn open(mut file: R) -> Result<Self, String> {
        let mut head = Vec::new();
        let read = file.by_ref().take(4096).read_to_end(&mut head);
        read.map_err(|cause| cause.to_string())?;
        if let Some(kind) = packed(&head) {
            return Err(kind.to_owned());
        }
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&head))
            .flexible(true)
            // with `\r` as an end of its own the lines are counted one behind; cells are trimmed
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(Rationed {
                file: Cursor::new(head).chain(file),
                left: LONGEST_LINE,
            });
        let header = reader.byte_headers().map_err(|cause| cause.to_string())?;
        let names: Vec<String> = header
            .iter()
            .map(|name| text(name).trim().to_ascii_lowercase())
            .collect();
        let columns = columns(&names)?;
        Ok(Self {
            reader,
            columns,
            width: names.len(),
            lines: 0,
            skipped: 0,
            broken: 0,
            flaws: Vec::new(),
        })
    }

    /// Bytes of the file that were read.
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The next associations, `most` at the most; none at the end. Of a number that stands
    /// twice among them, the later line counts.
    ///
    /// # Errors
    /// A sentence for the operator, with the line, when the file cannot be read further.
    pub fn next_entries(&mut self, most: usize) -> Result<Vec<Entry>, String> {
        let mut found: Vec<Entry> = Vec::with_capacity(most);
        let mut places = HashMap::new();
        let mut record = csv::ByteRecord::new();
        while found.len() < most && self.next_record(&mut record)? {
            let Some(entry) = self.entry(&record) else {
                self.skipped += 1;
                continue;
            };
            match places
                .get(&entry.rna)
                .and_then(|at| found.get_mut::<usize>(*at))
            {
                Some(slot) => *slot = entry,
                None => {
                    places.insert(entry.rna.clone(), found.len());
                    found.push(entry);
                }
            }
        }
        Ok(found)
    }

    /// Reads the next line that has its fields; false at the end.
    fn next_record(&mut self, record: &mut csv::ByteRecord) -> Result<bool, String> {
        loop {
            self.reader.get_mut().left = LONGEST_LINE;
            let line = self.reader.position().line();
            let more = self.reader.read_byte_record(record);
            if !more.map_err(|cause| format!("line {line}: {cause}"))? {
                return Ok(false);
            }
            if record.len() == 1 && record[0].trim_ascii().is_empty() {
                continue;
            }
            self.lines += 1;
            if record.len() == self.width {
                return Ok(true);
            }
            self.broken += 1;
            if self.flaws.len() < SHOWN {
                let line = record.position().map_or(line, csv::Position::line);
                let what = format!("{} fields instead of {}", record.len(), self.width);
                self.flaws.push(Flaw { line, what });
            }
        }
    }

    fn entry(&self, record: &csv::ByteRecord) -> Option<Entry> {
        let cell = |column: &str| -> String {
            let place = self.columns.iter().find(|(name, _)| *name == column);
            place
                .and_then(|(_, at)| record.get(*at))
                .map(|bytes| text(bytes).trim().to_owned())
                .unwrap_or_default()
        };
        let rna: Rna = cell("id").parse().ok()?;
        let name = match cell("titre") {
            empty if empty.is_empty() => cell("titre_court"),
            title => title,
        };
        let dissolved_on = Some(cell("date_disso")).filter(|day| is_day(day));
        let dissolved = match cell("position").to_ascii_uppercase().as_str() {
            "A" => false,
            "" => dissolved_on.is_some(),
            _ => true, // D dissolved, S deleted
        };
        let street: Vec<String> = [
            "adrs_numvoie",
            "adrs_repetition",
            "adrs_typevoie",
            "adrs_libvoie",
        ]
        .iter()
        .map(|column| cell(column))
        .filter(|part| !part.is_empty() && part != "0")
        .collect();
        let postal_code = cell("adrs_codepostal");
        let commune_code = CommuneCode::of_marseille(&postal_code)
            .or_else(|| cell(CODE).parse().ok())
            .map(String::from);
        Some(Entry {
            rna: rna.into(),
            siret: cell("siret").parse::<Siret>().ok().map(Into::into),
            name: if name.is_empty() {
                "?".to_owned()
            } else {
                name
            },
            status: if dissolved {
                EntryStatus::Dissolved
            } else {
                EntryStatus::Active
            },
            dissolved_on: dissolved_on.filter(|_| dissolved),
            address: street.join(" "),
            postal_code,
            commune: cell("adrs_libcommune"),
            commune_code,
        })
    }
}

/// `0001-01-01` is how the register writes that there is none.
fn is_day(day: &str) -> bool {
    day.len() == 10 && day.parse::<kernel::Date>().is_ok() && !day.starts_with("0001")
}

/// Where the columns stand that are read.
fn columns(names: &[String]) -> Result<Vec<(&'static str, usize)>, String> {
    let place = |column: &str| names.iter().position(|name| name == column);
    let needed = COLUMNS.iter().take(NEEDED).copied();
    let missing: Vec<&str> = needed.filter(|column| place(column).is_none()).collect();
    if missing.is_empty() {
        let known = COLUMNS.iter().chain([&CODE]);
        return Ok(known
            .filter_map(|column| Some((*column, place(column)?)))
            .collect());
    }
    let first: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    Err(format!(
        "line 1: this is not the register (RNA, « Waldec »): no column {}; the line begins with: {}",
        missing.join(", "),
        first.join(", ").chars().take(80).collect::<String>()
    ))
}

/// What the file is when it is not text, and what to do then.
fn packed(head: &[u8]) -> Option<&'static str> {
    if head.is_empty() {
        Some("the file is empty")
    } else if head.starts_with(b"PK\x03\x04") {
        Some("this is a zip archive: unpack it first, and give the CSV file that is in it")
    } else if head.starts_with(&[0x1f, 0x8b]) {
        Some("this is a gzip archive: unpack it first, and give the CSV file that is in it")
    } else if head.contains(&0) {
        Some("this is not a text file in UTF-8 or Windows-1252")
    } else {
        None
    }
}

/// The published file has `;`; one that went through a spreadsheet may have another.
fn delimiter(head: &[u8]) -> u8 {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or(head);
    let count = |mark: u8| first.iter().filter(|byte| **byte == mark).count();
    let mut best = b';';
    for mark in [b',', b'\t'] {
        if count(mark) > count(best) {
            best = mark;
        }
    }
    best
}

/// UTF-8, else Windows-1252; the character zero, which PostgreSQL does not keep, is dropped.
fn text(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            text.into_owned()
        }
    };
    let text = match text.contains('\0') {
        true => text.replace('\0', ""),
        false => text,
    };
    match kernel::one_line(&text) {
        std::borrow::Cow::Owned(line) => line,
        std::borrow::Cow::Borrowed(_) => text,
    }
}

#[cfg(test)]
#[path = "waldec_tests.rs"]
mod tests;
