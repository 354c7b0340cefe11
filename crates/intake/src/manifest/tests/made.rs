//! Workbooks made here, part by part, as the two formats describe them.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A container of these parts.
pub(in crate::manifest) fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        packed
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        packed.write_all(text.as_bytes()).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

/// The formats of the cells, by the `s` of a cell: none, scientific, a day, eight digits.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="1"><numFmt numFmtId="170" formatCode="00000000"/></numFmts><cellStyleXfs><xf numFmtId="11"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="11"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;

/// An `.xlsx` of these sheets: name, attributes, rows and what stands behind them.
pub(in crate::manifest) fn xlsx(sheets: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let (mut list, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
    for (at, (name, attributes, rows, behind)) in sheets.iter().enumerate() {
        let n = at + 1;
        list.push_str(&format!(
            r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}" {attributes}/>"#
        ));
        relations.push_str(&format!(
            r#"<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        ));
        parts.push((
            format!("xl/worksheets/sheet{n}.xml"),
            format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>"),
        ));
    }
    let mut all = vec![
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "xl/workbook.xml",
            format!("<workbook><workbookPr/><sheets>{list}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{relations}</Relationships>"),
        ),
        ("xl/styles.xml", STYLES.to_owned()),
    ];
    all.extend(
        parts
            .iter()
            .map(|(name, text)| (name.as_str(), text.clone())),
    );
    packed(&all)
}

/// Rows of texts, a line each, cells apart by `|`; `=…` is a cell as it stands in the file.
pub(in crate::manifest) fn rows(lines: &str) -> String {
    let mut rows = String::new();
    for (at, line) in lines.lines().enumerate() {
        let row = at + 1;
        let (attributes, line) = match line.strip_prefix("(hidden)") {
            Some(line) => ("hidden=\"1\"", line),
            None => ("", line),
        };
        rows.push_str(&format!("<row r=\"{row}\" {attributes}>"));
        for (column, cell) in line.split('|').enumerate() {
            let place = format!("{}{row}", char::from(b'A' + column as u8));
            let cell = cell.trim();
            rows.push_str(&match cell.strip_prefix('=') {
                _ if cell.is_empty() => String::new(),
                Some(raw) => raw.replace("<c", &format!("<c r=\"{place}\"")),
                None => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
            });
        }
        rows.push_str("</row>");
    }
    rows
}

/// An `.ods` of these tables: name and rows.
pub(in crate::manifest) fn ods(tables: &[(&str, &str)]) -> Vec<u8> {
    let tables: String = tables
        .iter()
        .map(|(name, rows)| format!(r#"<table:table table:name="{name}">{rows}</table:table>"#))
        .collect();
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    packed(&[
        (
            "mimetype",
            "application/vnd.oasis.opendocument.spreadsheet".to_owned(),
        ),
        ("content.xml", content),
    ])
}

/// As [`rows`], of an `.ods`.
pub(in crate::manifest) fn ods_rows(lines: &str) -> String {
    let mut rows = String::new();
    for line in lines.lines() {
        let (attributes, line) = match line.strip_prefix("(hidden)") {
            Some(line) => ("table:visibility=\"filter\"", line),
            None => ("", line),
        };
        rows.push_str(&format!("<table:table-row {attributes}>"));
        for cell in line.split('|') {
            let cell = cell.trim();
            rows.push_str(&match cell.strip_prefix('=') {
                _ if cell.is_empty() => "<table:table-cell/>".to_owned(),
                Some(raw) => raw.to_owned(),
                None => format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
                ),
            });
        }
        rows.push_str("</table:table-row>");
    }
    rows
}
