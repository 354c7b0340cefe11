//! A session in another language: what lshw describes is translated, what it names is not.

use proptest::prelude::*;

use super::*;

const MACHINES: [(&str, &str); 4] = [
    (
        "desktop",
        include_str!("../../../fixtures/lshw/desktop.json"),
    ),
    ("laptop", include_str!("../../../fixtures/lshw/laptop.json")),
    ("tablet", include_str!("../../../fixtures/lshw/tablet.json")),
    (
        "station",
        include_str!("../../../fixtures/lshw/station-B.02.19.json"),
    ),
];

/// In the words of a French session.
const FRENCH: [(&str, &str); 24] = [
    ("System Memory", "Mémoire Système"),
    ("System memory", "Mémoire système"),
    ("[empty]", "[vide]"),
    ("empty memory bank", "banque mémoire vide"),
    ("Row of chips", "Rangée de puces"),
    ("Synchronous", "Synchrone"),
    ("Unbuffered (Unregistered)", "Sans tampon"),
    ("Flash Memory", "Mémoire Flash"),
    ("RAM memory", "Mémoire vive"),
    ("Low Profile Desktop Computer", "Ordinateur plat"),
    ("Notebook", "Ordinateur bloc-notes"),
    ("Tower Computer", "Grande boîte"),
    ("Tablet", "Ardoise"),
    ("CPU", "Processeur"),
    ("Logical CPU", "Unité logique"),
    ("L1 cache", "Cache de niveau 1"),
    ("Motherboard", "Carte mère"),
    ("Wireless interface", "Interface réseau sans fil"),
    ("Ethernet interface", "Interface réseau"),
    ("ATA Disk", "Disque ATA"),
    ("SCSI Disk", "Disque SCSI"),
    ("DVD-RAM writer", "Graveur"),
    ("Mass storage device", "Périphérique de stockage"),
    ("NVMe device", "Périphérique"),
];

const GERMAN: [(&str, &str); 10] = [
    ("System Memory", "Systemspeicher"),
    ("System memory", "Systemspeicher"),
    ("[empty]", "[leer]"),
    ("Row of chips", "Chipreihe"),
    ("Synchronous", "Synchron"),
    ("Notebook", "Klapprechner"),
    ("Computer", "Rechner"),
    ("Motherboard", "Hauptplatine"),
    ("Wireless interface", "Kabellose Verbindung"),
    ("Disk", "Platte"),
];

/// Every description and every explanation of a capability, in other words.
fn translate(value: &mut Value, words: &mut impl FnMut(&str) -> String) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| translate(value, words)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("description", Value::String(text)) => *text = words(text),
                    ("capabilities", Value::Object(names)) => {
                        for explained in names.values_mut() {
                            if let Value::String(text) = explained {
                                *text = words(text);
                            }
                        }
                    }
                    (_, value) => translate(value, words),
                }
            }
        }
        _ => {}
    }
}

fn translated(machine: &str, mut words: impl FnMut(&str) -> String) -> Capture {
    let mut trees = Value::Array(crate::lshw::document::trees(machine.as_bytes()).expect("trees"));
    translate(&mut trees, &mut words);
    read_value(&trees)
}

#[test]
fn a_session_in_french_or_german_says_the_same() {
    for (name, machine) in MACHINES {
        let english = read(machine.as_bytes()).expect(name);
        for language in [&FRENCH[..], &GERMAN[..]] {
            let other = translated(machine, |text| {
                language
                    .iter()
                    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
            });
            assert_eq!(other, english, "{name}");
        }
    }
}

proptest! {
    /// Names of standards (`DDR4`) stay what they are in any language; no other word counts.
    #[test]
    fn no_word_of_a_description_counts(seed: u64) {
        for (name, machine) in MACHINES {
            let mut numbers = fuzzing::Numbers::of(seed);
            let other = translated(machine, |text| {
                let standard = |word: &&str| word.contains("DDR");
                let kept: Vec<&str> = text.split(' ').filter(standard).collect();
                format!("{} {}", numbers.words(&["ä", "ß", "q", " ", "[", "щ", "Z", "9", "]"], 30), kept.join(" "))
            });
            prop_assert_eq!(&other, &read(machine.as_bytes()).expect(name), "{}", name);
        }
    }
}

/// An array that older versions call memory is the firmware's flash by its size, also where
/// no word says so.
#[test]
fn flash_is_no_memory_in_any_language() {
    let gib = 1_073_741_824_i64;
    let capture = parts(json!([
        {"id": "memory:0", "class": "memory", "description": "Mémoire Système", "size": 4 * gib,
         "children": [{"id": "bank:0", "class": "memory", "description": "DIMM DDR3 Synchrone", "size": 4 * gib},
                      {"id": "bank:1", "class": "memory", "description": "DIMM [vide]"}]},
        {"id": "memory:1", "class": "memory", "description": "Mémoire morte", "size": 16 << 20,
         "children": [{"id": "bank", "class": "memory", "size": 16 << 20}]},
        {"id": "flash", "class": "memory", "description": "Mémoire morte", "size": 2 * gib},
        {"id": "memory:2", "class": "memory", "businfo": "pci@0000:00:14.2", "description": "Mémoire vive", "size": gib},
    ]));
    assert_eq!(capture.memory_mib, Some(4096));
    assert_eq!(capture.memory_modules.len(), 1);
    assert_eq!(
        capture.memory_modules[0].generation.as_deref(),
        Some("DDR3")
    );
}
