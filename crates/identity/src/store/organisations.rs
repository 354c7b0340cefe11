//! Rows of `organisations`.

use std::collections::HashMap;

use db::schema::{helped_associations as h, organisation_changes as oc, organisations as o};
use db::search::{Searched, Wanted};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    Actor, Code, Instant, OrganisationId, Page, PageRequest, PersonId, Queue, Refusal, Role, Text,
    fold, squash,
};

use crate::model::{
    Organisation, OrganisationChange, OrganisationFilter, OrganisationKind, OrganisationStatus,
};
use crate::register::RegisterCheck;
use crate::rules::{self, Alike};

/// Associations that are looked at of those that may be the same.
const ALIKE: i64 = 100;

const ORGANISATIONS: Searched = Searched {
    table: "organisations",
    letters: "organisation_search",
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = o)]
struct OrganisationRow {
    id: OrganisationId,
    kind: OrganisationKind,
    name: String,
    siret: Option<String>,
    rna: Option<String>,
    status: OrganisationStatus,
    status_reason: Option<String>,
    address: String,
    postal_code: String,
    commune: String,
    commune_code: Option<String>,
    version: i32,
    created_at: Instant,
    updated_at: Instant,
    register_check: Option<RegisterCheck>,
    representative: Option<String>,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    listed: bool,
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            siret: row.siret,
            rna: row.rna,
            status: row.status,
            status_reason: row.status_reason,
            address: row.address,
            postal_code: row.postal_code,
            commune: row.commune,
            commune_code: row.commune_code,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            register_check: row.register_check,
            representative: row.representative,
            contact_email: row.contact_email,
            contact_phone: row.contact_phone,
            listed: row.listed,
        }
    }
}

/// One organization.
///
/// # Errors
/// When the database fails.
pub fn organisation(db: &mut Db, id: OrganisationId) -> Result<Option<Organisation>> {
    let row = o::table
        .find(id)
        .select(OrganisationRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Into::into))
}

/// One organization, if the actor may see it: the city all, a helper those that they entered, others
/// their own.
///
/// # Errors
/// When the database fails.
pub fn organisation_seen_by(
    db: &mut Db,
    actor: &Actor,
    id: OrganisationId,
) -> Result<Option<Organisation>> {
    let seen = match (actor.role, actor.limited_to()) {
        (Role::Helper, _) => entered_by(db, id)? == Some(actor.person),
        (_, Some(own)) => own == id,
        (_, None) => true,
    };
    match seen {
        true => organisation(db, id),
        false => Ok(None),
    }
}

/// The helper who entered an organization, if one did.
///
/// # Errors
/// When the database fails.
pub fn entered_by(db: &mut Db, id: OrganisationId) -> Result<Option<PersonId>> {
    let found = h::table.find(id).select(h::helper_id);
    Ok(found.first(db).optional()?)
}

/// Notes which helper entered an organization.
pub(crate) fn note_helper(db: &mut Db, id: OrganisationId, helper: PersonId) -> Result<()> {
    let row = (h::association_id.eq(id), h::helper_id.eq(helper));
    diesel::insert_into(h::table).values(row).execute(db)?;
    Ok(())
}

/// An organization that a body names, and that has to be of this kind.
///
/// # Errors
/// `unknown_reference` at `pointer` when there is none.
pub fn organisation_of_kind(
    db: &mut Db,
    id: OrganisationId,
    kind: OrganisationKind,
    pointer: &str,
) -> Result<Organisation> {
    organisation(db, id)?
        .filter(|organisation| organisation.kind == kind)
        .ok_or_else(|| {
            Refusal::field(
                pointer,
                Code::UnknownReference,
                Text::new(
                    "Aucune organisation de ce type n'a cet identifiant.",
                    "No organization of this kind has this id.",
                ),
            )
            .into()
        })
}

/// A page of organizations, the newest first.
///
/// # Errors
/// `invalid_page`, or when the database fails.
pub fn organisations(
    db: &mut Db,
    filter: &OrganisationFilter,
    page: &PageRequest,
) -> Result<Page<Organisation>> {
    let mut query = o::table
        .select(OrganisationRow::as_select())
        .order(o::id.desc())
        .limit(page.fetch())
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(o::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(o::status.eq(status));
    }
    if let Some(only) = filter.only {
        query = query.filter(o::id.eq(only));
    }
    if let Some(helper) = filter.entered_by {
        let helped = h::table.filter(h::helper_id.eq(helper));
        query = query.filter(o::id.eq_any(helped.select(h::association_id)));
    }
    if let Some(few) = ORGANISATIONS.few(db, filter.q.as_deref().and_then(Wanted::words))? {
        query = query.filter(o::id.eq_any::<Vec<OrganisationId>>(few));
    }
    if let Some(q) = filter.q.as_deref() {
        query = db::with_words!(query, o::search_key, q);
    }
    if let Some(after) = page.after::<OrganisationId>()? {
        query = query.filter(o::id.lt(after));
    }
    let rows: Vec<Organisation> = query
        .load::<OrganisationRow>(db)?
        .into_iter()
        .map(Into::into)
        .collect();
    Ok(Page::from_rows(rows, page, |row| row.id.to_string()))
}

/// Organizations that nobody vouched for yet.
///
/// # Errors
/// When the database fails.
pub fn pending_organisations(db: &mut Db) -> Result<Queue> {
    let since: Vec<Instant> = o::table
        .filter(o::status.eq(OrganisationStatus::Pending))
        .order(o::id)
        .select(o::created_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(Queue::of(&since))
}

/// The names of organizations.
///
/// # Errors
/// When the database fails.
pub fn names(db: &mut Db, ids: &[OrganisationId]) -> Result<HashMap<OrganisationId, String>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let rows: Vec<(OrganisationId, String)> = o::table
            .filter(o::id.eq_any(chunk))
            .select((o::id, o::name))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// An organization with this SIRET or RNA.
pub(crate) fn with_identifier(
    db: &mut Db,
    siret: Option<&str>,
    rna: Option<&str>,
) -> Result<Option<OrganisationId>> {
    let of_siret = match siret {
        Some(siret) => o::table
            .filter(o::siret.eq(siret))
            .select(o::id)
            .first(db)
            .optional()?,
        None => None,
    };
    match (of_siret, rna) {
        (None, Some(rna)) => Ok(o::table
            .filter(o::rna.eq(rna))
            .select(o::id)
            .first(db)
            .optional()?),
        (found, _) => Ok(found),
    }
}

/// Associations that may be the same as this one, for the rule to look at: those of its name, of
/// its people's domain, or at its postal code.
pub(crate) fn maybe_the_same(db: &mut Db, this: &Alike, but: OrganisationId) -> Result<Vec<Alike>> {
    type Row = (
        OrganisationId,
        String,
        String,
        String,
        String,
        Option<String>,
    );
    let mut found: Vec<Row> = Vec::new();
    let candidates = || {
        o::table
            .filter(o::kind.eq(OrganisationKind::Association))
            .filter(o::status.ne(OrganisationStatus::Dissolved))
            .filter(o::id.ne(but))
            .order(o::id)
            .select((
                o::id,
                o::core_key,
                o::postal_code,
                o::commune,
                o::address,
                o::email_domain,
            ))
    };
    let by_name = candidates().filter(o::core_key.eq(&this.core)).limit(ALIKE);
    found.extend(by_name.load::<Row>(db)?);
    if let Some(domain) = &this.email_domain {
        let by_domain = candidates().filter(o::email_domain.eq(domain)).limit(ALIKE);
        found.extend(by_domain.load::<Row>(db)?);
    }
    let by_place = candidates()
        .filter(o::postal_code.eq(&this.postal_code))
        .limit(ALIKE * 5);
    found.extend(by_place.load::<Row>(db)?);
    let alike =
        found.into_iter().map(
            |(id, core, postal_code, commune, address, email_domain)| Alike {
                id,
                core,
                postal_code,
                commune: fold(&commune),
                address: fold(&address),
                email_domain,
            },
        );
    Ok(alike.collect())
}

/// Whether another organization has this SIRET or RNA.
pub(crate) fn identifier_taken(
    db: &mut Db,
    siret: Option<&str>,
    rna: Option<&str>,
    but: Option<OrganisationId>,
) -> Result<bool> {
    let named = with_identifier(db, siret, None)?;
    let by_rna = with_identifier(db, None, rna)?;
    let another = |id: &OrganisationId| Some(*id) != but;
    Ok(named.iter().chain(&by_rna).any(another))
}

/// What an organisation is found by: its name and numbers.
pub fn search_key(name: &str, siret: Option<&str>, rna: Option<&str>) -> String {
    let mut key = fold(name);
    for number in [siret, rna].into_iter().flatten() {
        key.push(' ');
        key.push_str(&squash(number).to_lowercase());
    }
    key
}

pub(crate) fn insert_organisation(db: &mut Db, organisation: &Organisation) -> Result<()> {
    diesel::insert_into(o::table)
        .values((
            o::id.eq(organisation.id),
            o::kind.eq(organisation.kind),
            o::name.eq(&organisation.name),
            o::name_key.eq(fold(&organisation.name)),
            o::core_key.eq(rules::core_name(&organisation.name)),
            o::search_key.eq(search_key(
                &organisation.name,
                organisation.siret.as_deref(),
                organisation.rna.as_deref(),
            )),
            o::siret.eq(organisation.siret.as_deref()),
            o::rna.eq(organisation.rna.as_deref()),
            o::status.eq(organisation.status),
            o::address.eq(&organisation.address),
            o::postal_code.eq(&organisation.postal_code),
            o::commune.eq(&organisation.commune),
            o::commune_code.eq(organisation.commune_code.as_deref()),
            o::version.eq(organisation.version),
            o::created_at.eq(organisation.created_at),
            o::updated_at.eq(organisation.updated_at),
            o::register_check.eq(organisation.register_check.as_ref()),
        ))
        .execute(db)?;
    Ok(())
}

/// Guarded by the version that was read.
pub(crate) fn set_status(
    db: &mut Db,
    organisation: &Organisation,
    to: OrganisationStatus,
    reason: Option<&str>,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(o::table.find(organisation.id))
        .filter(o::version.eq(organisation.version))
        .set((
            o::status.eq(to),
            o::status_reason.eq(reason),
            o::version.eq(organisation.version + 1),
            o::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// The domain of the address that registered an organization.
pub(crate) fn set_email_domain(db: &mut Db, id: OrganisationId, domain: &str) -> Result<()> {
    diesel::update(o::table.find(id))
        .set(o::email_domain.eq(Some(domain)))
        .execute(db)?;
    Ok(())
}

/// Writes what was changed of an organization, guarded by the version that was read.
pub(crate) fn save_organisation(
    db: &mut Db,
    organisation: &mut Organisation,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(o::table.find(organisation.id))
        .filter(o::version.eq(organisation.version))
        .set((
            (
                o::name.eq(&organisation.name),
                o::name_key.eq(fold(&organisation.name)),
                o::core_key.eq(rules::core_name(&organisation.name)),
                o::search_key.eq(search_key(
                    &organisation.name,
                    organisation.siret.as_deref(),
                    organisation.rna.as_deref(),
                )),
                o::siret.eq(organisation.siret.as_deref()),
                o::rna.eq(organisation.rna.as_deref()),
                o::status.eq(organisation.status),
            ),
            (
                o::address.eq(&organisation.address),
                o::postal_code.eq(&organisation.postal_code),
                o::commune.eq(&organisation.commune),
                o::commune_code.eq(organisation.commune_code.as_deref()),
                o::representative.eq(organisation.representative.as_deref()),
                o::contact_email.eq(organisation.contact_email.as_deref()),
                o::contact_phone.eq(organisation.contact_phone.as_deref()),
                o::listed.eq(organisation.listed),
            ),
            o::register_check.eq(organisation.register_check.as_ref()),
            o::version.eq(organisation.version + 1),
            o::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)?;
    organisation.version += 1;
    organisation.updated_at = now;
    Ok(())
}

/// Keeps what an organization was until now.
pub(crate) fn insert_change(
    tx: &mut db::Tx<'_>,
    id: OrganisationId,
    change: &OrganisationChange,
) -> Result<()> {
    let row = tx.new_id::<kernel::OrganisationChange>();
    diesel::insert_into(oc::table)
        .values((
            oc::id.eq(row),
            oc::organisation_id.eq(id),
            oc::before.eq(change.before.to_string()),
            oc::reason.eq(change.reason.as_deref()),
            oc::changed_by.eq(change.by),
            oc::at.eq(change.at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What an organization was before each change, the newest first, a hundred at the most.
pub(crate) fn changes_of(db: &mut Db, id: OrganisationId) -> Result<Vec<OrganisationChange>> {
    type Row = (String, Option<String>, kernel::PersonId, Instant);
    let rows: Vec<Row> = oc::table
        .filter(oc::organisation_id.eq(id))
        .order(oc::id.desc())
        .limit(100)
        .select((oc::before, oc::reason, oc::changed_by, oc::at))
        .load(db)?;
    rows.into_iter()
        .map(|(before, reason, by, at)| {
            Ok(OrganisationChange {
                before: serde_json::from_str(&before)?,
                reason,
                by,
                at,
            })
        })
        .collect()
}
