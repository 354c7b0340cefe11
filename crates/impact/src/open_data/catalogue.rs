//! The catalogue of the open data, as DCAT-AP in JSON-LD
//! (<https://semiceu.github.io/DCAT-AP/releases/3.0.0/>), and the table that it and the page
//! `/donnees` are made from.

use serde_json::{Value, json};

use super::publisher::Publisher;

/// A dataset and its files.
#[derive(Debug, Clone, Copy)]
pub struct Dataset {
    /// Names it in the catalogue.
    pub name: &'static str,
    /// Its title, in French and in English.
    pub title: (&'static str, &'static str),
    /// What it holds.
    pub holds: (&'static str, &'static str),
    /// The schema that it keeps to, by its address.
    pub conforms_to: Option<&'static str>,
    /// Its theme in the European vocabulary.
    theme: &'static str,
    /// Its files.
    pub files: &'static [File],
}

/// A file, by its address below `/donnees/`.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Its form, as people say it.
    pub form: &'static str,
    /// The same in the European vocabulary.
    kind: &'static str,
}

const fn file(name: &'static str, form: &'static str, kind: &'static str) -> File {
    File { name, form, kind }
}

/// Every dataset.
pub const DATASETS: [Dataset; 5] = [
    Dataset {
        name: "attributions",
        title: ("Attributions", "Awards"),
        holds: (
            "Qui a reçu quoi : une ligne par décision et par association, avec la valeur en euros, d'après le schéma national des subventions.",
            "Who received what: one row for each decision and association, with its value in euros, by the national schema of subsidies.",
        ),
        conforms_to: Some("https://schema.data.gouv.fr/scdl/subventions/2.1.1/documentation.html"),
        theme: "GOVE",
        files: &[file("attributions.csv", "CSV", "CSV")],
    },
    Dataset {
        name: "chiffres",
        title: ("Chiffres des programmes", "Figures of the programmes"),
        holds: (
            "Appareils par étape, lots, associations, territoires et usages, programme par programme. Aucune association n'est nommée.",
            "Devices by stage, lots, associations, territories and uses, programme by programme. No association is named.",
        ),
        conforms_to: None,
        theme: "SOCI",
        files: &[
            file("chiffres.csv", "CSV", "CSV"),
            file("chiffres.json", "JSON", "JSON"),
            file("chiffres.schema.json", "Table Schema", "JSON"),
        ],
    },
    Dataset {
        name: "lieux",
        title: ("Lieux équipés", "Equipped places"),
        holds: (
            "Les associations qui mettent des ordinateurs à la disposition du public et ont accepté d'être sur la liste, d'après le standard des lieux de médiation numérique.",
            "The associations that put computers at the public's disposal and agreed to be on the list, by the standard of places of digital mediation.",
        ),
        conforms_to: Some("https://github.com/LaMednum/standard-mediation-num"),
        theme: "SOCI",
        files: &[file("lieux.csv", "CSV", "CSV")],
    },
    Dataset {
        name: "services",
        title: ("Programmes ouverts", "Open programmes"),
        holds: (
            "Les programmes qui reçoivent des demandes, comme services du schéma data·inclusion v1.",
            "The programmes that take applications, as services of the schema data·inclusion v1.",
        ),
        conforms_to: Some("https://github.com/gip-inclusion/data-inclusion-schema"),
        theme: "SOCI",
        files: &[file("services.json", "JSON", "JSON")],
    },
    Dataset {
        name: "chaines",
        title: ("Têtes signées des journaux", "Signed heads of the logs"),
        holds: (
            "De quoi vérifier que rien n'a été changé dans la traçabilité des appareils ni dans le journal des décisions : des nombres de lignes et des empreintes signées.",
            "By which to verify that nothing was changed in the custody log of devices and the log of decisions: numbers of lines and signed hashes.",
        ),
        conforms_to: None,
        theme: "GOVE",
        files: &[file("chaines.jsonl", "JSON Lines", "JSON")],
    },
];

/// The license of all of it.
pub const LICENSE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";

fn authority(list: &str, code: &str) -> Value {
    json!({"@id": format!("http://publications.europa.eu/resource/authority/{list}/{code}")})
}

/// Text of which one half is French and one English.
fn both((fr, en): (&'static str, &'static str)) -> Value {
    json!([{"@language": "fr", "@value": fr}, {"@language": "en", "@value": en}])
}

/// The catalogue, with absolute addresses.
pub fn catalogue(publisher: &Publisher) -> Value {
    let datasets: Vec<Value> = DATASETS.iter().map(|it| dataset(it, publisher)).collect();
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
        },
        "@id": publisher.at("/donnees/catalogue.jsonld"),
        "@type": "dcat:Catalog",
        "dct:title": both(("Données ouvertes de Ressac", "Open data of Ressac")),
        "dct:description": both((
            "Ce que deviennent les ordinateurs donnés : attributions, chiffres, lieux, programmes, traçabilité.",
            "What becomes of donated computers: awards, figures, places, programmes, custody.",
        )),
        "dct:publisher": agent(publisher),
        "dct:language": [authority("language", "FRA")],
        "dct:license": {"@id": LICENSE},
        "foaf:homepage": {"@id": publisher.at("/donnees")},
        "dcat:dataset": datasets,
    })
}

fn agent(publisher: &Publisher) -> Value {
    let mut agent = json!({"@id": publisher.at("/#publisher"), "@type": "foaf:Organization",
        "foaf:name": publisher.name});
    if let (Some(siret), Some(fields)) = (&publisher.siret, agent.as_object_mut()) {
        fields.insert("dct:identifier".to_owned(), json!(siret));
    }
    agent
}

fn dataset(it: &Dataset, publisher: &Publisher) -> Value {
    let files: Vec<Value> = it
        .files
        .iter()
        .map(|file| distribution(file, publisher))
        .collect();
    let mut dataset = json!({
        "@id": publisher.at(&format!("/donnees/catalogue.jsonld#{}", it.name)),
        "@type": "dcat:Dataset",
        "dct:identifier": it.name,
        "dct:title": both(it.title),
        "dct:description": both(it.holds),
        "dct:publisher": {"@id": publisher.at("/#publisher")},
        "dct:language": [authority("language", "FRA")],
        "dct:accrualPeriodicity": authority("frequency", "CONT"),
        "dcat:theme": [authority("data-theme", it.theme)],
        "dcat:landingPage": {"@id": publisher.at("/donnees")},
        "dcat:distribution": files,
    });
    if let Some(fields) = dataset.as_object_mut() {
        if let Some(schema) = it.conforms_to {
            fields.insert("dct:conformsTo".to_owned(), json!({"@id": schema}));
        }
        if publisher.contact.contains('@') {
            let contact = json!({"@type": "vcard:Organization", "vcard:fn": publisher.name,
                "vcard:hasEmail": {"@id": format!("mailto:{}", publisher.contact)}});
            fields.insert("dcat:contactPoint".to_owned(), contact);
        }
    }
    dataset
}

fn distribution(file: &File, publisher: &Publisher) -> Value {
    let address = json!({"@id": publisher.at(&format!("/donnees/{}", file.name))});
    json!({
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dct:format": authority("file-type", file.kind),
        "dct:license": {"@id": LICENSE},
    })
}
