//! The figures of all programmes as one table: a row a measure. Its dictionary is a Table Schema
//! (<https://specs.frictionlessdata.io/table-schema/>), for the CSV and for the JSON, which have the
//! same fields. Sums of associations and devices; it names neither an association nor a person.

use kernel::ProgrammeId;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::model::{Figures, TerritoryFigures, ThemeUse, WaveFigures};

/// The columns of the table.
pub const MEASURE_COLUMNS: [&str; 8] = [
    "programme_id",
    "programme",
    "perimetre",
    "code",
    "libelle",
    "date",
    "indicateur",
    "valeur",
];

/// What is measured, with what it means.
const INDICATORS: [(&str, &str); 12] = [
    (
        "appareils_attribues",
        "Appareils des lots attribués, réservés ou remis, moins ceux qui ont été rendus",
    ),
    ("lots", "Lots attribués dans les vagues décidées"),
    (
        "associations",
        "Associations différentes qui ont au moins un lot",
    ),
    (
        "appareils_transmis",
        "Appareils qu'une association a transmis à une autre ; ils comptent dans les appareils attribués, et dans aucune vague",
    ),
    (
        "appareils",
        "Appareils : à une étape, ceux qui y sont aujourd'hui ; d'une vague ou d'un territoire, ceux des lots attribués",
    ),
    ("plus_petit_lot", "Appareils du plus petit lot de la vague"),
    ("plus_grand_lot", "Appareils du plus grand lot de la vague"),
    (
        "bilans",
        "Lots dont l'association a dit ce qu'ils sont devenus",
    ),
    ("appareils_des_bilans", "Appareils de ces lots"),
    (
        "appareils_des_bilans_chiffres",
        "Appareils des lots dont le bilan dit combien sont en service",
    ),
    (
        "appareils_en_service",
        "Appareils encore en service selon ces bilans",
    ),
    (
        "personnes",
        "Personnes qui s'en servent, estimées par les associations",
    ),
];

/// Which part of a programme a measure is of, with what `code` says there.
const SCOPES: [(&str, &str); 5] = [
    ("programme", "tout le programme, sans code"),
    (
        "etape",
        "les appareils à une étape de leur parcours ; ceux qu'aucun programme n'a encore attribués figurent dans chaque programme qui donne leur catégorie",
    ),
    ("vague", "une vague décidée, par son identifiant"),
    (
        "territoire",
        "un code postal : celui du siège des associations",
    ),
    (
        "theme",
        "un thème des associations ; une association qui en a deux compte pour les deux",
    ),
];

/// One measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Measure {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// Its name.
    pub programme: String,
    /// Which part of it.
    pub perimetre: &'static str,
    /// Which stage, wave, postal code or theme; empty for the whole.
    pub code: String,
    /// The same in words.
    pub libelle: String,
    /// Of a wave, the day of its decision.
    pub date: Option<String>,
    /// What is measured.
    pub indicateur: &'static str,
    /// How many.
    pub valeur: u64,
}

/// What stages and themes are called.
pub struct Words<'a> {
    /// A stage of a device, by its code.
    pub stage: &'a dyn Fn(&str) -> String,
    /// A theme, by its code.
    pub theme: &'a dyn Fn(&str) -> String,
}

/// The measures of one part.
struct Part {
    scope: &'static str,
    code: String,
    label: String,
    date: Option<String>,
    values: Vec<(&'static str, u64)>,
}

/// Every measure of a programme.
pub fn measures(figures: &Figures, words: &Words<'_>) -> Vec<Measure> {
    let stages = figures.devices.iter().map(|(stage, devices)| Part {
        scope: "etape",
        code: stage.clone(),
        label: (words.stage)(stage),
        date: None,
        values: vec![("appareils", *devices)],
    });
    let parts = [whole(figures)]
        .into_iter()
        .chain(stages)
        .chain(figures.waves.iter().map(of_wave))
        .chain(figures.territories.iter().map(of_territory))
        .chain(figures.uses.themes.iter().map(|it| of_theme(it, words)));
    parts.flat_map(|part| rows(figures, part)).collect()
}

fn rows(figures: &Figures, part: Part) -> Vec<Measure> {
    let row = |(indicateur, valeur)| Measure {
        programme_id: figures.programme_id,
        programme: figures.programme.clone(),
        perimetre: part.scope,
        code: part.code.clone(),
        libelle: part.label.clone(),
        date: part.date.clone(),
        indicateur,
        valeur,
    };
    part.values.iter().copied().map(row).collect()
}

fn whole(figures: &Figures) -> Part {
    let uses = &figures.uses;
    Part {
        scope: "programme",
        code: String::new(),
        label: figures.programme.clone(),
        date: None,
        values: vec![
            ("appareils_attribues", figures.devices_granted),
            ("lots", figures.lots),
            ("associations", figures.associations_served),
            ("appareils_transmis", figures.passed_on),
            ("bilans", uses.reports),
            ("appareils_des_bilans", uses.devices),
            ("appareils_des_bilans_chiffres", uses.devices_told),
            ("appareils_en_service", uses.devices_in_use),
            ("personnes", uses.people_reached),
        ],
    }
}

fn of_wave(wave: &WaveFigures) -> Part {
    Part {
        scope: "vague",
        code: wave.id.to_string(),
        label: wave.name.clone(),
        date: wave.approved_at.map(|at| at.date().to_string()),
        values: vec![
            ("associations", wave.associations),
            ("appareils", wave.devices),
            ("plus_petit_lot", wave.smallest),
            ("plus_grand_lot", wave.largest),
        ],
    }
}

fn of_territory(place: &TerritoryFigures) -> Part {
    Part {
        scope: "territoire",
        code: place.postal_code.clone(),
        label: place.commune.clone(),
        date: None,
        values: vec![
            ("associations", place.associations),
            ("appareils", place.devices),
        ],
    }
}

fn of_theme(it: &ThemeUse, words: &Words<'_>) -> Part {
    Part {
        scope: "theme",
        code: it.theme.to_string(),
        label: (words.theme)(it.theme.as_str()),
        date: None,
        values: vec![
            ("bilans", it.reports),
            ("appareils_en_service", it.devices_in_use),
            ("personnes", it.people_reached),
        ],
    }
}

/// A measure as a row of the table.
pub fn measure_cells(measure: Measure) -> [String; 8] {
    [
        measure.programme_id.to_string(),
        measure.programme,
        measure.perimetre.to_owned(),
        measure.code,
        measure.libelle,
        measure.date.unwrap_or_default(),
        measure.indicateur.to_owned(),
        measure.valeur.to_string(),
    ]
}

fn explained(words: &[(&str, &str)]) -> String {
    let each = words
        .iter()
        .map(|(word, meaning)| format!("`{word}` : {meaning}"));
    each.collect::<Vec<_>>().join(". ")
}

/// The data dictionary.
pub fn measure_schema() -> Value {
    let names = |words: &[(&str, &str)]| -> Vec<String> {
        words.iter().map(|(word, _)| (*word).to_owned()).collect()
    };
    let field = |name: &str, title: &str, description: &str, kind: &str, constraints: Value| {
        json!({"name": name, "title": title, "description": description, "type": kind,
            "constraints": constraints})
    };
    let required = || json!({"required": true});
    json!({
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "chiffres",
        "title": "Chiffres des programmes de dotation en matériel informatique",
        "description": "Une ligne par mesure. Les chiffres portent sur des associations et des appareils ; aucune association ni personne n'y est nommée.",
        "licenses": [{"name": "etalab-2.0", "title": "Licence Ouverte / Open Licence 2.0",
            "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}],
        "fields": [
            field("programme_id", "Identifiant du programme", "Le même que dispositifAide dans attributions.csv ; dans services.json, il suit « ressac-- ».", "string", required()),
            field("programme", "Nom du programme", "Tel que la ville l'a publié.", "string", required()),
            field("perimetre", "Périmètre", &explained(&SCOPES), "string", json!({"required": true, "enum": names(&SCOPES)})),
            field("code", "Code", "De l'étape, de la vague, du territoire ou du thème ; vide pour tout le programme.", "string", json!({"required": false})),
            field("libelle", "Libellé", "Le même en toutes lettres.", "string", required()),
            field("date", "Date de la décision", "D'une vague : le jour où elle a été approuvée.", "date", json!({"required": false})),
            field("indicateur", "Indicateur", &explained(&INDICATORS), "string", json!({"required": true, "enum": names(&INDICATORS)})),
            field("valeur", "Valeur", "Un nombre entier.", "integer", json!({"required": true, "minimum": 0})),
        ],
        "primaryKey": ["programme_id", "perimetre", "code", "indicateur"],
        "missingValues": [""],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::UseFigures;
    use kernel::{Instant, Theme};

    fn figures() -> Figures {
        let id = "01869837-33c0-7210-b247-306c44e88c95";
        Figures {
            programme_id: id.parse().unwrap(),
            programme: "Orange 2023".to_owned(),
            devices: [("handed_over".to_owned(), 96)].into(),
            lots: 8,
            devices_granted: 96,
            associations_served: 8,
            passed_on: 2,
            waves: vec![WaveFigures {
                id: id.parse().unwrap(),
                ordinal: 1,
                name: "Vague 1".to_owned(),
                status: "completed".to_owned(),
                approved_at: Instant::from_micros(1_700_000_000_000_000),
                associations: 8,
                devices: 94,
                smallest: 10,
                largest: 20,
            }],
            territories: vec![TerritoryFigures {
                postal_code: "13003".to_owned(),
                commune: "Marseille".to_owned(),
                associations: 8,
                devices: 96,
            }],
            uses: UseFigures {
                reports: 1,
                themes: vec![ThemeUse {
                    theme: Theme::Precarity,
                    reports: 1,
                    devices_in_use: 9,
                    people_reached: 40,
                }],
                ..UseFigures::default()
            },
        }
    }

    #[test]
    fn a_measure_is_a_row_that_the_dictionary_knows() {
        let words = Words {
            stage: &|code| format!("étape {code}"),
            theme: &|code| format!("thème {code}"),
        };
        let rows = measures(&figures(), &words);
        assert_eq!(rows.len(), 9 + 1 + 4 + 2 + 3);
        let schema = measure_schema();
        let fields: Vec<_> = schema["fields"].as_array().unwrap().iter().collect();
        let names: Vec<_> = fields.iter().map(|field| &field["name"]).collect();
        assert_eq!(names, MEASURE_COLUMNS);
        let known = |field: usize, word: &str| {
            let words = fields[field]["constraints"]["enum"].as_array().unwrap();
            words.iter().any(|known| known == word)
        };
        let mut keys = std::collections::BTreeSet::new();
        for row in &rows {
            assert!(
                known(2, row.perimetre) && known(6, row.indicateur),
                "{row:?}"
            );
            assert!(keys.insert((row.perimetre, row.code.clone(), row.indicateur)));
        }
        let wave = rows.iter().find(|row| row.perimetre == "vague").unwrap();
        assert_eq!(wave.date.as_deref(), Some("2023-11-14"));
        assert_eq!(measure_cells(wave.clone())[6..], ["associations", "8"]);
    }
}
