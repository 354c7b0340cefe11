//! Reads the open-data file of the register (Waldec), line by line: `;`, quoted, UTF-8 or
//! Latin-1. It is never in memory as a whole.

use std::io::Read;

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

/// The file, being read.
pub struct Waldec<R> {
    reader: csv::Reader<R>,
    columns: Vec<(&'static str, usize)>,
    /// Lines without a number of the register.
    pub skipped: u64,
    /// Lines that were read.
    pub lines: u64,
}

impl<R> std::fmt::Debug for Waldec<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Waldec(line {})", self.lines)
    }
}

impl<R: Read> Waldec<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A sentence for the operator: which columns are missing.
    pub fn open(file: R) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(b';')
            .flexible(true)
            .from_reader(file);
        let header = reader.byte_headers().map_err(|cause| cause.to_string())?;
        let names: Vec<String> = header
            .iter()
            .map(|name| {
                text(name)
                    .trim_start_matches('\u{feff}')
                    .trim()
                    .to_ascii_lowercase()
            })
            .collect();
        let place = |column: &str| names.iter().position(|name| name == column);
        let missing: Vec<&str> = COLUMNS
            .iter()
            .take(NEEDED)
            .copied()
            .filter(|column| place(column).is_none())
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "this is not the register (RNA, « Waldec »): no column {}",
                missing.join(", ")
            ));
        }
        let columns = COLUMNS
            .iter()
            .chain([&CODE])
            .filter_map(|column| Some((*column, place(column)?)))
            .collect();
        Ok(Self {
            reader,
            columns,
            skipped: 0,
            lines: 0,
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
    /// A sentence for the operator, when the file cannot be read.
    pub fn next_entries(&mut self, most: usize) -> Result<Vec<Entry>, String> {
        let mut found: Vec<Entry> = Vec::with_capacity(most);
        let mut places = std::collections::HashMap::new();
        let mut record = csv::ByteRecord::new();
        while found.len() < most {
            let more = self
                .reader
                .read_byte_record(&mut record)
                .map_err(|cause| cause.to_string())?;
            if !more {
                break;
            }
            self.lines += 1;
            match self.entry(&record) {
                None => self.skipped += 1,
                Some(entry) => match places.get(&entry.rna) {
                    Some(at) => {
                        if let Some(slot) = found.get_mut::<usize>(*at) {
                            *slot = entry;
                        }
                    }
                    None => {
                        places.insert(entry.rna.clone(), found.len());
                        found.push(entry);
                    }
                },
            }
        }
        Ok(found)
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

/// UTF-8, else Latin-1; the character zero, which PostgreSQL does not keep, is dropped.
fn text(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "id;id_ex;siret;rup_mi;gestion;date_creat;date_decla;date_publi;date_disso;nature;groupement;titre;titre_court;objet;objet_social1;objet_social2;adrs_complement;adrs_numvoie;adrs_repetition;adrs_typevoie;adrs_libvoie;adrs_distrib;adrs_codeinsee;adrs_codepostal;adrs_libcommune;adrg_declarant;adrg_complemid;adrg_complemgeo;adrg_libvoie;adrg_distrib;adrg_codepostal;adrg_achemine;adrg_pays;dir_civilite;siteweb;publiweb;observation;position;maj_time";

    fn line(id: &str, title: &str, position: &str, dissolved: &str) -> String {
        format!(
            "\"{id}\";\"\";\"\";\"\";\"133S\";\"1999-01-01\";\"2010-01-01\";\"0001-01-01\";\"{dissolved}\";\"D\";\"S\";\"{title}\";\"\";\"objet ; avec\nune ligne\";\"\";\"\";\"\";\"12\";\"\";\"RUE\";\"DE L'ÉVÊCHÉ\";\"_\";\"13055\";\"13002\";\"Marseille\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"France\";\"PF\";\"\";\"N\";\"\";\"{position}\";\"2020-01-01 00:00:00\""
        )
    }

    #[test]
    fn the_published_file_is_read_in_utf8_and_in_latin1() {
        let file = [
            HEADER.to_owned(),
            line(
                "W133971864",
                "LES MOUETTES RIEUSES ÉTOILÉES",
                "A",
                "0001-01-01",
            ),
            line("W133000001", "ANCIENNE", "D", "2018-05-04"),
            line("133000001", "SANS NUMÉRO", "A", ""),
            line("W133971864", "LES MOUETTES", "A", "0001-01-01"),
        ]
        .join("\r\n");
        let latin1: Vec<u8> = file
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect();
        for bytes in [file.as_bytes(), &latin1] {
            let mut waldec = Waldec::open(bytes).expect("opens");
            let entries = waldec.next_entries(100).expect("reads");
            assert_eq!((waldec.lines, waldec.skipped, entries.len()), (4, 1, 2));
            assert_eq!(entries[0].name, "LES MOUETTES");
            assert_eq!(entries[0].address, "12 RUE DE L'ÉVÊCHÉ");
            assert_eq!(entries[0].commune_code.as_deref(), Some("13202"));
            assert_eq!(entries[0].status, EntryStatus::Active);
            assert_eq!(
                (entries[1].status, entries[1].dissolved_on.as_deref()),
                (EntryStatus::Dissolved, Some("2018-05-04"))
            );
            assert!(waldec.next_entries(100).expect("reads").is_empty());
        }
    }

    #[test]
    fn another_file_is_refused_with_the_missing_columns() {
        let refused = Waldec::open(&b"id;name\n1;2\n"[..]).expect_err("refused");
        assert!(refused.contains("titre, position"), "{refused}");
    }
}
