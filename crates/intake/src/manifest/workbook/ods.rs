//! `.ods`, event by event: nothing but the lines is kept. A cell or row that says that it
//! stands many times is written no more often than a list can need.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use super::{Archive, Content, HEAD_ROWS, Head, Sheet, SheetLines, choose, damaged, empty, number};
use crate::manifest::Unread;

/// Sheets that are looked at.
const SHEETS_MAX: usize = 50;
/// Bytes of a cell that are kept.
const TEXT_MAX: usize = 8_000;
/// Times that one cell with something in it is written side by side.
const REPEATED_CELLS_MAX: u32 = 501;

pub(super) fn read(archive: &mut Archive<'_>) -> Result<Sheet, Unread> {
    let mut heads = Vec::new();
    tables(archive, HEAD_ROWS, |_, head| {
        heads.push(head);
        heads.len() < SHEETS_MAX
    })?;
    if heads.is_empty() {
        return Err(empty().into());
    }
    let (chosen, others) = choose(&heads)?;
    drop(heads);
    let mut found = None;
    tables(archive, u32::MAX, |at, head| {
        if at == chosen {
            found = Some(head);
            return false;
        }
        true
    })?;
    let head = found.ok_or_else(damaged)?;
    Ok(Sheet {
        format: "ods",
        name: head.name,
        others,
        text: head.text,
    })
}

/// Goes through the tables, each with so many rows, as long as `take` wants more.
fn tables(
    archive: &mut Archive<'_>,
    rows: u32,
    mut take: impl FnMut(usize, Head) -> bool,
) -> Result<(), Unread> {
    let content = archive.by_name("content.xml").map_err(|_| damaged())?;
    let mut document = Document::new(BufReader::new(content));
    let mut at = 0;
    while let Some(head) = document.next_table(rows)? {
        if !take(at, head) {
            break;
        }
        at += 1;
    }
    Ok(())
}

struct Document<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    /// Styles of tables that are not shown.
    hidden: HashSet<String>,
}

/// What a cell is, by its attributes.
#[derive(Default)]
struct Cell {
    value: Option<String>,
    text: String,
    paragraphs: u32,
    repeated: u32,
}

impl<R: BufRead + Read> Document<R> {
    fn new(content: R) -> Self {
        let mut xml = Reader::from_reader(content);
        let config = xml.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Self {
            xml,
            buffer: Vec::new(),
            hidden: HashSet::new(),
        }
    }

    fn next_table(&mut self, rows: u32) -> Result<Option<Head>, Unread> {
        let mut style = String::new();
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer);
            match event.map_err(|_| damaged())? {
                Event::Start(tag) => match tag.name().0 {
                    "style:style" => style = attribute(&tag, "style:name").unwrap_or_default(),
                    "style:table-properties"
                        if attribute(&tag, "table:display").as_deref() == Some("false") =>
                    {
                        self.hidden.insert(std::mem::take(&mut style));
                    }
                    "table:table" => {
                        let name = attribute(&tag, "table:name").unwrap_or_default();
                        let style = attribute(&tag, "table:style-name").unwrap_or_default();
                        let visible = !self.hidden.contains(&style);
                        let text = self.table(rows)?;
                        return Ok(Some(Head {
                            name,
                            visible,
                            text,
                        }));
                    }
                    _ => {}
                },
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn table(&mut self, rows: u32) -> Result<Content, Unread> {
        let mut lines = SheetLines::default();
        let mut row: u32 = 0;
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer);
            match event.map_err(|_| damaged())? {
                Event::Start(tag) if tag.name().0 == "table:table-row" => {
                    let repeated = times(&tag, "table:number-rows-repeated");
                    let cells = self.row()?;
                    // equal rows side by side are equal serial numbers: two show the mistake
                    for line in row..row.saturating_add(repeated.min(2)).min(rows) {
                        for (column, cell) in &cells {
                            lines.put(line, *column, cell)?;
                        }
                    }
                    row = row.saturating_add(repeated);
                }
                Event::End(tag) if tag.name().0 == "table:table" => return Ok(lines.finish()?),
                Event::Eof => return Err(damaged().into()),
                _ => {}
            }
        }
    }

    /// The cells of a row that say something, with their columns.
    fn row(&mut self) -> Result<Vec<(u32, String)>, Unread> {
        let mut cells = Vec::new();
        let mut column: u32 = 0;
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer);
            match event.map_err(|_| damaged())? {
                Event::Start(tag)
                    if matches!(
                        tag.name().0,
                        "table:table-cell" | "table:covered-table-cell"
                    ) =>
                {
                    let mut cell = Cell {
                        value: value(&tag),
                        repeated: times(&tag, "table:number-columns-repeated"),
                        ..Cell::default()
                    };
                    self.cell(&mut cell)?;
                    let mut text = cell.value.take().unwrap_or(cell.text);
                    text.truncate(text.floor_char_boundary(TEXT_MAX));
                    if !text.trim().is_empty() && cells.len() < REPEATED_CELLS_MAX as usize {
                        for at in 0..cell.repeated.min(REPEATED_CELLS_MAX) {
                            cells.push((column.saturating_add(at), text.clone()));
                        }
                    }
                    column = column.saturating_add(cell.repeated);
                }
                Event::End(tag) if tag.name().0 == "table:table-row" => return Ok(cells),
                Event::Eof => return Err(damaged().into()),
                _ => {}
            }
        }
    }

    /// The text of a cell, without the remarks that people stick to it.
    fn cell(&mut self, cell: &mut Cell) -> Result<(), Unread> {
        let mut remarks = 0_u32;
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer);
            match event.map_err(|_| damaged())? {
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
                _ if cell.text.len() > TEXT_MAX => {}
                Event::Text(text) if remarks == 0 => cell.text.push_str(&text.xml10_content()),
                Event::CData(text) if remarks == 0 => cell.text.push_str(&text.xml10_content()),
                Event::GeneralRef(name) if remarks == 0 => {
                    if let Some(text) = resolve_xml_entity(&name) {
                        cell.text.push_str(text);
                    } else if let Ok(Some(character)) = name.resolve_char_ref() {
                        cell.text.push(character);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What a cell holds when it is no text: the number, day or truth itself, not what is shown.
fn value(tag: &BytesStart<'_>) -> Option<String> {
    match attribute(tag, "office:value-type")?.as_str() {
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

fn times(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name)
        .and_then(|times| times.parse().ok())
        .unwrap_or(1)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.0 == name)?;
    unescape(&found.value).ok().map(Cow::into_owned)
}
