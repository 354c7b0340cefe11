//! Asks the register about an association that registers.

use std::collections::BTreeSet;

use db::{Db, Result};
use kernel::{Code, Instant, Refusal, Rna, Siret, Text};

use super::answer::{RegisterAnswer, RegisterCheck};
use super::entries::{find, register_state};
use super::waldec::{Entry, EntryStatus};
use crate::model::NewOrganisation;
use crate::rules::core_name;

/// Looks for the association in the copy of the register.
///
/// # Errors
/// `association_dissolved`.
pub(crate) fn look_up(
    db: &mut Db,
    new: &NewOrganisation,
    now: Instant,
) -> Result<(RegisterCheck, Option<Entry>)> {
    let rna = parsed::<Rna>(new.rna.as_deref());
    let siret = parsed::<Siret>(new.siret.as_deref());
    let state = register_state(db)?;
    let entry = find(db, rna.as_deref(), siret.as_deref())?;
    if let Some(entry) = &entry {
        not_dissolved(entry)?;
    }
    let answer = match (&entry, rna.is_some() || siret.is_some(), state.loaded) {
        (Some(_), ..) => RegisterAnswer::Active,
        (None, false, _) => RegisterAnswer::NotAsked,
        (None, true, false) => RegisterAnswer::NotLoaded,
        (None, true, true) => RegisterAnswer::NotFound,
    };
    let given_name = new.name.trim().to_owned();
    let register_name = entry.as_ref().map(|entry| entry.name.clone());
    let check = RegisterCheck {
        answer,
        name_differs: register_name
            .as_deref()
            .is_some_and(|known| names_differ(&given_name, known)),
        given_name,
        register_name,
        checked_at: now,
        loaded_at: state.loaded_at,
    };
    Ok((check, entry))
}

/// Whether two names hardly mean the same association: neither is a part of the other, as
/// « Les Mouettes » is of « ASSOCIATION LES MOUETTES RIEUSES ».
fn names_differ(given: &str, known: &str) -> bool {
    let (given, known) = (core_name(given), core_name(known));
    let (few, many): (BTreeSet<_>, BTreeSet<_>) =
        (given.split(' ').collect(), known.split(' ').collect());
    !few.is_subset(&many) && !many.is_subset(&few)
}

fn parsed<T: std::str::FromStr + Into<String>>(text: Option<&str>) -> Option<String> {
    text.and_then(|text| text.parse::<T>().ok()).map(Into::into)
}

/// # Errors
/// `association_dissolved`, with the day.
fn not_dissolved(entry: &Entry) -> std::result::Result<(), Refusal> {
    if entry.status == EntryStatus::Active {
        return Ok(());
    }
    let day = entry
        .dissolved_on
        .as_deref()
        .and_then(|day| day.parse::<kernel::Date>().ok());
    let (fr, en) = match day {
        Some(day) => (
            format!(" depuis le {}", day.format("%d/%m/%Y")),
            format!(" since {day}"),
        ),
        None => (String::new(), String::new()),
    };
    Err(Refusal::new(
        Code::AssociationDissolved,
        Text::new(
            format!(
                "Le registre national des associations indique que « {} » ({}) est dissoute{fr}. Si c'est une erreur, écrivez à la préfecture, puis à la ville.",
                entry.name, entry.rna
            ),
            format!(
                "The national register of associations says that \"{}\" ({}) is dissolved{en}. If this is a mistake, write to the prefecture, then to the city.",
                entry.name, entry.rna
            ),
        ),
    ))
}

/// The organization with what the register knows: its name and numbers are the register's,
/// its address where none was given.
pub(crate) fn filled_in(new: &NewOrganisation, entry: Option<&Entry>) -> NewOrganisation {
    let mut new = new.clone();
    let Some(entry) = entry else {
        return new;
    };
    let blank = |text: &str| text.trim().is_empty();
    new.name.clone_from(&entry.name);
    new.rna = Some(entry.rna.clone());
    if new.siret.as_deref().is_none_or(blank) {
        new.siret.clone_from(&entry.siret);
    }
    if blank(&new.address) {
        new.address.clone_from(&entry.address);
    }
    if blank(&new.postal_code) {
        new.postal_code.clone_from(&entry.postal_code);
        new.commune_code = new.commune_code.or_else(|| entry.commune_code.clone());
    }
    if blank(&new.commune) {
        new.commune.clone_from(&entry.commune);
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_differs_when_neither_is_a_part_of_the_other() {
        for (given, known, differ) in [
            ("Les Mouettes", "ASSOCIATION LES MOUETTES RIEUSES", false),
            (
                "Asso. des mouettes rieuses de l'Évêché",
                "MOUETTES RIEUSES",
                false,
            ),
            ("l'éveil numérique", "L'EVEIL NUMERIQUE", false),
            ("Les Mots du Port", "LES MOUETTES RIEUSES", true),
            ("Association", "LES MOUETTES RIEUSES", true),
            ("À la", "A LA", false),
        ] {
            assert_eq!(names_differ(given, known), differ, "{given}, {known}");
        }
    }

    #[test]
    fn association_dissolved_says_since_when() {
        let entry = Entry {
            rna: "W133000001".into(),
            siret: None,
            name: "ANCIENNE".into(),
            status: EntryStatus::Dissolved,
            dissolved_on: Some("2018-05-04".into()),
            address: String::new(),
            postal_code: String::new(),
            commune: String::new(),
            commune_code: None,
        };
        let refusal = not_dissolved(&entry).expect_err("refused");
        assert_eq!(refusal.code, Code::AssociationDissolved);
        assert!(refusal.detail.fr.contains("dissoute depuis le 04/05/2018"));
    }
}
