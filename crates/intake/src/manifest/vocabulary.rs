//! What firms call things: `config/manifest.toml`, part of the program.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use kernel::{DeviceKind, fold, text_enum};
use serde::Deserialize;

text_enum! {
    /// What a column of a manifest may be.
    pub enum Field {
        /// The serial number.
        Serial = "serial",
        /// What kind of machine.
        Kind = "kind",
        /// Who made it.
        Manufacturer = "manufacturer",
        /// Which model.
        Model = "model",
        /// The processor.
        Processor = "processor",
        /// Memory.
        Memory = "memory",
        /// The drive's size.
        Storage = "storage",
        /// The day of purchase.
        PurchasedOn = "purchased_on",
        /// Book value.
        ResidualValue = "residual_value",
        /// The donor's own number.
        InventoryNumber = "inventory_number",
        /// Where it stood.
        Site = "site",
        /// A remark.
        Note = "note",
    }
}

/// Words that do not tell one column from another.
const LITTLE_WORDS: [&str; 12] = [
    "de", "du", "des", "d", "la", "le", "les", "l", "of", "the", "en", "in",
];
/// Units that stand behind a column's name.
const UNITS: [&str; 19] = [
    "go", "gb", "gib", "mo", "mb", "mib", "to", "tb", "tib", "octet", "octets", "bytes", "byte",
    "eur", "euro", "euros", "ht", "ttc", "e",
];
/// Words of a kind's name at the most.
const KIND_WORDS: usize = 4;

/// The tables of `config/manifest.toml`, ready to look up.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    columns: HashMap<String, (Field, usize)>,
    kinds: HashMap<String, DeviceKind>,
    descriptions: HashSet<String>,
    vague: HashSet<String>,
    totals: HashSet<String>,
    nothing: HashSet<String>,
    nothing_begins: Vec<u8>,
    no_serials: HashSet<String>,
}

#[derive(Deserialize)]
struct Source {
    columns: BTreeMap<Field, Vec<String>>,
    kinds: BTreeMap<DeviceKind, Vec<String>>,
    lines: Lines,
    nothing: Nothing,
}

#[derive(Deserialize)]
struct Lines {
    descriptions: Vec<String>,
    vague: Vec<String>,
    totals: Vec<String>,
}

#[derive(Deserialize)]
struct Nothing {
    cells: Vec<String>,
    serials: Vec<String>,
}

/// The embedded vocabulary. It is part of the program and a test reads it, so it parses.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    Vocabulary::parse(include_str!("../../../../config/manifest.toml")).unwrap_or_default()
});

impl Vocabulary {
    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let source: Source = toml::from_str(text)?;
        let mut words = Self::default();
        for (field, names) in source.columns {
            for (rank, name) in names.iter().enumerate() {
                words
                    .columns
                    .entry(plain_name(name))
                    .or_insert((field, rank));
            }
        }
        for (kind, names) in source.kinds {
            words.kinds.insert(singular(kind.as_str()), kind);
            for name in names {
                words.kinds.entry(singular(&name)).or_insert(kind);
            }
        }
        let lines = source.lines;
        words.descriptions = lines
            .descriptions
            .iter()
            .map(|name| plain_name(name))
            .collect();
        words.vague = lines.vague.iter().map(|name| singular(name)).collect();
        words.totals = lines.totals.iter().map(|name| fold(name)).collect();
        words.nothing = source.nothing.cells.iter().map(|cell| fold(cell)).collect();
        words.nothing_begins = words
            .nothing
            .iter()
            .filter_map(|cell| cell.bytes().next())
            .collect();
        words.nothing_begins.sort_unstable();
        words.nothing_begins.dedup();
        words.no_serials = source
            .nothing
            .serials
            .iter()
            .map(|cell| fold(cell))
            .collect();
        Ok(words)
    }

    /// The field that a column's name means, and how surely: 0 is the surest.
    pub(super) fn column(&self, name: &str) -> Option<(Field, usize)> {
        self.columns.get(&plain_name(name)).copied()
    }

    /// The kind of machine that a cell means.
    pub(super) fn kind(&self, cell: &str) -> Option<DeviceKind> {
        self.kinds.get(&singular(cell)).copied()
    }

    /// The kind that a description in words begins or ends with: `PC portable HP 840 G3`.
    pub(super) fn kind_in(&self, description: &str) -> Option<DeviceKind> {
        let folded = fold(description);
        let words: Vec<&str> = folded.split(' ').collect();
        let most = words.len().min(KIND_WORDS);
        let first = (1..=most).rev().filter_map(|count| words.get(..count));
        let last = (1..=most)
            .rev()
            .filter_map(|count| words.get(words.len() - count..));
        first
            .chain(last)
            .find_map(|words| self.kind(&words.join(" ")))
    }

    /// A kind that another column may say better: a computer is a desktop or a laptop.
    pub(super) fn is_vague(&self, cell: &str) -> bool {
        self.vague.contains(&singular(cell))
    }

    /// A column whose cells describe the device in words.
    pub(super) fn describes(&self, name: &str) -> bool {
        self.descriptions.contains(&plain_name(name))
    }

    /// A cell that begins a line of totals: `TOTAL`, `Sous-total : 10 PC`.
    pub(super) fn is_total(&self, cell: &str) -> bool {
        let folded = fold(cell);
        let mut words = folded.split(' ');
        let mut begun = String::new();
        (0..3).any(|_| {
            let Some(word) = words.next() else {
                return false;
            };
            if !begun.is_empty() {
                begun.push(' ');
            }
            begun.push_str(word);
            self.totals.contains(&begun)
        })
    }

    /// A cell without letters or digits, or one that says that there is nothing to say.
    pub(super) fn says_nothing(&self, cell: &str) -> bool {
        // most cells begin with another letter than all of these: no need to look further
        let first = cell
            .bytes()
            .find(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
        if first
            .is_some_and(|b| b.is_ascii() && !self.nothing_begins.contains(&b.to_ascii_lowercase()))
        {
            return false;
        }
        let folded = fold(cell);
        folded.is_empty() || self.nothing.contains(&folded)
    }

    /// What stands in place of a serial number in every machine of a series.
    pub(super) fn is_no_serial(&self, cell: &str) -> bool {
        self.no_serials.contains(&fold(cell))
    }
}

/// A column's name without accents, case, little words and its unit.
fn plain_name(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded
        .split(' ')
        .filter(|word| !LITTLE_WORDS.contains(word))
        .collect();
    while words.len() > 1 && words.last().is_some_and(|word| UNITS.contains(word)) {
        words.pop();
    }
    words.join(" ")
}

/// A kind's name without accents, case, little words and plurals.
fn singular(name: &str) -> String {
    let folded = fold(&name.replace('_', " "));
    folded
        .split(' ')
        .filter(|word| !LITTLE_WORDS.contains(word))
        .map(|word| match word {
            // a plural in -s or -x, but not GPS or AIX
            plural if plural.len() > 3 => plural.strip_suffix(['s', 'x']).unwrap_or(plural),
            short => short,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_file_parses_and_knows_every_field_and_kind() {
        let words = Vocabulary::parse(include_str!("../../../../config/manifest.toml")).unwrap();
        for field in Field::ALL {
            assert!(
                words.columns.values().any(|(known, _)| known == field),
                "{field}"
            );
        }
        for kind in DeviceKind::ALL {
            assert_eq!(words.kind(kind.as_str()), Some(*kind));
        }
    }

    #[test]
    fn columns_are_known_in_both_languages_however_written() {
        let column = |name: &str| VOCABULARY.column(name).map(|(field, _)| field);
        for name in [
            "N° de série",
            "n° serie",
            "NUMERO DE SERIE",
            "Numero serie",
            "S/N",
            "Serial Number",
            "serial_number",
            "Service Tag",
            "  serial ",
        ] {
            assert_eq!(column(name), Some(Field::Serial), "{name}");
        }
        assert_eq!(column("RAM (Go)"), Some(Field::Memory));
        assert_eq!(column("Date d'achat"), Some(Field::PurchasedOn));
        assert_eq!(column("Date d’achat"), Some(Field::PurchasedOn));
        assert_eq!(column("Valeur résiduelle (€)"), Some(Field::ResidualValue));
        assert_eq!(column("Couleur"), None);
        assert_eq!(column(""), None);
    }

    #[test]
    fn kinds_are_known_in_both_languages_however_written() {
        for (cell, kind) in [
            ("Unité centrale", DeviceKind::Desktop),
            ("UNITES CENTRALES", DeviceKind::Desktop),
            ("PC portable", DeviceKind::Laptop),
            ("pc portables", DeviceKind::Laptop),
            ("Écrans", DeviceKind::Monitor),
            ("imprimante 3D", DeviceKind::Printer3d),
            ("3d_printer", DeviceKind::Printer3d),
            ("Découpeuse laser", DeviceKind::LaserCutter),
        ] {
            assert_eq!(VOCABULARY.kind(cell), Some(kind), "{cell}");
        }
        assert_eq!(VOCABULARY.kind("cafetière"), None);
    }

    #[test]
    fn designation_says_the_kind_at_its_beginning_or_end() {
        for (cell, kind) in [
            ("PC portable HP ProBook 450", Some(DeviceKind::Laptop)),
            ("Écran Dell P2419H 24\"", Some(DeviceKind::Monitor)),
            ("Dell Latitude 5490 Laptop", Some(DeviceKind::Laptop)),
            ("Unité centrale HP EliteDesk", Some(DeviceKind::Desktop)),
            ("HP EliteBook 840 G3", None),
            ("Souris pour PC portable usagé", None),
            ("", None),
        ] {
            assert_eq!(VOCABULARY.kind_in(cell), kind, "{cell}");
        }
    }

    #[test]
    fn kinds_and_columns_of_glpi_ocs_lansweeper_and_intune() {
        for (cell, kind) in [
            ("Low Profile Desktop", DeviceKind::Desktop),
            ("Mini Tower", DeviceKind::Desktop),
            ("Space-saving", DeviceKind::Desktop),
            ("Sub Notebook", DeviceKind::Laptop),
            ("Detachable", DeviceKind::Tablet),
            ("Hand Held", DeviceKind::Smartphone),
            ("Docking Station", DeviceKind::Other),
            ("Main Server Chassis", DeviceKind::Other),
            ("Apple Mac", DeviceKind::Desktop),
            ("Windows", DeviceKind::Desktop),
            ("Matériel réseau", DeviceKind::Other),
            ("Moniteurs", DeviceKind::Monitor),
        ] {
            assert_eq!(VOCABULARY.kind(cell), Some(kind), "{cell}");
        }
        let column = |name: &str| VOCABULARY.column(name).map(|(field, _)| field);
        for (name, field) in [
            ("Composants - Processeur", Field::Processor),
            ("Composants - Mémoire", Field::Memory),
            ("RAM(MB)", Field::Memory),
            ("Memory (MB)", Field::Memory),
            ("SSN", Field::Serial),
            ("Serialnumber", Field::Serial),
            ("AssetTypename", Field::Kind),
            ("Device category", Field::Kind),
            ("Chassis type", Field::Kind),
            ("Total storage", Field::Storage),
            ("Total storage space (bytes)", Field::Storage),
            ("Stockage total", Field::Storage),
            ("PurchaseDate", Field::PurchasedOn),
            ("IPLocation", Field::Site),
            ("Lieu", Field::Site),
            ("SMANUFACTURER", Field::Manufacturer),
            ("SMODEL", Field::Model),
        ] {
            assert_eq!(column(name), Some(field), "{name}");
        }
    }

    #[test]
    fn total_lines_begin_with_such_a_word() {
        for cell in [
            "TOTAL",
            "Total : 10 PC",
            "Sous-total",
            "Total général",
            "Nombre de postes : 12",
            "Totaux",
        ] {
            assert!(VOCABULARY.is_total(cell), "{cell}");
        }
        for cell in ["", "CZC1", "Totalgaz", "Aix"] {
            assert!(!VOCABULARY.is_total(cell), "{cell}");
        }
    }
}
