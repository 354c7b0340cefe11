//! `.ods`, element by element: nothing but the lines is kept. A cell or row that says that it
//! stands many times is written no more often than a list can need.

use std::collections::HashSet;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::package::{Package, Xml, add_text, attribute};
use super::rows::{Cell, SheetRows, Span, scientific, uncomputed};
use super::{Head, SHEETS_MAX, damaged, number};
use crate::manifest::Unread;

/// Bytes of a cell that are kept.
const TEXT_MAX: usize = 8_000;
/// Times that one cell with something in it is written side by side.
const REPEATED_CELLS_MAX: u32 = 501;

/// The first rows of each sheet.
pub(super) fn heads(package: &mut Package<'_>, rows: u32) -> Result<Vec<Head>, Unread> {
    let mut heads = Vec::new();
    tables(package, rows, |head| {
        heads.push(head);
        heads.len() < SHEETS_MAX
    })?;
    Ok(heads)
}

/// A whole sheet.
pub(super) fn sheet(package: &mut Package<'_>, wanted: usize) -> Result<Head, Unread> {
    let (mut found, mut at) = (None, 0);
    tables(package, u32::MAX, |head| {
        at += 1;
        if at <= wanted {
            return true;
        }
        found = Some(head);
        false
    })?;
    Ok(found.ok_or_else(damaged)?)
}

/// Goes through the tables, each with so many rows, as long as `take` wants more.
fn tables(
    package: &mut Package<'_>,
    rows: u32,
    mut take: impl FnMut(Head) -> bool,
) -> Result<(), Unread> {
    let xml = package.part("content.xml")?.ok_or_else(damaged)?;
    let mut document = Document {
        xml,
        hidden: HashSet::new(),
    };
    while let Some(head) = document.next_table(rows)? {
        if !take(head) {
            break;
        }
    }
    Ok(())
}

struct Document<R: Read> {
    xml: Xml<R>,
    /// Styles of tables that are not shown.
    hidden: HashSet<String>,
}

/// What a cell is, by its attributes.
#[derive(Default)]
struct Said {
    value: Option<String>,
    /// It counts, and is shown by its format.
    is_number: bool,
    text: String,
    paragraphs: u32,
    repeated: u32,
    spanned: (u32, u32),
    /// A formula whose value was not stored.
    uncomputed: bool,
}

impl<R: Read> Document<R> {
    fn next_table(&mut self, rows: u32) -> Result<Option<Head>, Unread> {
        let mut style = String::new();
        loop {
            match self.xml.next()? {
                Event::Start(tag) => match tag.name().0 {
                    "style:style" => style = attribute(&tag, "style:name").unwrap_or_default(),
                    "style:table-properties"
                        if attribute(&tag, "table:display").as_deref() == Some("false")
                            && self.hidden.len() < 10_000 =>
                    {
                        self.hidden.insert(std::mem::take(&mut style));
                    }
                    "table:table" => {
                        let name = attribute(&tag, "table:name").unwrap_or_default();
                        let style = attribute(&tag, "table:style-name").unwrap_or_default();
                        let visible = !self.hidden.contains(&style);
                        let (text, hidden) = self.table(rows)?;
                        return Ok(Some(Head {
                            name,
                            visible,
                            text,
                            hidden,
                        }));
                    }
                    _ => {}
                },
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn table(&mut self, rows: u32) -> Result<(super::Content, Vec<(u64, u64)>), Unread> {
        let mut sheet = SheetRows::default();
        let mut row: u32 = 0;
        loop {
            match self.xml.next()? {
                Event::Start(tag) if tag.name().0 == "table:table-row" => {
                    let repeated = times(&tag, "table:number-rows-repeated");
                    let shown = attribute(&tag, "table:visibility");
                    let hidden = matches!(shown.as_deref(), Some("collapse" | "filter"));
                    let (cells, spans) = self.row(row)?;
                    for span in spans {
                        sheet.begin(span);
                    }
                    // equal rows side by side are equal serial numbers: two show the mistake
                    for line in row..row.saturating_add(repeated.min(2)).min(rows) {
                        sheet.write(line, cells.clone(), hidden)?;
                    }
                    row = row.saturating_add(repeated);
                }
                Event::End(tag) if tag.name().0 == "table:table" => return Ok(sheet.finish()?),
                Event::Eof => return Err(damaged().into()),
                _ => {}
            }
        }
    }

    /// The cells of a row that say something, and those that are merged with others.
    fn row(&mut self, row: u32) -> Result<(Vec<Cell>, Vec<Span>), Unread> {
        let (mut cells, mut spans) = (Vec::new(), Vec::new());
        let mut column: u32 = 0;
        loop {
            match self.xml.next()? {
                Event::Start(tag)
                    if matches!(
                        tag.name().0,
                        "table:table-cell" | "table:covered-table-cell"
                    ) =>
                {
                    let mut said = Said::of(&tag);
                    self.cell(&mut said)?;
                    let text = said.shown();
                    let (down, across) = said.spanned;
                    if (down > 1 || across > 1) && spans.len() < REPEATED_CELLS_MAX as usize {
                        spans.push(Span {
                            rows: (row, row.saturating_add(down - 1)),
                            columns: (column, column.saturating_add(across - 1)),
                        });
                    }
                    if !text.trim().is_empty() && cells.len() < REPEATED_CELLS_MAX as usize {
                        for at in 0..said.repeated.min(REPEATED_CELLS_MAX) {
                            cells.push(Cell {
                                column: column.saturating_add(at),
                                text: text.clone(),
                            });
                        }
                    }
                    column = column.saturating_add(said.repeated);
                }
                Event::End(tag) if tag.name().0 == "table:table-row" => return Ok((cells, spans)),
                Event::Eof => return Err(damaged().into()),
                _ => {}
            }
        }
    }

    /// The text of a cell, without the remarks that people stick to it.
    fn cell(&mut self, cell: &mut Said) -> Result<(), Unread> {
        let mut remarks = 0_u32;
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::Eof => return Err(damaged().into()),
                Event::Start(tag) => match tag.name().0 {
                    "office:annotation" => remarks += 1,
                    _ if remarks > 0 => {}
                    "text:p" => {
                        cell.paragraphs += 1;
                        if cell.paragraphs > 1 {
                            cell.text.push(' ');
                        }
                    }
                    "text:s" | "text:tab" | "text:line-break" => cell.text.push(' '),
                    _ => {}
                },
                Event::End(tag) => match tag.name().0 {
                    "office:annotation" => remarks = remarks.saturating_sub(1),
                    "table:table-cell" | "table:covered-table-cell" => return Ok(()),
                    _ => {}
                },
                _ if remarks == 0 => add_text(&event, &mut cell.text, TEXT_MAX),
                _ => {}
            }
            cell.text
                .truncate(cell.text.floor_char_boundary(TEXT_MAX + 1));
        }
    }
}

impl Said {
    fn of(tag: &BytesStart<'_>) -> Self {
        let kind = attribute(tag, "office:value-type");
        let value = kind.as_deref().and_then(|kind| value(tag, kind));
        Self {
            is_number: kind.as_deref() == Some("float"),
            uncomputed: attribute(tag, "table:formula").is_some() && kind.is_none(),
            value,
            repeated: times(tag, "table:number-columns-repeated"),
            spanned: (
                times(tag, "table:number-rows-spanned"),
                times(tag, "table:number-columns-spanned"),
            ),
            ..Self::default()
        }
    }

    /// What the cell holds, not what its format shows; but as the format shows it where that
    /// says more: an exponent, by which a serial number is lost, or leading zeros.
    fn shown(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        if self.uncomputed && text.trim().is_empty() {
            return uncomputed();
        }
        let Some(value) = self.value.take() else {
            return clipped(text);
        };
        if self.is_number && is_scientific(&text) {
            return scientific(&value);
        }
        let padded = text.len() > value.len()
            && text.starts_with('0')
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.trim_start_matches('0') == value.trim_start_matches('0');
        clipped(if self.is_number && padded {
            text
        } else {
            value
        })
    }
}

fn clipped(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(TEXT_MAX));
    text
}

/// `1,00E+05`.
fn is_scientific(text: &str) -> bool {
    text.trim()
        .split_once("E+")
        .or_else(|| text.trim().split_once("E-"))
        .is_some_and(|(mantissa, exponent)| {
            mantissa.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                && !exponent.is_empty()
                && exponent.bytes().all(|b| b.is_ascii_digit())
        })
}

/// What a cell holds when it is no text: the number, day or truth itself, not what is shown.
fn value(tag: &BytesStart<'_>, kind: &str) -> Option<String> {
    match kind {
        "float" | "currency" | "percentage" => {
            let value: f64 = attribute(tag, "office:value")?.parse().ok()?;
            value.is_finite().then(|| number(value))
        }
        "date" => attribute(tag, "office:date-value"),
        "time" => attribute(tag, "office:time-value"),
        "boolean" => attribute(tag, "office:boolean-value"),
        "string" => attribute(tag, "office:string-value"),
        _ => None,
    }
}

/// How often, once at the least.
fn times(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name)
        .and_then(|times| times.parse().ok())
        .unwrap_or(1)
        .max(1)
}
