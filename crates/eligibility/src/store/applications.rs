//! Rows of `applications`, read together with whose they are and of which programme.

use db::schema::{
    applications as a, organisations as o, programmes as p, wave_devices, wave_lines,
};
use db::search::{Searched, Wanted};
use db::{Db, Error, Result};
use diesel::prelude::*;
use identity::OrganisationStatus;
use identity::register::RegisterCheck;
use kernel::{
    Actor, ApplicationId, Code, Instant, OrganisationId, Page, PageRequest, PersonId, ProgrammeId,
    Refusal, fold, squash,
};
use serde::{Deserialize, Serialize};

use crate::model::{
    ApplicationFilter, ApplicationStatus, Candidate, Changes, Form, StoredCommitments,
};
use crate::territory::Site;

const APPLICATIONS: Searched = Searched {
    table: "applications",
    letters: "application_search",
};

/// The form as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub form: Form,
    pub committed: Option<StoredCommitments>,
    /// Staff took it after the deadline.
    #[serde(default)]
    pub late: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ReasonList(pub Vec<String>);

db::text_column!(ApplicationStatus);
db::json_column!(Stored, Changes, ReasonList);

/// All columns but the score's detail, which is long and read by itself.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = a)]
pub(crate) struct ApplicationRow {
    pub id: ApplicationId,
    pub reference: String,
    pub programme_id: ProgrammeId,
    pub association_id: OrganisationId,
    pub status: ApplicationStatus,
    pub form: Stored,
    pub changes: Option<Changes>,
    pub assisted: bool,
    pub created_by: PersonId,
    pub submitted_at: Option<Instant>,
    pub silence_at: Option<Instant>,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<Instant>,
    pub reasons: Option<ReasonList>,
    pub score: Option<i32>,
    pub scored_at: Option<Instant>,
    pub fragility: Option<i32>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What an application's association is.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = o)]
pub(crate) struct AssociationRow {
    pub name: String,
    pub status: OrganisationStatus,
    pub postal_code: String,
    pub commune: String,
    pub commune_code: Option<String>,
    pub register_check: Option<RegisterCheck>,
}

/// An application, whose it is, and the name of its programme.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub row: ApplicationRow,
    pub association: AssociationRow,
    pub programme: String,
}

impl Record {
    /// Where the computers will stand. Where the form has the postal code of the
    /// association, its commune is the association's unless it says otherwise.
    pub(crate) fn site(&self) -> Site {
        site(&self.row.form.form, &self.association)
    }
}

fn site(form: &Form, association: &AssociationRow) -> Site {
    let filled = |text: Option<&String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let given = form.site.clone().unwrap_or_default();
    let postal_code = filled(given.postal_code.as_ref()).unwrap_or_default();
    let same = postal_code == association.postal_code;
    let commune = filled(given.commune.as_ref());
    let known = commune.is_none() && same;
    Site {
        commune_code: filled(given.commune_code.as_ref())
            .or_else(|| association.commune_code.clone().filter(|_| known)),
        commune: commune.or_else(|| filled(Some(&association.commune)).filter(|_| same)),
        postal_code,
    }
}

/// An application that the actor may read.
pub(crate) fn application(db: &mut Db, actor: &Actor, id: ApplicationId) -> Result<Record> {
    let query = a::table
        .inner_join(o::table)
        .inner_join(p::table.on(p::id.eq(a::programme_id)))
        .filter(a::id.eq(id))
        .select((
            ApplicationRow::as_select(),
            AssociationRow::as_select(),
            p::name,
        ))
        .into_boxed();
    let found: Option<(ApplicationRow, AssociationRow, String)> =
        seen_by!(query, actor).first(db).optional()?;
    let (row, association, programme) = found.ok_or_else(Refusal::not_found)?;
    Ok(Record {
        row,
        association,
        programme,
    })
}

/// The application that people name so.
pub(crate) fn application_named(db: &mut Db, reference: &str) -> Result<ApplicationId> {
    let id = a::table
        .filter(a::reference.eq(reference))
        .select(a::id)
        .first(db)
        .optional()?;
    id.ok_or_else(|| Refusal::not_found().into())
}

/// The newest first.
pub(crate) fn applications(
    db: &mut Db,
    actor: &Actor,
    filter: &ApplicationFilter,
    page: &PageRequest,
) -> Result<Page<Record>> {
    let query = a::table
        .inner_join(o::table)
        .inner_join(p::table.on(p::id.eq(a::programme_id)))
        .select((
            ApplicationRow::as_select(),
            AssociationRow::as_select(),
            p::name,
        ))
        .order(a::id.desc())
        .limit(page.fetch())
        .into_boxed();
    let mut query = seen_by!(query, actor);
    if let Some(programme) = filter.programme_id {
        query = query.filter(a::programme_id.eq(programme));
    }
    if let Some(status) = filter.status {
        query = query.filter(a::status.eq(status));
    }
    if let Some(few) = APPLICATIONS.few(db, filter.q.as_deref().and_then(Wanted::words))? {
        query = query.filter(a::id.eq_any::<Vec<ApplicationId>>(few));
    }
    if let Some(q) = filter.q.as_deref() {
        query = db::with_words!(query, a::search_key, q);
    }
    if let Some(after) = page.after::<ApplicationId>()? {
        query = query.filter(a::id.lt(after));
    }
    let found: Vec<(ApplicationRow, AssociationRow, String)> = query.load(db)?;
    let rows = found
        .into_iter()
        .map(|(row, association, programme)| Record {
            row,
            association,
            programme,
        })
        .collect();
    Ok(Page::from_rows(rows, page, |record| {
        record.row.id.to_string()
    }))
}

/// The reference and the form of what the association sent last.
pub(crate) fn last_submitted(
    db: &mut Db,
    association: OrganisationId,
) -> Result<Option<(String, Form)>> {
    let found: Option<(String, Stored)> = a::table
        .filter(a::association_id.eq(association))
        .filter(a::submitted_at.is_not_null())
        .order(a::id.desc())
        .select((a::reference, a::form))
        .first(db)
        .optional()?;
    Ok(found.map(|(reference, stored)| (reference, stored.form)))
}

/// What an application is found by: its reference and the name of its association, neither of
/// which changes.
pub fn search_key(reference: &str, association: &str) -> String {
    let reference = squash(reference).to_lowercase();
    format!("{reference} {}", fold(association))
}

/// Whether the association has an application in the programme that is not withdrawn.
pub(crate) fn application_exists(
    db: &mut Db,
    programme: ProgrammeId,
    association: OrganisationId,
) -> Result<bool> {
    let count: i64 = a::table
        .filter(a::programme_id.eq(programme))
        .filter(a::association_id.eq(association))
        .filter(a::status.ne(ApplicationStatus::Withdrawn))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// Whether another establishment of this legal entity has one: the first nine digits of a
/// SIRET name the entity.
pub(crate) fn entity_applied(
    db: &mut Db,
    programme: ProgrammeId,
    association: OrganisationId,
    siren: &str,
) -> Result<bool> {
    let count: i64 = a::table
        .inner_join(o::table)
        .filter(a::programme_id.eq(programme))
        .filter(a::association_id.ne(association))
        .filter(a::status.ne(ApplicationStatus::Withdrawn))
        .filter(o::siret.between(format!("{siren}00000"), format!("{siren}99999")))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

pub(crate) fn insert_application(
    db: &mut Db,
    row: &ApplicationRow,
    association: &str,
) -> Result<()> {
    diesel::insert_into(a::table)
        .values((
            a::id.eq(row.id),
            a::reference.eq(&row.reference),
            a::programme_id.eq(row.programme_id),
            a::association_id.eq(row.association_id),
            a::status.eq(row.status),
            a::form.eq(&row.form),
            a::assisted.eq(row.assisted),
            a::created_by.eq(row.created_by),
            a::search_key.eq(search_key(&row.reference, association)),
            a::version.eq(row.version),
            a::created_at.eq(row.created_at),
            a::updated_at.eq(row.updated_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Writes what a step changed, guarded by the version that was read.
pub(crate) fn save_application(db: &mut Db, row: &mut ApplicationRow, now: Instant) -> Result<()> {
    let rows = diesel::update(a::table.find(row.id))
        .filter(a::version.eq(row.version))
        .set((
            a::status.eq(row.status),
            a::form.eq(&row.form),
            a::changes.eq(row.changes.as_ref()),
            a::submitted_at.eq(row.submitted_at),
            a::silence_at.eq(row.silence_at),
            a::decided_by.eq(row.decided_by),
            a::decided_at.eq(row.decided_at),
            a::reasons.eq(row.reasons.as_ref()),
            a::score.eq(row.score),
            a::scored_at.eq(row.scored_at),
            a::fragility.eq(row.fragility),
            a::version.eq(row.version + 1),
            a::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)?;
    row.version += 1;
    row.updated_at = now;
    Ok(())
}

/// Devices that are set aside for it in live waves.
pub(crate) fn reserved_devices(db: &mut Db, id: ApplicationId) -> Result<i64> {
    Ok(wave_devices::table
        .inner_join(wave_lines::table.on(wave_lines::id.eq(wave_devices::line_id)))
        .filter(wave_lines::application_id.eq(id))
        .filter(wave_devices::released_at.is_null())
        .count()
        .get_result(db)?)
}

/// Applications of one association become another's. Where the other has one in the same
/// programme, the moved one is withdrawn, so that one application per association stands.
pub(crate) fn move_applications(
    db: &mut Db,
    from: OrganisationId,
    to: OrganisationId,
    now: Instant,
) -> Result<()> {
    let moving: Vec<(ApplicationId, ProgrammeId, ApplicationStatus)> = a::table
        .filter(a::association_id.eq(from))
        .order(a::id)
        .select((a::id, a::programme_id, a::status))
        .load(db)?;
    for (id, programme, status) in moving {
        let kept = if application_exists(db, programme, to)? {
            ApplicationStatus::Withdrawn
        } else {
            status
        };
        diesel::update(a::table.find(id))
            .set((
                a::association_id.eq(to),
                a::status.eq(kept),
                a::version.eq(a::version + 1),
                a::updated_at.eq(now),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// Everything that a decided score used, as JSON.
pub(crate) fn score_detail(db: &mut Db, id: ApplicationId) -> Result<Option<String>> {
    let detail: Option<Option<String>> = a::table
        .find(id)
        .select(a::score_detail)
        .first(db)
        .optional()?;
    Ok(detail.flatten())
}

/// Those of these applications that have not signed the republican commitment contract.
///
/// # Errors
/// When the database fails.
pub fn uncommitted(db: &mut Db, ids: &[ApplicationId]) -> Result<Vec<ApplicationId>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(1_000) {
        let rows: Vec<(ApplicationId, Stored)> = a::table
            .filter(a::id.eq_any(chunk))
            .order(a::id)
            .select((a::id, a::form))
            .load(db)?;
        let unsigned = rows.into_iter().filter(|(_, stored)| {
            let signed = stored
                .form
                .commitments
                .and_then(|signed| signed.republican_contract);
            signed != Some(true)
        });
        found.extend(unsigned.map(|(id, _)| id));
    }
    Ok(found)
}

/// An application, how it was scored, and when.
type ScoreRow = (ApplicationId, Option<String>, Option<Instant>);

/// How each of these applications was scored, and when.
pub(crate) fn score_details(db: &mut Db, ids: &[ApplicationId]) -> Result<Vec<ScoreRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let rows: Vec<ScoreRow> = a::table
            .filter(a::id.eq_any(chunk))
            .select((a::id, a::score_detail, a::scored_at))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

pub(crate) fn set_score_detail(db: &mut Db, id: ApplicationId, detail: &str) -> Result<()> {
    let rows = diesel::update(a::table.find(id))
        .set(a::score_detail.eq(detail))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// Eligible applications of verified associations, by id.
pub(crate) fn candidates(db: &mut Db, programme: ProgrammeId) -> Result<Vec<Candidate>> {
    let found: Vec<(ApplicationRow, AssociationRow)> = a::table
        .inner_join(o::table)
        .filter(a::programme_id.eq(programme))
        .filter(a::status.eq(ApplicationStatus::Eligible))
        .filter(o::status.eq(OrganisationStatus::Verified))
        .order(a::id)
        .select((ApplicationRow::as_select(), AssociationRow::as_select()))
        .load(db)?;
    found.into_iter().map(candidate).collect()
}

fn candidate((row, association): (ApplicationRow, AssociationRow)) -> Result<Candidate> {
    let site = site(&row.form.form, &association);
    let (Some(score), Some(submitted_at)) = (row.score, row.submitted_at) else {
        return Err(Error::Inconsistent(format!(
            "application {} is eligible without a score or a date",
            row.id
        )));
    };
    Ok(Candidate {
        application_id: row.id,
        reference: row.reference,
        association_id: row.association_id,
        association: association.name,
        requests: row.form.form.requests.unwrap_or_default(),
        score,
        fragility: row.fragility.unwrap_or(0),
        submitted_at,
        commune_code: site.precise_code(),
        postal_code: site.postal_code,
        themes: row.form.form.themes.unwrap_or_default(),
        version: row.version,
    })
}
