//! `.xlsx`, cell by cell: only the texts that the file keeps apart are held in memory.

use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx};

use super::{Content, HEAD_ROWS, Head, Sheet, SheetLines, choose, damaged, number};
use crate::manifest::Unread;
use crate::manifest::content::Reader as FileReader;

/// Sheets that are looked at.
const SHEETS_MAX: usize = 50;

type Workbook<'a> = Xlsx<FileReader<'a>>;

pub(super) fn read(file: &Content) -> Result<Sheet, Unread> {
    // the reader is not ours: what it cannot stand is a damaged file, and stops nothing else
    catch_unwind(AssertUnwindSafe(|| read_best(file))).unwrap_or_else(|_| Err(damaged().into()))
}

fn read_best(file: &Content) -> Result<Sheet, Unread> {
    let mut workbook: Workbook<'_> = Xlsx::new(file.reader()).map_err(|_| damaged())?;
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .take(SHEETS_MAX)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let mut heads = Vec::with_capacity(sheets.len());
    for (name, visible) in sheets {
        // a sheet that is a diagram has no cells
        if let Ok(text) = lines(&mut workbook, &name, HEAD_ROWS) {
            heads.push(Head {
                name,
                visible,
                text,
            });
        }
    }
    if heads.is_empty() {
        return Err(damaged().into());
    }
    let (chosen, others) = choose(&heads)?;
    let name = heads.swap_remove(chosen).name;
    drop(heads);
    let text = lines(&mut workbook, &name, u32::MAX)?;
    Ok(Sheet {
        format: "xlsx",
        name,
        others,
        text,
    })
}

fn lines(workbook: &mut Workbook<'_>, sheet: &str, rows: u32) -> Result<Content, Unread> {
    let mut cells = workbook
        .worksheet_cells_reader(sheet)
        .map_err(|_| damaged())?;
    let mut lines = SheetLines::default();
    while let Some(cell) = cells.next_cell().map_err(|_| damaged())? {
        let (row, column) = cell.get_position();
        if row >= rows {
            break;
        }
        match cell.get_value() {
            DataRef::SharedString(text) => lines.put(row, column, text)?,
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                lines.put(row, column, text)?;
            }
            DataRef::Float(value) => lines.put(row, column, &number(*value))?,
            DataRef::Int(value) => lines.put(row, column, &value.to_string())?,
            DataRef::Bool(value) => {
                lines.put(row, column, if *value { "true" } else { "false" })?;
            }
            DataRef::DateTime(moment) => lines.put(row, column, &written(*moment))?,
            DataRef::Error(error) => lines.put(row, column, &error.to_string())?,
            DataRef::Empty => {}
        }
    }
    Ok(lines.finish()?)
}

/// `2019-12-31`, with the time when there is one.
fn written(moment: ExcelDateTime) -> String {
    if moment.is_duration() {
        return number(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}
