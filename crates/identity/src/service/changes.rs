//! An organization is changed: by its own people, or by staff.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Fields, OrganisationId, Refusal, Text, phone};
use notifications::Message;
use serde_json::{Map, Value, json};

use crate::model::{
    NewOrganisation, Organisation, OrganisationChange, OrganisationKind, OrganisationPatch,
    OrganisationStatus,
};
use crate::register::{self, RegisterAnswer};
use crate::rules::{self, Identifiers};
use crate::store;

/// Changes an organization. Its own people may; where its name or numbers change, an association
/// waits to be verified again, unless the register has it. What staff change they vouch for.
/// What it was stays in the record.
///
/// # Errors
/// `not_found`, `invalid_fields`, `not_allowed` at `/listed`, `already_registered`,
/// `association_dissolved`.
pub fn change_organisation(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrganisationId,
    patch: &OrganisationPatch,
) -> Result<Organisation> {
    let before = own(tx, actor, id)?;
    let (mut after, identifiers) = patched(&before, patch)?;
    let known = (before.kind, before.listed);
    after.listed = rules::listed(known, patch.listed, actor.is_city())?;
    let identity_changes =
        (&before.name, &before.siret, &before.rna) != (&after.name, &after.siret, &after.rna);
    if store::identifier_taken(tx, after.siret.as_deref(), after.rna.as_deref(), Some(id))? {
        return Err(taken(&identifiers).into());
    }
    if identity_changes {
        verify_again(tx, actor, &mut after)?;
    }
    let changed = differences(&before, &after);
    if changed.is_empty() {
        return Ok(before);
    }
    let now = tx.now();
    store::save_organisation(tx, &mut after, now)?;
    let change = OrganisationChange {
        before: Value::Object(changed),
        reason: patch.reason.as_deref().map(str::trim).map(str::to_owned),
        by: actor.person,
        at: now,
    };
    store::insert_change(tx, id, &change)?;
    tell(tx, &before, &after, &change)?;
    Ok(after)
}

/// What an organization was before each change: for staff, and its own people.
///
/// # Errors
/// `not_found`.
pub fn organisation_changes(
    db: &mut Db,
    actor: &Actor,
    id: OrganisationId,
) -> Result<Vec<OrganisationChange>> {
    own(db, actor, id)?;
    store::changes_of(db, id)
}

fn own(db: &mut Db, actor: &Actor, id: OrganisationId) -> Result<Organisation> {
    if actor.limited_to().is_some_and(|own| own != id) {
        return Err(Refusal::not_found().into());
    }
    store::organisation(db, id)?.ok_or_else(|| Refusal::not_found().into())
}

/// The organization as it is to be, with every mistake at its field.
fn patched(
    before: &Organisation,
    patch: &OrganisationPatch,
) -> Result<(Organisation, Identifiers)> {
    let text = |new: &Option<String>, old: &str| new.clone().unwrap_or_else(|| old.to_owned());
    let maybe = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
    // a commune code is found again when the place changes
    let moved = patch.postal_code.is_some() || patch.commune.is_some();
    let new = NewOrganisation {
        kind: Some(before.kind),
        name: text(&patch.name, &before.name),
        siret: maybe(&patch.siret, &before.siret),
        rna: maybe(&patch.rna, &before.rna),
        address: text(&patch.address, &before.address),
        postal_code: text(&patch.postal_code, &before.postal_code),
        commune: text(&patch.commune, &before.commune),
        commune_code: match (&patch.commune_code, moved) {
            (Some(code), _) => Some(code.clone()),
            (None, true) => None,
            (None, false) => before.commune_code.clone(),
        },
    };
    let mut fields = Fields::default();
    let identifiers = rules::check_organisation(&mut fields, "", &new);
    let representative = optional(
        &mut fields,
        "/representative",
        patch.representative.as_ref(),
    );
    let contact_email = optional(&mut fields, "/contact_email", patch.contact_email.as_ref());
    if let Some(Some(email)) = &contact_email {
        rules::check_email(&mut fields, "/contact_email", email);
    }
    let contact_phone = phone_of(&mut fields, patch.contact_phone.as_ref());
    if let Some(reason) = &patch.reason {
        fields.text("/reason", reason, 2_000);
    }
    fields.check()?;
    let mut after = before.clone();
    after.name = new.name.trim().to_owned();
    after.siret = identifiers.siret.clone().map(String::from);
    after.rna = identifiers.rna.clone().map(String::from);
    after.address = new.address.trim().to_owned();
    after.postal_code = new.postal_code.trim().to_owned();
    after.commune = new.commune.trim().to_owned();
    after.commune_code = identifiers.commune_code.clone().map(String::from);
    after.representative = representative.unwrap_or(after.representative);
    after.contact_email = contact_email.unwrap_or(after.contact_email);
    after.contact_phone = contact_phone.unwrap_or(after.contact_phone);
    Ok((after, identifiers))
}

/// None: stays; an empty text: is taken away.
fn optional(fields: &mut Fields, pointer: &str, text: Option<&String>) -> Option<Option<String>> {
    let text = text?.trim();
    if text.is_empty() {
        return Some(None);
    }
    fields.text(pointer, text, 200);
    Some(Some(text.to_owned()))
}

fn phone_of(fields: &mut Fields, text: Option<&String>) -> Option<Option<String>> {
    let text = text?.trim();
    if text.is_empty() {
        return Some(None);
    }
    let number = phone::e164(text);
    if number.is_none() {
        fields.push(
            "/contact_phone",
            Code::Invalid,
            Text::new(
                "Un numéro de téléphone, comme 04 91 00 00 00.",
                "A telephone number, such as +33 4 91 00 00 00.",
            ),
        );
    }
    Some(number)
}

fn taken(identifiers: &Identifiers) -> Refusal {
    let pointer = match identifiers.rna {
        Some(_) => "/rna",
        None => "/siret",
    };
    let mut refusal = Refusal::field(
        pointer,
        Code::AlreadyRegistered,
        Text::new(
            "Une autre organisation a déjà ce numéro.",
            "Another organization has this number already.",
        ),
    );
    refusal.code = Code::AlreadyRegistered;
    refusal
}

/// Staff vouch for what they change. What an association says of itself is looked up again; what
/// the register does not confirm waits for staff, and no decision is taken meanwhile.
fn verify_again(tx: &mut Tx<'_>, actor: &Actor, after: &mut Organisation) -> Result<()> {
    if after.kind == OrganisationKind::Association {
        let new = NewOrganisation {
            kind: Some(after.kind),
            name: after.name.clone(),
            siret: after.siret.clone(),
            rna: after.rna.clone(),
            address: after.address.clone(),
            postal_code: after.postal_code.clone(),
            commune: after.commune.clone(),
            commune_code: after.commune_code.clone(),
        };
        let now = tx.now();
        let (check, _) = register::look_up(tx, &new, now)?;
        let confirmed = check.answer == RegisterAnswer::Active && !check.name_differs;
        after.register_check = Some(check);
        if confirmed {
            return Ok(());
        }
    }
    if !actor.is_city() && after.status == OrganisationStatus::Verified {
        after.status = OrganisationStatus::Pending;
    }
    Ok(())
}

/// The fields that are not as they were, as they were.
fn differences(before: &Organisation, after: &Organisation) -> Map<String, Value> {
    let columns = |of: &Organisation| {
        [
            ("name", json!(of.name)),
            ("siret", json!(of.siret)),
            ("rna", json!(of.rna)),
            ("address", json!(of.address)),
            ("postal_code", json!(of.postal_code)),
            ("commune", json!(of.commune)),
            ("commune_code", json!(of.commune_code)),
            ("representative", json!(of.representative)),
            ("contact_email", json!(of.contact_email)),
            ("contact_phone", json!(of.contact_phone)),
            ("listed", json!(of.listed)),
            ("status", json!(of.status)),
        ]
    };
    columns(before)
        .into_iter()
        .zip(columns(after))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((name, old), _)| (name.to_owned(), old))
        .collect()
}

/// Everyone of the organization hears what was changed, in case it was not them; staff, that it
/// is to be verified again.
fn tell(
    tx: &mut Tx<'_>,
    before: &Organisation,
    after: &Organisation,
    change: &OrganisationChange,
) -> Result<()> {
    let pending = before.status == OrganisationStatus::Verified
        && after.status == OrganisationStatus::Pending;
    let fields = change.before.as_object().into_iter().flatten();
    let message = Message::OrganisationChanged {
        organisation: after.name.clone(),
        formerly: Some(before.name.clone()).filter(|name| *name != after.name),
        fields: fields
            .filter(|(name, _)| *name != "status" && *name != "commune_code")
            .map(|(name, _)| name.clone())
            .collect(),
        pending,
    };
    let mut people = store::contacts(tx, after.id)?;
    if pending {
        people.extend(store::staff_contacts(tx)?);
    }
    notifications::push_all(tx, &people, &message)
}
