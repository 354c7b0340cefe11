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
const UNITS: [&str; 15] = [
    "go", "gb", "gib", "mo", "mb", "mib", "to", "tb", "tib", "eur", "euro", "euros", "ht", "ttc",
    "e",
];

/// The tables of `config/manifest.toml`, ready to look up.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    columns: HashMap<String, (Field, usize)>,
    kinds: HashMap<String, DeviceKind>,
    nothing: HashSet<String>,
    nothing_begins: Vec<u8>,
    no_serials: HashSet<String>,
}

#[derive(Deserialize)]
struct Source {
    columns: BTreeMap<Field, Vec<String>>,
    kinds: BTreeMap<DeviceKind, Vec<String>>,
    nothing: Nothing,
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
}
