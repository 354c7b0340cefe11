//! Registrations that staff have to look at: two of one association, or one under a name
//! that is not the register's.

use db::{Db, Error, Result, Tx};
use kernel::{
    Actor, Code, Fields, OrganisationId, Page, PageRequest, Refusal, RegistrationCaseId, Role, Text,
};
use notifications::Message;

use super::organisations::change_status;
use super::people::invite;
use crate::model::{
    CaseKind, CaseOutcome, CaseStatus, NewPerson, NewRegistrationCase, Organisation,
    OrganisationKind, OrganisationStatus, Person, Registration, RegistrationCase, Settlement,
};
use crate::register;
use crate::rules::Alike;
use crate::{rules, store};

/// Somebody registered an association that is there already, by RNA or SIRET: notes it for
/// staff. The same address asks once; someone of that association is not a case.
///
/// # Errors
/// When the database fails.
pub fn note_case(tx: &mut Tx<'_>, registration: &Registration) -> Result<()> {
    let now = tx.now();
    let entry = match register::look_up(tx, &registration.organisation, now) {
        Ok((_, entry)) => entry,
        // a dissolved association is refused, and no case
        Err(Error::Refused(_)) => return Ok(()),
        Err(cause) => return Err(cause),
    };
    let new = register::filled_in(&registration.organisation, entry.as_ref());
    let identifiers = rules::check_organisation(&mut Fields::default(), "", &new);
    let known = store::with_identifier(
        tx,
        identifiers.siret.as_ref().map(kernel::Siret::as_str),
        identifiers.rna.as_ref().map(kernel::Rna::as_str),
    )?;
    let Some(known) = known
        .map(|id| store::organisation(tx, id))
        .transpose()?
        .flatten()
    else {
        return Ok(());
    };
    let email = rules::normal_email(&registration.person.email);
    let taken = store::email_taken(tx, &email)? || store::open_case(tx, known.id, &email)?;
    if taken || known.kind != OrganisationKind::Association {
        return Ok(());
    }
    let case = RegistrationCase {
        id: tx.new_id(),
        organisation_id: known.id,
        organisation: known.name,
        other_id: None,
        kind: CaseKind::SameIdentifier,
        association: new.name.trim().to_owned(),
        person_name: registration.person.name.trim().to_owned(),
        email,
        status: CaseStatus::Open,
        note: None,
        created_at: now,
        closed_at: None,
    };
    open(tx, &case)
}

/// Notes for staff that an association is there that may be the same: see
/// [`rules::may_be_the_same`].
pub(super) fn note_namesake(
    tx: &mut Tx<'_>,
    organisation: &Organisation,
    person: &Person,
) -> Result<()> {
    let domain = rules::own_domain(&person.email);
    if let Some(domain) = &domain {
        store::set_email_domain(tx, organisation.id, domain)?;
    }
    let this = Alike {
        id: organisation.id,
        core: rules::core_name(&organisation.name),
        postal_code: organisation.postal_code.clone(),
        commune: kernel::fold(&organisation.commune),
        address: kernel::fold(&organisation.address),
        email_domain: domain,
    };
    let namesake = store::maybe_the_same(tx, &this, organisation.id)?
        .into_iter()
        .filter(|other| rules::may_be_the_same(&this, other))
        .map(|other| other.id)
        .min();
    let Some(known) = namesake
        .map(|id| store::organisation(tx, id))
        .transpose()?
        .flatten()
    else {
        return Ok(());
    };
    let case = RegistrationCase {
        id: tx.new_id(),
        organisation_id: known.id,
        organisation: known.name,
        other_id: Some(organisation.id),
        kind: CaseKind::SameName,
        association: organisation.name.clone(),
        person_name: person.name.clone(),
        email: person.email.clone(),
        status: CaseStatus::Open,
        note: None,
        created_at: tx.now(),
        closed_at: None,
    };
    open(tx, &case)
}

/// Staff noticed that two associations may be one: a case as if the second had come up when it
/// registered.
///
/// # Errors
/// `unknown_reference`, `invalid`, `duplicate` when the case is open already.
pub fn open_case(tx: &mut Tx<'_>, new: &NewRegistrationCase) -> Result<RegistrationCase> {
    let kind = OrganisationKind::Association;
    let known = store::organisation_of_kind(tx, new.organisation_id, kind, "/organisation_id")?;
    let other = store::organisation_of_kind(tx, new.other_id, kind, "/other_id")?;
    if known.id == other.id || other.status == OrganisationStatus::Dissolved {
        return Err(Refusal::field(
            "/other_id",
            Code::Invalid,
            Text::new(
                "Nommez deux associations différentes, dont la seconde existe encore.",
                "Name two different associations, the second of which still exists.",
            ),
        )
        .into());
    }
    let members = store::members(tx, other.id)?;
    let person = members.into_iter().find(|member| !member.disabled);
    let (person_name, email) = person.map_or_else(
        || (String::new(), String::new()),
        |person| (person.name, person.email),
    );
    if store::open_case(tx, known.id, &email)? {
        return Err(Refusal::field("/other_id", Code::Duplicate, Code::Duplicate.help()).into());
    }
    let case = RegistrationCase {
        id: tx.new_id(),
        organisation_id: known.id,
        organisation: known.name,
        other_id: Some(other.id),
        kind: CaseKind::SameName,
        association: other.name,
        person_name,
        email,
        status: CaseStatus::Open,
        note: None,
        created_at: tx.now(),
        closed_at: None,
    };
    store::insert_case(tx, &case)?;
    Ok(case)
}

/// Notes for staff that the register has the association under quite another name.
pub(super) fn note_other_name(
    tx: &mut Tx<'_>,
    organisation: &Organisation,
    person: &Person,
) -> Result<()> {
    let check = organisation.register_check.as_ref();
    let Some(check) = check.filter(|check| check.name_differs) else {
        return Ok(());
    };
    let case = RegistrationCase {
        id: tx.new_id(),
        organisation_id: organisation.id,
        organisation: organisation.name.clone(),
        other_id: None,
        kind: CaseKind::NameDiffers,
        association: check.given_name.clone(),
        person_name: person.name.clone(),
        email: person.email.clone(),
        status: CaseStatus::Open,
        note: None,
        created_at: tx.now(),
        closed_at: None,
    };
    open(tx, &case)
}

fn open(tx: &mut Tx<'_>, case: &RegistrationCase) -> Result<()> {
    store::insert_case(tx, case)?;
    let organisation = case.organisation.clone();
    let (given, person, email) = (
        case.association.clone(),
        case.person_name.clone(),
        case.email.clone(),
    );
    let message = match case.kind {
        CaseKind::NameDiffers => Message::RegisterNameDiffers {
            organisation,
            given_name: given,
            person,
            email,
        },
        CaseKind::SameIdentifier | CaseKind::SameName => Message::RegistrationTwice {
            organisation,
            association: given,
            person,
            email,
        },
    };
    let staff = store::staff_contacts(tx)?;
    notifications::push_all(tx, &staff, &message)
}

/// A page of cases, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn registration_cases(
    db: &mut Db,
    status: Option<CaseStatus>,
    page: &PageRequest,
) -> Result<Page<RegistrationCase>> {
    store::cases(db, status, page)
}

/// Settles a case. With `merge`, the people of the second registration act for the first
/// from now on, and the second is closed; the caller moves its applications.
///
/// # Errors
/// `not_found`, `case_closed`, `email_taken`, `invalid_fields`.
pub fn settle_case(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RegistrationCaseId,
    settlement: &Settlement,
) -> Result<RegistrationCase> {
    let mut case = store::case(tx, id)?.ok_or_else(Refusal::not_found)?;
    if case.status != CaseStatus::Open {
        return Err(Code::CaseClosed.into());
    }
    let status = match (settlement.outcome, case.kind, case.other_id) {
        (CaseOutcome::Dismiss, ..) => CaseStatus::Dismissed,
        (CaseOutcome::Join, CaseKind::SameIdentifier, _) => {
            join(tx, &case)?;
            CaseStatus::Joined
        }
        (CaseOutcome::Merge, _, Some(other)) => {
            merge(tx, &case, other)?;
            CaseStatus::Merged
        }
        _ => return Err(not_this_outcome().into()),
    };
    let now = tx.now();
    let note = settlement.note.trim();
    store::close_case(tx, id, status, note, actor.person, now)?;
    case.status = status;
    case.note = Some(note.to_owned());
    case.closed_at = Some(now);
    Ok(case)
}

fn not_this_outcome() -> Refusal {
    Refusal::field(
        "/outcome",
        Code::Invalid,
        Text::new(
            "« join » vaut pour une inscription refusée, « merge » pour deux inscriptions acceptées, « dismiss » pour toutes.",
            "`join` is for a registration that was refused, `merge` for two that were taken, `dismiss` for any.",
        ),
    )
}

fn join(tx: &mut Tx<'_>, case: &RegistrationCase) -> Result<()> {
    let person = NewPerson {
        email: case.email.clone(),
        name: case.person_name.clone(),
        role: Role::Association,
        organisation_id: case.organisation_id,
        language: None,
    };
    invite(tx, &person).map(drop)
}

fn merge(tx: &mut Tx<'_>, case: &RegistrationCase, other: OrganisationId) -> Result<()> {
    let now = tx.now();
    store::move_people(tx, other, case.organisation_id, now)?;
    let reason = format!(
        "Doublon de « {} » ({})",
        case.organisation, case.organisation_id
    );
    change_status(tx, other, OrganisationStatus::Dissolved, Some(&reason)).map(drop)
}
