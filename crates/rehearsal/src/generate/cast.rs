//! Organizations and people.

use db::schema::{organisations as o, people as p};
use db::{Result, Tx};
use diesel::prelude::*;
use identity::{OrganisationKind, OrganisationStatus};
use kernel::{Instant, Language, OrganisationId, PersonId, Role, fold};

use super::life::Bench;
use super::rows;
use super::seed::Seed;

/// Everybody who takes part.
#[derive(Debug)]
pub struct Cast {
    pub city: OrganisationId,
    pub staff: Vec<PersonId>,
    pub benches: Vec<Bench>,
    pub donors: Vec<Party>,
    pub associations: Vec<Party>,
    /// What the names of its accounts end in: nothing in the first run.
    pub run: String,
}

/// An organization with the one person who acts for it.
#[derive(Debug, Clone)]
pub struct Party {
    pub id: OrganisationId,
    pub name: String,
    pub person: PersonId,
    pub postal_code: String,
}

/// How many of each.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub workshops: usize,
    pub donors: usize,
    pub associations: usize,
}

impl Crowd {
    /// As many as so many devices keep busy.
    pub fn of(devices: usize, associations: usize) -> Self {
        Self {
            workshops: (devices / 20_000 + 2).min(40),
            donors: (devices / 2_500 + 3).min(800),
            associations,
        }
    }
}

/// Makes organizations and people, with addresses that nobody can have.
pub struct Casting<'a> {
    seed: &'a mut Seed,
    since: Instant,
    password_hash: Option<&'a str>,
    /// Tells apart what several runs made.
    run: String,
    organisations: Vec<rows::Organisation>,
    people: Vec<rows::Person>,
}

impl<'a> Casting<'a> {
    pub fn new(
        seed: &'a mut Seed,
        since: Instant,
        password_hash: Option<&'a str>,
        present: i64,
    ) -> Self {
        let run = match present {
            0 => String::new(),
            present => format!(".{present}"),
        };
        Self {
            seed,
            since,
            password_hash,
            run,
            organisations: Vec::new(),
            people: Vec::new(),
        }
    }

    /// Everybody, stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn cast(mut self, tx: &mut Tx<'_>, city_name: &str, crowd: Crowd) -> Result<Cast> {
        let known: Option<OrganisationId> = o::table
            .filter(o::kind.eq(OrganisationKind::City))
            .order(o::id)
            .select(o::id)
            .first(&mut **tx)
            .optional()?;
        let city = known.unwrap_or_else(|| self.organisation(OrganisationKind::City, city_name).0);
        let staff = (1..=4).map(|n| self.person(city, Role::Staff, &format!("staff-{n}")));
        let staff = staff.collect();
        let benches = (1..=crowd.workshops).map(|n| self.bench(n)).collect();
        let donors = (1..=crowd.donors).map(|n| self.donor(n)).collect();
        let associations = (1..=crowd.associations)
            .map(|n| self.association(n))
            .collect();
        db::insert_many!(&mut **tx, o::table, &self.organisations);
        db::insert_many!(&mut **tx, p::table, &self.people);
        Ok(Cast {
            city,
            staff,
            benches,
            donors,
            associations,
            run: self.run,
        })
    }

    fn bench(&mut self, number: usize) -> Bench {
        let (workshop, _) =
            self.organisation(OrganisationKind::Workshop, &format!("Atelier {number}"));
        let name = |n| format!("refurbisher-{n}.workshop-{number}");
        let people = (1..=6).map(|n| self.person(workshop, Role::Refurbisher, &name(n)));
        Bench {
            workshop,
            people: people.collect(),
        }
    }

    fn donor(&mut self, number: usize) -> Party {
        let firms = [
            "Assurances",
            "Banque",
            "Études",
            "Télécoms",
            "Transports",
            "Énergie",
            "Hôpital",
        ];
        let name = format!("{} {number}", self.seed.one_of(&firms));
        self.party(
            OrganisationKind::Donor,
            Role::Donor,
            name,
            &format!("donor-{number}"),
        )
    }

    fn association(&mut self, number: usize) -> Party {
        let what = [
            "Les Amis",
            "Le Relais",
            "L'Atelier",
            "La Maison",
            "Le Coup de main",
            "Les Voisins",
        ];
        let of = [
            "du quartier",
            "du numérique",
            "des familles",
            "de l'emploi",
            "du port",
            "des mots",
        ];
        let name = format!(
            "{} {} {number}",
            self.seed.one_of(&what),
            self.seed.one_of(&of)
        );
        let email = format!("association-{number}");
        self.party(
            OrganisationKind::Association,
            Role::Association,
            name,
            &email,
        )
    }

    fn party(&mut self, kind: OrganisationKind, role: Role, name: String, email: &str) -> Party {
        let (id, postal_code) = self.organisation(kind, &name);
        Party {
            id,
            person: self.person(id, role, email),
            name,
            postal_code,
        }
    }

    fn organisation(&mut self, kind: OrganisationKind, name: &str) -> (OrganisationId, String) {
        let id = self.seed.id(self.since);
        let district = self.seed.between(1, 16);
        let postal_code = format!("130{district:02}");
        self.organisations.push(rows::Organisation {
            id,
            kind,
            name: name.to_owned(),
            name_key: fold(name),
            search_key: identity::search_key(name, None, None),
            status: OrganisationStatus::Verified,
            address: format!("{} rue de la République", self.seed.between(1, 180)),
            postal_code: postal_code.clone(),
            commune: "Marseille".to_owned(),
            version: 1,
            created_at: self.since,
            updated_at: self.since,
        });
        (id, postal_code)
    }

    fn person(&mut self, organisation_id: OrganisationId, role: Role, email: &str) -> PersonId {
        let first = [
            "Aïcha", "Bruno", "Chloé", "David", "Émilie", "Farid", "Gaëlle", "Hugo", "Inès",
        ];
        let last = [
            "Martin", "Bernard", "Petit", "Robert", "Richard", "Durand", "Moreau", "Garcia",
        ];
        let name = format!("{} {}", self.seed.one_of(&first), self.seed.one_of(&last));
        let id = self.seed.id(self.since);
        self.people.push(rows::Person {
            id,
            organisation_id,
            email: format!("{email}{}@generated.example", self.run),
            name,
            role,
            language: Language::French,
            password_hash: self.password_hash.map(str::to_owned),
            disabled: false,
            version: 1,
            created_at: self.since,
            updated_at: self.since,
        });
        id
    }
}
