//! What holds for organizations, people and their passwords. Pure.

mod alike;
mod password;

use kernel::{Code, CommuneCode, Fields, Instant, PersonId, Refusal, Rna, Role, Siret, Text};

use crate::model::{
    Member, NewOrganisation, OrganisationKind, OrganisationStatus, SessionSettings,
};

pub use alike::{Alike, core_name, may_be_the_same, own_domain};
pub use password::{PASSWORD_MAX, check_password};

/// The role that an organization's people have fits its kind.
///
/// # Errors
/// `role_mismatch`.
pub fn role_fits(role: Role, kind: OrganisationKind) -> Result<(), Refusal> {
    let fits = match role {
        Role::Donor => kind == OrganisationKind::Donor,
        Role::Refurbisher => kind == OrganisationKind::Workshop,
        Role::Association => kind == OrganisationKind::Association,
        Role::Helper | Role::Staff | Role::Admin => kind == OrganisationKind::City,
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::field(
        "/role",
        Code::RoleMismatch,
        Code::RoleMismatch.help(),
    ))
}

/// The role that a machine's key acts in, from the kind of organization.
pub fn role_of(kind: OrganisationKind) -> Role {
    match kind {
        OrganisationKind::Donor => Role::Donor,
        OrganisationKind::Workshop => Role::Refurbisher,
        OrganisationKind::Association => Role::Association,
        OrganisationKind::City => Role::Staff,
    }
}

/// Only an association or a firm that gives registers itself, and a helper registers associations.
pub(crate) fn check_registered_kind(
    fields: &mut Fields,
    at: &str,
    kind: Option<OrganisationKind>,
    by_helper: bool,
) {
    let text = match kind {
        None | Some(OrganisationKind::Association) => return,
        Some(_) if by_helper => Text::new(
            "Vous n'inscrivez que des associations.",
            "You register associations only.",
        ),
        Some(OrganisationKind::Donor) => return,
        Some(_) => Text::new(
            "Seules une association ou une entreprise qui donne s'inscrivent elles-mêmes.",
            "Only an association or a firm that gives registers itself.",
        ),
    };
    fields.push(format!("{at}/kind"), Code::Invalid, text);
}

/// An address in the form in which it is stored and compared.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The mailbox behind an address in its stored form: what stands after a plus sign tells a
/// person's own mails apart, and not two people.
pub fn mailbox(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => {
            let owner = local.split('+').next().unwrap_or(local);
            format!("{owner}@{domain}")
        }
        None => email.to_owned(),
    }
}

/// Notes an address that cannot be one. What passes may still not exist: a mail tells.
pub fn check_email(fields: &mut Fields, pointer: &str, email: &str) {
    let email = email.trim();
    let well_formed = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !domain.is_empty()
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains("..")
        })
        && !email
            .chars()
            .any(|c| c.is_whitespace() || kernel::is_unprintable(c) || "<>()[],;:\\\"".contains(c));
    if !well_formed {
        fields.push(
            pointer,
            Code::Invalid,
            Text::new(
                "Une adresse s'écrit nom@domaine.",
                "An address is written name@domain.",
            ),
        );
    }
}

/// The identifiers of an organization, read.
#[derive(Debug, Default)]
pub struct Identifiers {
    /// SIRET.
    pub siret: Option<Siret>,
    /// RNA.
    pub rna: Option<Rna>,
    /// INSEE code of the commune.
    pub commune_code: Option<CommuneCode>,
}

/// Reads an organization to be entered, and notes everything that is wrong with it.
pub fn check_organisation(
    fields: &mut Fields,
    prefix: &str,
    organisation: &NewOrganisation,
) -> Identifiers {
    fields.name(&format!("{prefix}/name"), &organisation.name, 200);
    fields.text(&format!("{prefix}/address"), &organisation.address, 300);
    fields.text(&format!("{prefix}/commune"), &organisation.commune, 100);
    let postal_code = organisation.postal_code.trim();
    if postal_code.len() != 5 || !postal_code.bytes().all(|b| b.is_ascii_digit()) {
        fields.push(
            format!("{prefix}/postal_code"),
            Code::Invalid,
            Text::new(
                "Un code postal a 5 chiffres.",
                "A postal code has 5 digits.",
            ),
        );
    }
    let commune_code = match given(organisation.commune_code.as_ref()) {
        Some(code) => identifier(
            fields,
            &format!("{prefix}/commune_code"),
            code,
            CommuneCode::help,
        ),
        None => CommuneCode::of_marseille(postal_code),
    };
    Identifiers {
        siret: given(organisation.siret.as_ref())
            .and_then(|siret| identifier(fields, &format!("{prefix}/siret"), siret, Siret::help)),
        rna: given(organisation.rna.as_ref())
            .and_then(|rna| identifier(fields, &format!("{prefix}/rna"), rna, Rna::help)),
        commune_code,
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn identifier<T: std::str::FromStr<Err = Code>>(
    fields: &mut Fields,
    pointer: &str,
    text: &str,
    help: fn() -> Text,
) -> Option<T> {
    text.parse()
        .map_err(|code| fields.push(pointer, code, help()))
        .ok()
}

/// Whether a status may follow another; `Ok(false)` when it is there already.
///
/// # Errors
/// `status_not_allowed`.
pub fn may_become(from: OrganisationStatus, to: OrganisationStatus) -> Result<bool, Refusal> {
    use OrganisationStatus::{Dissolved, Pending, Suspended, Verified};
    match (from, to) {
        (from, to) if from == to => Ok(false),
        (Pending | Suspended, Verified) | (Pending | Verified, Suspended) => Ok(true),
        (Pending | Verified | Suspended, Dissolved) => Ok(true),
        _ => Err(Refusal::plain(Code::StatusNotAllowed)),
    }
}

/// The city itself is not barred: nobody could undo it.
///
/// # Errors
/// `status_not_allowed`.
pub fn may_be_barred(kind: OrganisationKind, to: OrganisationStatus) -> Result<(), Refusal> {
    use OrganisationStatus::{Dissolved, Suspended};
    if kind == OrganisationKind::City && matches!(to, Suspended | Dissolved) {
        return Err(Refusal::new(
            Code::StatusNotAllowed,
            Text::new(
                "La ville qui administre ce service ne peut pas être suspendue.",
                "The city that runs this service cannot be suspended.",
            ),
        ));
    }
    Ok(())
}

/// Someone may leave while someone else stays who can go on.
///
/// # Errors
/// `not_found` when they are not of it, `last_person`.
pub fn may_leave(members: &[Member], person: PersonId) -> Result<(), Refusal> {
    let Some(leaving) = members.iter().find(|member| member.id == person) else {
        return Err(Refusal::not_found());
    };
    let others = members
        .iter()
        .any(|member| member.id != person && !member.disabled);
    if leaving.disabled || others {
        return Ok(());
    }
    Err(Refusal::plain(Code::LastPerson))
}

/// Whether the password was given a few minutes ago.
///
/// # Errors
/// `proof_required`.
pub fn fresh_enough(
    settings: SessionSettings,
    proven_at: Option<Instant>,
    now: Instant,
) -> Result<(), Refusal> {
    let fresh = |at: Instant| now.seconds_since(at) <= settings.proof_minutes * 60;
    match proven_at.is_some_and(fresh) {
        true => Ok(()),
        false => Err(Refusal::plain(Code::ProofRequired)),
    }
}

/// Whether an association is on the public list of equipped places once it was changed. Its own
/// people alone agree to it, and anyone who may change it takes it back.
///
/// # Errors
/// `not_allowed` at `/listed` when others agree in its place, or it is no association.
pub(crate) fn listed(
    (kind, before): (OrganisationKind, bool),
    asked: Option<bool>,
    city: bool,
) -> Result<bool, Refusal> {
    let agrees = asked == Some(true) && !before;
    if agrees && (city || kind != OrganisationKind::Association) {
        return Err(Refusal::field(
            "/listed",
            Code::NotAllowed,
            Text::new(
                "Seule une association peut accepter elle-même de figurer sur la liste publique des lieux équipés.",
                "Only an association can agree, itself, to be on the public list of equipped places.",
            ),
        ));
    }
    Ok(asked.unwrap_or(before))
}

#[cfg(test)]
mod tests;
