//! Tables that people open in a spreadsheet: the only place that writes CSV.
//!
//! A spreadsheet splits a line where its own language does, whatever the file was written
//! with: French ones at `;`, others at `,`, some at a tab. Split elsewhere than it was
//! written, quotes within a line are no quotes, and a line break within a cell begins a line.
//! So a cell holds nothing that would be read as a formula after any of these, and not only
//! at its own beginning.

use kernel::{Code, Refusal, Text};

/// Whether a query asks for the table that French spreadsheets want: a byte order mark,
/// semicolons, decimal commas.
///
/// # Errors
/// `invalid` at `/csv` when it is nothing that is known.
pub(crate) fn asked_in_french(query: &str) -> Result<bool, Refusal> {
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "csv");
    match found.as_ref().map(|(_, value)| value.as_ref()) {
        None | Some("") => Ok(false),
        Some("fr") => Ok(true),
        Some(_) => Err(Refusal::field(
            "/csv",
            Code::Invalid,
            Text::new(
                "Écrivez « csv=fr », ou demandez « Accept: text/csv ».",
                "Write `csv=fr`, or ask with `Accept: text/csv`.",
            ),
        )),
    }
}

/// Writes a table with commas.
///
/// # Errors
/// When its rows have not as many cells as its header.
pub(crate) fn write<R>(header: &[&str], rows: impl IntoIterator<Item = R>) -> db::Result<Vec<u8>>
where
    R: IntoIterator<Item = String>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(db::Error::internal)?;
    for row in rows {
        let cells = row.into_iter().map(|cell| inert(&cell));
        writer.write_record(cells).map_err(db::Error::internal)?;
    }
    let written = writer.into_inner();
    written.map_err(|cause| db::Error::internal(cause.to_string()))
}

/// A table that was written with commas, as French spreadsheets want it.
///
/// # Errors
/// When it is no such table.
pub(crate) fn in_french(table: &[u8]) -> db::Result<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(table);
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut measured: Vec<bool> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(db::Error::internal)?;
        if measured.is_empty() {
            measured = record.iter().map(is_measured).collect();
        }
        let cells = record.iter().zip(&measured).map(|(cell, measured)| {
            if *measured && is_number(cell) {
                cell.replace('.', ",")
            } else {
                cell.to_owned()
            }
        });
        writer.write_record(cells).map_err(db::Error::internal)?;
    }
    let written = writer.into_inner();
    written.map_err(|cause| db::Error::internal(cause.to_string()))
}

/// Columns whose numbers may have a part behind the comma. A serial number may look like one.
fn is_measured(header: &str) -> bool {
    ["_kg", "kilograms", "_percent", "fragility", "score", "_eur"]
        .iter()
        .any(|measure| header.ends_with(measure))
}

/// A cell without live formulas: an apostrophe stands before what would begin one.
fn inert(cell: &str) -> String {
    if is_number(cell) {
        return cell.to_owned();
    }
    let mut out = String::with_capacity(cell.len());
    // whether a cell may begin here, for some spreadsheet
    let mut begins = true;
    for (at, c) in cell.char_indices() {
        if begins && starts_formula(c) && !number_follows(&cell[at..]) {
            out.push('\'');
        }
        begins = match c {
            ',' | ';' | '\t' | '|' | '\n' | '\r' => true,
            '"' | '\'' => begins,
            c if c.is_whitespace() => begins,
            _ => false,
        };
        out.push(c);
    }
    out
}

/// Also the wide forms, which some spreadsheets take for the same.
fn starts_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
    )
}

/// Whether what would be a cell of its own is a number.
fn number_follows(rest: &str) -> bool {
    let end = rest.find([',', ';', '\t', '|', '\n', '\r', '"']);
    is_number(rest[..end.unwrap_or(rest.len())].trim_end())
}

/// A number: what it is computed to is what it says.
fn is_number(cell: &str) -> bool {
    let unsigned = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The cells that a spreadsheet sees which splits at `separator`: a quote counts at the
    /// beginning of a cell alone, and what follows its end is added to it.
    fn opened(text: &str, separator: char) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut fresh = true;
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            if quoted {
                match c {
                    '"' if characters.peek() == Some(&'"') => {
                        characters.next();
                        cells.last_mut().unwrap().push('"');
                    }
                    '"' => quoted = false,
                    c => cells.last_mut().unwrap().push(c),
                }
                continue;
            }
            match c {
                '"' if fresh => quoted = true,
                '\n' => cells.push(String::new()),
                c if c == separator => cells.push(String::new()),
                c => cells.last_mut().unwrap().push(c),
            }
            fresh = c == '\n' || c == separator;
        }
        cells
    }

    fn is_live(cell: &str) -> bool {
        let cell = cell.trim_start();
        let number = is_number(&cell.trim_end().replace(',', "."));
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number
    }

    const ATTACKS: [&str; 14] = [
        "=cmd|' /C calc'!A0",
        "Asso;=cmd|' /C calc'!A0",
        "Asso,=1+1",
        "a\";\"=1+1",
        "a;\"=1+1\"",
        "a; =1+1",
        "a\n=1+1",
        "a\r\n;@SUM(A1)",
        "\t=1+1",
        "+33 6 12;-1+cmd",
        "x\";=1;\"-2-3",
        "'=1;'=2",
        ";;;=1,,,+1+1\t-1-1",
        "\"\"\"=1+1",
    ];

    #[test]
    fn no_cell_is_a_live_formula_wherever_the_line_is_split() {
        for attack in ATTACKS {
            let row = ["tête", attack, "-12.5", attack, "fin"].map(str::to_owned);
            let plain = write(&["a", "b", "c_kg", "d", "e"], [row]).unwrap();
            for table in [in_french(&plain).unwrap(), plain] {
                let text = String::from_utf8(table).unwrap();
                for separator in [',', ';', '\t'] {
                    for cell in opened(&text, separator) {
                        assert!(
                            !is_live(&cell),
                            "{attack:?} {separator:?} {cell:?} in {text}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_and_ordinary_texts_stay_as_they_are() {
        for text in [
            "-5",
            "+33",
            "-12.5",
            "12",
            "Saint-Denis",
            "a-b, c",
            "1; 2; -3",
            "HelloAsso.com",
            "x=1",
            "",
        ] {
            assert_eq!(inert(text), text);
        }
        for text in ["-inf", "+33 6", "-1e5", "--5", "-5-"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
    }

    #[test]
    fn french_spreadsheets_open_a_table_as_it_is() {
        let row = ["1.5", "1.5", "a;b", "été, \"ici\""].map(str::to_owned);
        let plain = write(&["serial", "weight_kg", "c", "d"], [row]).unwrap();
        let text = String::from_utf8(in_french(&plain).unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{feff}serial;weight_kg;c;d\n1.5;1,5;\"a;b\";\"été, \"\"ici\"\"\"\n"
        );
    }

    #[test]
    fn the_query_names_the_french_table() {
        assert!(asked_in_french("limit=2&csv=fr").unwrap());
        assert!(!asked_in_french("limit=2").unwrap());
        assert!(asked_in_french("csv=de").is_err());
    }
}
