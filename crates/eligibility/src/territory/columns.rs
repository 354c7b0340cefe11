//! How a table is written: encoding, delimiter, and which column stands where.

use kernel::{Code, FieldError, Fields, Refusal, Text, fold};

/// Columns by the names that they have been seen with.
const COLUMNS: &[(&str, &[&str])] = &[
    ("postal_code", &["postal code", "code postal", "cp"]),
    ("commune", &["commune", "nom", "nom commune", "libelle"]),
    ("population", &["population", "population totale"]),
    ("ifn", &["ifn", "indice", "indice de fragilite numerique"]),
    (
        "fragile_population",
        &["fragile population", "population fragile"],
    ),
    (
        "commune_code",
        &["commune code", "code commune", "code insee", "insee"],
    ),
];

/// Without these a file is not the table.
const NEEDED: &[&str] = &["postal_code", "commune", "population", "ifn"];

/// This is not the table, or nothing of it can be used.
pub(super) fn unreadable(errors: Vec<FieldError>) -> Refusal {
    let mut refusal = Refusal::plain(Code::TableUnreadable);
    refusal.errors = errors;
    refusal
}

/// UTF-8 with or without its mark, else Latin-1.
pub(super) fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The mark that the first line has most of.
pub(super) fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or("");
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| {
            (
                first.bytes().filter(|byte| byte == mark).count(),
                *mark == b',',
            )
        })
        .unwrap_or(b',')
}

/// Where each column stands in this file.
pub(super) struct Columns(Vec<(&'static str, usize)>);

impl Columns {
    pub(super) fn find(header: &csv::StringRecord) -> Result<Self, Refusal> {
        let names: Vec<String> = header.iter().map(fold).collect();
        let found: Vec<_> = COLUMNS
            .iter()
            .filter_map(|(column, aliases)| {
                let at = names
                    .iter()
                    .position(|name| aliases.contains(&name.as_str()))?;
                Some((*column, at))
            })
            .collect();
        let mut missing = Fields::default();
        for column in NEEDED {
            if !found.iter().any(|(name, _)| name == column) {
                missing.push_line(
                    1,
                    Some(column),
                    Code::Required,
                    Text::new(
                        format!("La colonne « {column} » manque."),
                        format!("The column `{column}` is missing."),
                    ),
                );
            }
        }
        if missing.is_empty() {
            Ok(Self(found))
        } else {
            Err(unreadable(missing.into_vec()))
        }
    }

    pub(super) fn of<'a>(&self, record: &'a csv::StringRecord, column: &str) -> &'a str {
        self.0
            .iter()
            .find(|(name, _)| *name == column)
            .and_then(|(_, at)| record.get(*at))
            .unwrap_or("")
    }
}
