//! The table of the digital fragility index as it is published: CSV, one row a commune or
//! arrondissement. What is impossible is rejected by name; the rest is taken.

use std::collections::{HashMap, HashSet};

use kernel::{Code, CommuneCode, FieldError, Fields, Refusal, Text};

use super::columns::{Columns, decode, delimiter, unreadable};
use super::communes::{self, place_key};
use crate::rubric::Tenths;

/// One commune or arrondissement of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Shared by several communes at times: never a key by itself.
    pub postal_code: String,
    /// As the table has it.
    pub name: String,
    /// The name for comparing.
    pub name_key: String,
    /// The table's, or Marseille's arrondissement by its postal code, or the code that a
    /// commune of this name has.
    pub commune_code: Option<String>,
    /// Inhabitants.
    pub population: i32,
    /// 10 to 100: the index in tenths.
    pub index_tenths: i32,
    /// Inhabitants who are fragile.
    pub fragile_population: Option<i32>,
    /// The file has the postal code on other lines, too, were they usable or not: alone, it
    /// names no commune.
    pub shared: bool,
}

/// What a table was worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// Rows of the file.
    pub rows: usize,
    /// What is kept.
    pub accepted: Vec<Row>,
    /// What is not, by line. A line may have several mistakes.
    pub errors: Vec<FieldError>,
    /// How many rows have mistakes.
    pub rejected: usize,
}

/// Reads the table.
///
/// # Errors
/// `table_unreadable` when it is not such a table, or has no usable row.
pub fn read_table(bytes: &[u8]) -> Result<TableReport, Refusal> {
    // one of the database engines cannot keep the character zero
    let text = decode(bytes).replace('\0', " ");
    let delimiter = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|_| unreadable(Vec::new()))?
        .clone();
    let columns = Columns::find(&header)?;
    let mut report = TableReport {
        rows: 0,
        accepted: Vec::new(),
        errors: Vec::new(),
        rejected: 0,
    };
    let mut seen = HashSet::new();
    let mut lines_of: HashMap<String, usize> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable(Vec::new()))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        report.rows += 1;
        let mut line = Line::new(&columns, &record);
        *lines_of.entry(line.padded_postal_code()).or_default() += 1;
        let row = line.row(&mut seen);
        let errors = line.errors.into_vec();
        match row {
            Some(row) if errors.is_empty() => report.accepted.push(row),
            _ => report.rejected += 1,
        }
        report.errors.extend(errors);
    }
    for row in &mut report.accepted {
        row.shared = lines_of
            .get(&row.postal_code)
            .is_some_and(|lines| *lines > 1);
    }
    if report.accepted.is_empty() {
        return Err(unreadable(report.errors));
    }
    Ok(report)
}

/// One line while it is read.
struct Line<'a> {
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    number: u64,
    errors: Fields,
}

impl<'a> Line<'a> {
    fn new(columns: &'a Columns, record: &'a csv::StringRecord) -> Self {
        Self {
            columns,
            record,
            number: record.position().map_or(0, csv::Position::line),
            errors: Fields::default(),
        }
    }

    fn cell(&self, column: &str) -> &'a str {
        self.columns.of(self.record, column)
    }

    /// Every mistake names the commune: who prepared the table knows it by that.
    fn wrong(&mut self, column: &str, code: Code, fr: &str, en: &str) {
        let name = match self.cell("commune") {
            "" => "?",
            name => name,
        };
        let detail = Text::new(format!("{name} : {fr}"), format!("{name}: {en}"));
        self.errors
            .push_line(self.number, Some(column), code, detail);
    }

    fn row(&mut self, seen: &mut HashSet<(String, String)>) -> Option<Row> {
        let name = self.cell("commune").to_owned();
        let name_key = place_key(&name);
        if name_key.is_empty() {
            self.wrong(
                "commune",
                Code::Required,
                "le nom de la commune manque.",
                "the commune's name is missing.",
            );
        }
        let postal_code = self.postal_code();
        let population = self.count("population");
        let index = self.index();
        let fragile = match self.cell("fragile_population") {
            "" => None,
            _ => self.count("fragile_population"),
        };
        self.plausible(population, fragile);
        let commune_code = self.commune_code();
        let postal_code = postal_code?;
        if self.errors.is_empty() && !seen.insert((postal_code.clone(), name_key.clone())) {
            self.wrong(
                "commune",
                Code::Duplicate,
                "cette commune est déjà plus haut dans le fichier.",
                "this commune stands further up in the file already.",
            );
        }
        Some(Row {
            postal_code,
            name,
            name_key,
            commune_code,
            population: population?,
            index_tenths: index?,
            fragile_population: fragile,
            shared: false, // known at the end of the file
        })
    }

    fn plausible(&mut self, population: Option<i32>, fragile: Option<i32>) {
        if let (Some(population), Some(fragile)) = (population, fragile)
            && fragile > population
        {
            self.wrong(
                "fragile_population",
                Code::OutOfRange,
                &format!(
                    "{fragile} personnes fragiles pour {population} habitants, c'est impossible."
                ),
                &format!("{fragile} fragile people out of {population} inhabitants is impossible."),
            );
        }
    }

    fn postal_code(&mut self) -> Option<String> {
        let text = self.cell("postal_code");
        let digits = (4..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            self.wrong(
                "postal_code",
                Code::Invalid,
                "le code postal a 5 chiffres.",
                "a postal code has 5 digits.",
            );
            return None;
        }
        Some(self.padded_postal_code())
    }

    /// A spreadsheet drops the zero in front.
    fn padded_postal_code(&self) -> String {
        format!("{:0>5}", self.cell("postal_code"))
    }

    fn commune_code(&mut self) -> Option<String> {
        let text = self.cell("commune_code");
        if text.is_empty() {
            let postal_code = self.padded_postal_code();
            return CommuneCode::of_marseille(&postal_code)
                .map(String::from)
                .or_else(|| {
                    let name = place_key(self.cell("commune"));
                    communes::code_of(&postal_code, &name).map(str::to_owned)
                });
        }
        match text.parse::<CommuneCode>() {
            Ok(code) => Some(code.into()),
            Err(code) => {
                let help = CommuneCode::help();
                self.wrong("commune_code", code, &help.fr, &help.en);
                None
            }
        }
    }

    fn count(&mut self, column: &str) -> Option<i32> {
        let plain: String = self
            .cell(column)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let count = plain.parse::<i32>().ok().filter(|count| *count >= 0);
        if count.is_none() {
            self.wrong(
                column,
                Code::Invalid,
                "un nombre entier est attendu.",
                "a whole number is expected.",
            );
        }
        count
    }

    fn index(&mut self) -> Option<i32> {
        let index = self.cell("ifn").parse::<Tenths>().ok();
        let index = index.filter(|index| (10..=100).contains(&index.0));
        if index.is_none() {
            self.wrong(
                "ifn",
                Code::OutOfRange,
                "l'indice va de 1 à 10, avec une décimale.",
                "the index goes from 1 to 10, with one decimal.",
            );
        }
        index.map(|index| index.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TABLE: &[u8] = include_bytes!("../../../../tests/data/ifn_bouches_du_rhone.csv");

    #[test]
    fn the_published_table_loads_but_for_its_impossible_row() {
        let report = read_table(TABLE).unwrap();
        assert_eq!(
            (report.rows, report.accepted.len(), report.rejected),
            (23, 22, 1)
        );
        let error = &report.errors[0];
        assert_eq!(error.line, Some(20));
        assert_eq!(error.column.as_deref(), Some("fragile_population"));
        assert_eq!(error.code, Code::OutOfRange);
        assert!(
            error.detail.fr.starts_with("Saint-Antonin-sur-Bayon : 513"),
            "{}",
            error.detail.fr
        );
        let row = report
            .accepted
            .iter()
            .find(|row| row.postal_code == "13015")
            .unwrap();
        assert_eq!(row.commune_code.as_deref(), Some("13215"));
        assert_eq!(row.index_tenths, 68);
    }

    #[test]
    fn table_unreadable_when_it_is_no_such_table() {
        for nonsense in [
            &b""[..],
            b"hello",
            b"a,b,c\n1,2,3\n",
            b"\x00\xff\xfe",
            TABLE.split_at(71).0,
        ] {
            assert_eq!(
                read_table(nonsense).unwrap_err().code,
                Code::TableUnreadable
            );
        }
    }

    #[test]
    fn every_bad_line_is_named_and_the_others_are_taken() {
        let text = "Code postal;Commune;Population;IFN\n13001;Marseille 1er;40 000;6,1\n130;Nulle part;x;11\n\
                    13001;MARSEILLE  1ER;1;2\n1000;Bourg-en-Bresse;40000;4\n";
        let report = read_table(text.as_bytes()).unwrap();
        assert_eq!(
            (report.rows, report.accepted.len(), report.rejected),
            (4, 2, 2)
        );
        assert_eq!(report.accepted[1].postal_code, "01000");
        let lines: Vec<_> = report
            .errors
            .iter()
            .map(|e| (e.line.unwrap(), e.code))
            .collect();
        assert_eq!(
            lines,
            [
                (3, Code::Invalid),
                (3, Code::Invalid),
                (3, Code::OutOfRange),
                (4, Code::Duplicate)
            ]
        );
    }
}
