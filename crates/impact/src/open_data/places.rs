//! Equipped places as the national standard of *lieux de médiation numérique* wants them
//! (<https://github.com/LaMednum/standard-mediation-num>), and open programmes as services of
//! *data·inclusion* v1 (<https://github.com/gip-inclusion/data-inclusion-schema>). What is known and
//! true is filled in; the rest is left out.
//!
//! A place is an association that said itself that it puts computers at the public's disposal and
//! wants to be on the list, that is verified, and that has devices it received. What the standard
//! requires has to be there: a SIRET or an RNA number, an address, a postal code.

use diesel::Queryable;
use eligibility::Programme;
use kernel::{Instant, OrganisationId};
use serde_json::{Value, json};

use super::publisher::Publisher;

/// The columns that are filled, under the names of the standard.
pub const PLACE_COLUMNS: [&str; 11] = [
    "id",
    "pivot",
    "nom",
    "commune",
    "code_postal",
    "code_insee",
    "adresse",
    "typologie",
    "source",
    "date_maj",
    "services",
];

/// What data·inclusion calls the producer of these services.
const SOURCE: &str = "ressac";

/// An association that agreed to be listed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Place {
    /// The association.
    pub id: OrganisationId,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// Its name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Commune.
    pub commune: String,
    /// Its INSEE code.
    pub commune_code: Option<String>,
    /// When any of this was changed last.
    pub updated_at: Instant,
}

/// A place as a row of the standard; none when it lacks what the standard requires.
pub fn place_cells(place: Place, publisher: &Publisher) -> Option<[String; 11]> {
    let pivot = place.siret.or(place.rna)?;
    let digits = place.postal_code.bytes().all(|byte| byte.is_ascii_digit());
    let sound = digits && place.postal_code.len() == 5;
    if !sound || place.address.is_empty() || place.commune.is_empty() {
        return None;
    }
    Some([
        place.id.to_string(),
        pivot,
        place.name,
        place.commune,
        place.postal_code,
        place
            .commune_code
            .filter(|code| code.len() == 5)
            .unwrap_or_default(),
        place.address,
        "ASSO".to_owned(),
        publisher.name.clone(),
        place.updated_at.date().to_string(),
        "Accès internet et matériel informatique".to_owned(),
    ])
}

/// Open programmes as services: a list of objects.
pub fn services(programmes: &[Programme], publisher: &Publisher) -> Value {
    programmes
        .iter()
        .map(|programme| service(programme, publisher))
        .collect()
}

fn service(programme: &Programme, publisher: &Publisher) -> Value {
    let structure = publisher.siret.as_deref().unwrap_or("ville");
    let mut service = json!({
        "source": SOURCE,
        "structure_id": format!("{SOURCE}--{structure}"),
        "id": format!("{SOURCE}--{}", programme.id),
        "nom": name(&programme.name),
        "description": description(programme),
        "date_maj": programme.updated_at.date().to_string(),
        "type": "aide-materielle",
        "thematiques": ["numerique--acquerir-un-equipement"],
        "frais": "gratuit",
        "publics_precisions": "Des associations, pour les personnes qu'elles accompagnent",
        "conditions_acces": "Être une association ; les critères sont publiés avec le programme",
        "lien_mobilisation": publisher.at(&format!("/programmes/{}", programme.id)),
        "modes_mobilisation": ["utiliser-lien-mobilisation"],
        "mobilisable_par": ["professionnels"],
    });
    let known: Vec<&str> = programme
        .territory
        .split(',')
        .map(str::trim)
        .filter(|code| is_area(code))
        .collect();
    if let Some(fields) = service.as_object_mut() {
        if !known.is_empty() {
            fields.insert("zone_eligibilite".to_owned(), json!(known));
        }
        if publisher.contact.contains('@') {
            fields.insert("courriel".to_owned(), json!(publisher.contact));
        }
    }
    service
}

/// From 3 to 150 characters, without a full stop at the end.
fn name(name: &str) -> String {
    let name: String = name.trim().chars().take(150).collect();
    let name = name.trim_end_matches(['.', ' ']);
    match name.chars().count() {
        0..3 => format!("Programme {name}"),
        _ => name.to_owned(),
    }
}

fn description(programme: &Programme) -> String {
    let kinds: Vec<&str> = programme.kinds.iter().map(|kind| kind.french(2)).collect();
    let until = match programme.closes_at {
        Some(at) => format!("jusqu'au {}", at.in_paris().format("%d/%m/%Y")),
        None => "sans date limite".to_owned(),
    };
    format!(
        "Don de matériel informatique reconditionné à des associations : {}. Lots de {} à {} appareils. \
         Les demandes se font en ligne, {until}. Les critères et leurs poids sont publiés.",
        kinds.join(", "),
        programme.lot_min,
        programme.lot_max
    )
}

/// The code of a département or a commune.
fn is_area(code: &str) -> bool {
    let (head, rest) = code.split_at_checked(2).unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let department = digits(head) || ["2A", "2B"].contains(&head);
    head.len() == 2 && department && digits(rest) && [0, 1, 3].contains(&rest.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place() -> Place {
        Place {
            id: "01869837-33c0-7210-b247-306c44e88c95".parse().unwrap(),
            siret: None,
            rna: Some("W133000001".to_owned()),
            name: "Les Amis".to_owned(),
            address: "1 rue de la Paix".to_owned(),
            postal_code: "13003".to_owned(),
            commune: "Marseille".to_owned(),
            commune_code: Some("13203".to_owned()),
            updated_at: "2023-02-28T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_place_lacks_nothing_that_the_standard_requires() {
        let row = |place: Place| place_cells(place, &Publisher::default());
        let cells = row(place()).unwrap();
        assert_eq!(
            (cells[1].as_str(), cells[5].as_str(), cells[9].as_str()),
            ("W133000001", "13203", "2023-02-28")
        );
        let siret = Some("73282932000074".to_owned());
        assert_eq!(
            row(Place { siret, ..place() }).unwrap()[1],
            "73282932000074"
        );
        assert!(
            row(Place {
                rna: None,
                ..place()
            })
            .is_none()
        );
        assert!(
            row(Place {
                address: String::new(),
                ..place()
            })
            .is_none()
        );
        assert!(
            row(Place {
                postal_code: "1300".to_owned(),
                ..place()
            })
            .is_none()
        );
    }

    #[test]
    fn names_and_areas_are_those_of_the_schema() {
        assert_eq!(name("Orange 2023. "), "Orange 2023");
        assert_eq!(name("A"), "Programme A");
        assert!(
            ["13055", "13", "2A", "2A004", "974"]
                .iter()
                .all(|code| is_area(code))
        );
        assert!(
            ["Marseille", "", "1305", "1", "130555", "2C"]
                .iter()
                .all(|code| !is_area(code))
        );
    }
}
