//! What the national schemas ask of a column, written down by hand from their documentation, and a
//! reader of the files that checks every cell against it.

use std::collections::BTreeMap;

/// What a cell may say.
pub enum Rule {
    Any,
    /// Exactly so many digits.
    Digits(usize),
    /// `^W\d{9}$`.
    Rna,
    /// A day, `YYYY-MM-DD`.
    Day,
    /// A day, or a first and a last one with `/` between them.
    DayOrPeriod,
    /// A number with a decimal point, not below the first and not above the second.
    Number(f64, f64),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Characters at the most.
    Length(usize),
    /// `^([013-9]\d|2[AB1-9])\d{3}$`.
    Commune,
}

/// A column: its name, whether each row has it, and what it may say.
pub type Column = (&'static str, bool, Rule);

/// SCDL *subventions* 2.1.1,
/// <https://schema.data.gouv.fr/scdl/subventions/2.1.1/documentation.html>.
pub const AWARDS: &[Column] = &[
    ("nomAttribuant", true, Rule::Any),
    ("idAttribuant", true, Rule::Digits(14)),
    ("dateConvention", true, Rule::Day),
    ("referenceDecision", false, Rule::Any),
    ("nomBeneficiaire", true, Rule::Any),
    ("idBeneficiaire", false, Rule::Digits(14)),
    ("rnaBeneficiaire", false, Rule::Rna),
    ("objet", true, Rule::Length(256)),
    ("montant", true, Rule::Number(0.0, f64::MAX)),
    (
        "nature",
        true,
        Rule::OneOf(&[
            "aide en numéraire",
            "aide en nature",
            "aide en numéraire;aide en nature",
            "aide en nature;aide en numéraire",
        ]),
    ),
    (
        "conditionsVersement",
        true,
        Rule::OneOf(&["unique", "échelonné"]),
    ),
    ("datesPeriodeVersement", true, Rule::DayOrPeriod),
    ("idRAE", false, Rule::Length(5)),
    ("notificationUE", true, Rule::OneOf(&["oui", "non"])),
    ("pourcentageSubvention", true, Rule::Number(0.01, 1.0)),
    ("dispositifAide", false, Rule::Any),
];

/// The columns of the *standard des lieux de médiation numérique* that are filled,
/// <https://github.com/LaMednum/standard-mediation-num>.
pub const PLACES: &[Column] = &[
    ("id", true, Rule::Any),
    ("pivot", true, Rule::Any),
    ("nom", true, Rule::Any),
    ("commune", true, Rule::Any),
    ("code_postal", true, Rule::Digits(5)),
    ("code_insee", false, Rule::Commune),
    ("adresse", true, Rule::Any),
    ("typologie", false, Rule::OneOf(&["ASSO"])),
    ("source", false, Rule::Any),
    ("date_maj", true, Rule::Day),
    (
        "services",
        true,
        Rule::OneOf(&["Accès internet et matériel informatique"]),
    ),
];

/// A row, by its columns.
pub type Row = BTreeMap<String, String>;

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize, range: std::ops::RangeInclusive<u32>| {
        part.len() == length
            && part
                .parse::<u32>()
                .is_ok_and(|number| range.contains(&number))
    };
    matches!(parts[..], [year, month, day]
        if number(year, 4, 1900..=2200) && number(month, 2, 1..=12) && number(day, 2, 1..=31))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn fits(rule: &Rule, cell: &str) -> bool {
    match rule {
        Rule::Any => true,
        Rule::Digits(length) => digits(cell) && cell.len() == *length,
        Rule::Rna => cell.strip_prefix('W').is_some_and(digits) && cell.len() == 10,
        Rule::Day => is_day(cell),
        Rule::DayOrPeriod => match cell.split_once('/') {
            Some((first, last)) => is_day(first) && is_day(last) && first <= last,
            None => is_day(cell),
        },
        Rule::Number(least, most) => {
            let number = cell.parse::<f64>();
            number.is_ok_and(|number| (*least..=*most).contains(&number))
        }
        Rule::OneOf(words) => words.contains(&cell),
        Rule::Length(most) => cell.chars().count() <= *most,
        Rule::Commune => {
            let (department, rest) = cell.split_at_checked(2).unwrap_or_default();
            let corsica = ["2A", "2B"].contains(&department);
            rest.len() == 3 && digits(rest) && (corsica || digits(department) && department != "20")
        }
    }
}

/// Cells of lines with commas, quotes doubled within quotes.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut characters) = (false, text.chars().peekable());
    while let Some(c) = characters.next() {
        match (c, quoted) {
            ('"', true) if characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => cell.push(c),
        }
    }
    rows
}

/// The rows of a table, each with every column of its header.
pub fn rows(table: &str) -> (Vec<String>, Vec<Row>) {
    let mut lines = cells(table).into_iter();
    let header = lines.next().unwrap_or_default();
    let row = |line: Vec<String>| -> Row {
        assert_eq!(line.len(), header.len(), "{line:?}");
        header.iter().cloned().zip(line).collect()
    };
    (header.clone(), lines.map(row).collect())
}

/// The rows of a table that keeps to a schema: its columns in their order, every cell as they ask.
pub fn valid(table: &str, schema: &[Column]) -> Vec<Row> {
    let (header, rows) = rows(table);
    let columns: Vec<&str> = schema.iter().map(|(name, ..)| *name).collect();
    assert_eq!(header, columns);
    for row in &rows {
        for (name, required, rule) in schema {
            let cell = &row[*name];
            let right = match cell.is_empty() {
                true => !required,
                false => fits(rule, cell),
            };
            assert!(right, "{name}: {cell:?} in {row:?}");
        }
    }
    rows
}
