//! `.xlsx`, cell by cell (ECMA-376, part 1): only the texts that the file keeps apart are held
//! in memory, one behind the other.

use std::collections::HashMap;
use std::io::Read;

use kernel::{Date, Refusal};
use quick_xml::events::{BytesStart, Event};

use super::formats::{Format, Formats};
use super::package::{Package, Xml, add_text, attribute};
use super::rows::{Cell, SPANS_MAX, SheetRows, Span, scientific, uncomputed};
use super::{Head, SHEETS_MAX, damaged, number, too_large};
use crate::manifest::Unread;

/// Bytes of the texts that are kept apart.
const TEXTS_MAX: usize = 48 << 20;
/// How many they are.
const TEXTS_COUNT_MAX: usize = 4_000_000;
/// Bytes of a cell that are kept.
const TEXT_MAX: usize = 8_000;
/// Cells of a row.
const CELLS_MAX: usize = 16_384;

/// What the cells of all sheets refer to.
pub(super) struct Book {
    sheets: Vec<Place>,
    texts: Texts,
    formats: Formats,
    since_1904: bool,
}

/// Where a sheet is.
struct Place {
    name: String,
    visible: bool,
    part: String,
}

/// The texts that the cells share, one behind the other.
#[derive(Default)]
struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, at: usize) -> Option<&str> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.all.get(start as usize..*self.ends.get(at)? as usize)
    }

    fn read<R: Read>(xml: &mut Xml<R>) -> Result<Self, Refusal> {
        let mut texts = Self::default();
        loop {
            match xml.next()? {
                Event::Eof => return Ok(texts),
                Event::Start(tag) if tag.local_name().into_inner() == "si" => {
                    let text = rich_text(xml, "si")?;
                    texts.all.push_str(&text);
                    if texts.all.len() > TEXTS_MAX || texts.ends.len() >= TEXTS_COUNT_MAX {
                        return Err(too_large());
                    }
                    let end = u32::try_from(texts.all.len()).map_err(|_| too_large())?;
                    texts.ends.push(end);
                }
                _ => {}
            }
        }
    }
}

/// The text within an element, without how it is pronounced.
fn rich_text<R: Read>(xml: &mut Xml<R>, end: &str) -> Result<String, Refusal> {
    let (mut text, mut in_text, mut phonetic) = (String::new(), false, 0_u32);
    loop {
        let event = xml.next()?;
        match &event {
            Event::Eof => return Err(damaged()),
            Event::Start(tag) => match tag.local_name().into_inner() {
                "rPh" => phonetic += 1,
                "t" => in_text = phonetic == 0,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().into_inner() {
                "rPh" => phonetic = phonetic.saturating_sub(1),
                "t" => in_text = false,
                name if name == end => return Ok(unescaped(text)),
                _ => {}
            },
            _ if in_text => add_text(&event, &mut text, TEXT_MAX),
            _ => {}
        }
    }
}

/// Without `_x000D_` and the like, by which characters are written that XML has not.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        plain.push_str(before);
        let code = after.get(..4).filter(|_| after.get(4..5) == Some("_"));
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                plain.push(character);
                rest = after.get(5..).unwrap_or_default();
            }
            None => {
                plain.push_str("_x");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

impl Book {
    pub(super) fn open(package: &mut Package<'_>) -> Result<Self, Refusal> {
        let (parts, texts, formats) = related(package)?;
        let (named, since_1904) = sheets(package)?;
        let sheets = named
            .into_iter()
            .filter_map(|(name, visible, id)| {
                let part = parts.get(&id)?.clone();
                Some(Place {
                    name,
                    visible,
                    part,
                })
            })
            .take(SHEETS_MAX)
            .collect();
        let texts = match package.part(&texts)? {
            Some(mut xml) => Texts::read(&mut xml)?,
            None => Texts::default(),
        };
        let formats = match package.part(&formats)? {
            Some(mut xml) => Formats::read(&mut xml)?,
            None => Formats::default(),
        };
        Ok(Self {
            sheets,
            texts,
            formats,
            since_1904,
        })
    }

    /// The first rows of each sheet.
    pub(super) fn heads(&self, package: &mut Package<'_>, rows: u32) -> Result<Vec<Head>, Unread> {
        let mut heads = Vec::with_capacity(self.sheets.len());
        for place in &self.sheets {
            let mut merged = Vec::new();
            heads.push(self.lines(package, place, rows, &mut merged)?);
        }
        Ok(heads)
    }

    /// A whole sheet. Which cells are merged stands behind them: a sheet that has some is gone
    /// through again.
    pub(super) fn sheet(&self, package: &mut Package<'_>, at: usize) -> Result<Head, Unread> {
        let place = self.sheets.get(at).ok_or_else(damaged)?;
        let mut merged = Vec::new();
        let head = self.lines(package, place, u32::MAX, &mut merged)?;
        if merged.is_empty() {
            return Ok(head);
        }
        drop(head);
        self.lines(package, place, u32::MAX, &mut merged)
    }

    /// The first rows of a sheet, with these cells merged. Leaves those that it says are.
    fn lines(
        &self,
        package: &mut Package<'_>,
        place: &Place,
        rows: u32,
        merged: &mut Vec<Span>,
    ) -> Result<Head, Unread> {
        let mut sheet = SheetRows::with(std::mem::take(merged));
        // a sheet that is not there has no rows
        if let Some(mut xml) = package.part(&place.part)? {
            let mut row = 0_u32;
            loop {
                let event = xml.next()?;
                let Event::Start(tag) = &event else {
                    if matches!(event, Event::Eof) {
                        break;
                    }
                    continue;
                };
                match tag.local_name().into_inner() {
                    "row" => {
                        row = place_of_row(tag, row)?;
                        if row > rows {
                            break;
                        }
                        let hidden = is_true(attribute(tag, "hidden"));
                        let cells = self.row(&mut xml)?;
                        sheet.write(row - 1, cells, hidden)?;
                    }
                    "mergeCell" => {
                        let span = attribute(tag, "ref").as_deref().and_then(range);
                        if merged.len() >= SPANS_MAX {
                            return Err(too_large().into());
                        }
                        merged.extend(span);
                    }
                    _ => {}
                }
            }
        }
        let (text, hidden) = sheet.finish()?;
        Ok(Head {
            name: place.name.clone(),
            visible: place.visible,
            text,
            hidden,
        })
    }

    fn row<R: Read>(&self, xml: &mut Xml<R>) -> Result<Vec<Cell>, Refusal> {
        let mut cells: Vec<Cell> = Vec::new();
        let mut next = 0_u32;
        loop {
            match xml.next()? {
                Event::Eof => return Err(damaged()),
                Event::End(tag) if tag.local_name().into_inner() == "row" => return Ok(cells),
                Event::Start(tag) if tag.local_name().into_inner() == "c" => {
                    let reference = attribute(&tag, "r");
                    let column = reference.as_deref().and_then(place).map(|place| place.1);
                    let column = column.unwrap_or(next);
                    let kind = attribute(&tag, "t").unwrap_or_default();
                    let style = attribute(&tag, "s").and_then(|style| style.parse().ok());
                    let format = self.formats.of(style.unwrap_or(0));
                    let text = self.cell(xml, &kind, format)?;
                    next = column.saturating_add(1);
                    if !text.is_empty() && cells.len() < CELLS_MAX {
                        cells.push(Cell { column, text });
                    }
                }
                _ => {}
            }
        }
    }

    /// What a cell says.
    fn cell<R: Read>(
        &self,
        xml: &mut Xml<R>,
        kind: &str,
        format: Format,
    ) -> Result<String, Refusal> {
        let (mut value, mut in_value, mut said, mut formula) = (String::new(), false, false, false);
        loop {
            let event = xml.next()?;
            match &event {
                Event::Eof => return Err(damaged()),
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "v" => (in_value, said) = (true, true),
                    "f" => formula = true,
                    "is" => {
                        value = rich_text(xml, "is")?;
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().into_inner() {
                    "v" => in_value = false,
                    "c" => break,
                    _ => {}
                },
                _ if in_value => add_text(&event, &mut value, TEXT_MAX),
                _ => {}
            }
        }
        let empty_text = kind == "str" && said;
        if formula && value.trim().is_empty() && !empty_text {
            return Ok(uncomputed());
        }
        Ok(self.said(value, kind, format))
    }

    fn said(&self, value: String, kind: &str, format: Format) -> String {
        match kind {
            "s" => {
                let text = value.trim().parse().ok().and_then(|at| self.texts.get(at));
                text.unwrap_or_default().to_owned()
            }
            "str" => unescaped(value),
            "inlineStr" | "e" | "d" => value,
            "b" => match value.trim() {
                "" => value,
                "0" | "false" => "false".to_owned(),
                _ => "true".to_owned(),
            },
            _ => match value.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => self.shown(value, format),
                _ => value,
            },
        }
    }

    fn shown(&self, value: f64, format: Format) -> String {
        let plain = number(value);
        match format {
            Format::Day => day(value, self.since_1904).unwrap_or(plain),
            Format::Scientific => scientific(&plain),
            Format::Padded(digits) if plain.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{plain:0>digits$}")
            }
            Format::Padded(_) | Format::Plain => plain,
        }
    }
}

/// The parts that the workbook relates to: sheets by their id, its texts, its formats.
fn related(
    package: &mut Package<'_>,
) -> Result<(HashMap<String, String>, String, String), Refusal> {
    let mut parts = HashMap::new();
    let mut texts = "xl/sharedStrings.xml".to_owned();
    let mut formats = "xl/styles.xml".to_owned();
    let Some(mut xml) = package.part("xl/_rels/workbook.xml.rels")? else {
        return Ok((parts, texts, formats));
    };
    loop {
        match xml.next()? {
            Event::Eof => return Ok((parts, texts, formats)),
            Event::Start(tag) if tag.local_name().into_inner() == "Relationship" => {
                let target = attribute(&tag, "Target").unwrap_or_default();
                let part = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("xl/{}", target.trim_start_matches("./")),
                };
                let kind = attribute(&tag, "Type").unwrap_or_default();
                match kind.rsplit('/').next().unwrap_or_default() {
                    "worksheet" if parts.len() < 10_000 => {
                        parts.insert(attribute(&tag, "Id").unwrap_or_default(), part);
                    }
                    "sharedStrings" => texts = part,
                    "styles" => formats = part,
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// Name, whether it is shown, and id of a sheet.
type Named = (String, bool, String);

/// The sheets in their order, and whether days count from 1904.
fn sheets(package: &mut Package<'_>) -> Result<(Vec<Named>, bool), Refusal> {
    let Some(mut xml) = package.part("xl/workbook.xml")? else {
        return Err(damaged());
    };
    let (mut sheets, mut since_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Eof => return Ok((sheets, since_1904)),
            Event::Start(tag) => match tag.local_name().into_inner() {
                "workbookPr" => since_1904 = is_true(attribute(&tag, "date1904")),
                "sheet" if sheets.len() < 1_000 => {
                    let id = attribute(&tag, "r:id").or_else(|| any_id(&tag));
                    let state = attribute(&tag, "state");
                    let visible = !matches!(state.as_deref(), Some("hidden" | "veryHidden"));
                    let name = attribute(&tag, "name").unwrap_or_default();
                    sheets.push((name, visible, id.unwrap_or_default()));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// The relation's id, whatever its prefix.
fn any_id(tag: &BytesStart<'_>) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.0.ends_with(":id"))
        .map(|attribute| attribute.value.into_owned())
}

fn is_true(attribute: Option<String>) -> bool {
    matches!(attribute.as_deref(), Some("1" | "true"))
}

/// The number of a row, the first being 1: said, or the one behind the last.
fn place_of_row(tag: &BytesStart<'_>, last: u32) -> Result<u32, Refusal> {
    match attribute(tag, "r") {
        Some(said) => match said.parse::<u32>() {
            Ok(row) if row > 0 => Ok(row),
            _ => Err(damaged()),
        },
        None => last.checked_add(1).ok_or_else(damaged),
    }
}

/// `B3`: row and column, counted from 0.
fn place(reference: &str) -> Option<(u32, u32)> {
    let reference = reference.replace('$', "");
    let letters = reference.trim_end_matches(|c: char| c.is_ascii_digit());
    let row: u32 = reference.get(letters.len()..)?.parse().ok()?;
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_alphabetic())
    {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    Some((row.checked_sub(1)?, column - 1))
}

/// `A2:A7`.
fn range(reference: &str) -> Option<Span> {
    let (first, last) = reference.split_once(':')?;
    let (first, last) = (place(first)?, place(last)?);
    (first.0 <= last.0 && first.1 <= last.1).then_some(Span {
        rows: (first.0, last.0),
        columns: (first.1, last.1),
    })
}

/// `2019-12-31`, with the time when there is one.
fn day(value: f64, since_1904: bool) -> Option<String> {
    const LAST: f64 = 2_958_466.0;
    if !(0.0..LAST).contains(&value) {
        return None;
    }
    // there was no 29 February 1900, which the count from 1900 has
    let first = match (since_1904, value < 60.0) {
        (true, _) => Date::from_ymd_opt(1904, 1, 1)?,
        (false, true) => Date::from_ymd_opt(1899, 12, 31)?,
        (false, false) => Date::from_ymd_opt(1899, 12, 30)?,
    };
    let seconds = (value.fract() * 86_400.0).round();
    // both are small and whole by now
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (days, seconds) = (value.trunc() as u64, seconds as u32);
    let days = days + u64::from(seconds / 86_400);
    let date = first.checked_add_days(chrono::Days::new(days))?;
    let seconds = seconds % 86_400;
    Some(match seconds {
        0 => date.format("%Y-%m-%d").to_string(),
        _ => format!(
            "{} {:02}:{:02}:{:02}",
            date.format("%Y-%m-%d"),
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        ),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn places_and_ranges() {
        assert_eq!(place("A1"), Some((0, 0)));
        assert_eq!(place("$AB$12"), Some((11, 27)));
        for wrong in ["", "A", "1", "A0", "ABCD1", "É1", "A99999999999"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
        let span = range("B2:C7").unwrap();
        assert_eq!((span.rows, span.columns), ((1, 6), (1, 2)));
        assert_eq!(range("C7:B2"), None);
    }

    #[test]
    fn days_are_counted_as_a_spreadsheet_does() {
        for (value, since_1904, text) in [
            (43_830.0, false, "2019-12-31"),
            (43_830.5, false, "2019-12-31 12:00:00"),
            (43_829.999_999_9, false, "2019-12-31"),
            (1.0, false, "1900-01-01"),
            (61.0, false, "1900-03-01"),
            (42_368.0, true, "2019-12-31"),
        ] {
            assert_eq!(day(value, since_1904).as_deref(), Some(text), "{value}");
        }
        assert_eq!(day(-1.0, false), None);
        assert_eq!(day(1e12, false), None);
    }

    #[test]
    fn characters_that_xml_has_not() {
        for (text, plain) in [
            ("A_x000D_\nB", "A\r\nB"),
            ("A_x005F_B", "A_B"),
            ("PC_x86", "PC_x86"),
            ("_xé", "_xé"),
            ("_x0041_x0042_", "Ax0042_"),
        ] {
            assert_eq!(unescaped(text.to_owned()), plain);
        }
    }
}
