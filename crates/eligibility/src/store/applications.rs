//! Rows of `applications`, read together with whose they are and of which programme.

use db::schema::{
    applications as a, handovers, organisations as o, programmes as p, wave_devices, wave_lines,
    waves,
};
use db::{Db, Error, Result};
use diesel::prelude::*;
use identity::OrganisationStatus;
use identity::register::RegisterCheck;
use kernel::{
    Actor, ApplicationId, Code, Instant, OrganisationId, PersonId, ProgrammeId, Refusal, Theme,
    fold, squash,
};
use serde::{Deserialize, Serialize};

use crate::model::{
    ApplicationStatus, AskedBefore, Candidate, Changes, Form, Request, SiteForm, StoredCommitments,
};
use crate::territory::Site;

/// The form as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub form: Form,
    pub committed: Option<StoredCommitments>,
    /// Staff took it after the deadline.
    #[serde(default)]
    pub late: bool,
    /// What was asked for before, each time that it was changed after the application was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_before: Vec<AskedBefore>,
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
    pub assigned_to: Option<PersonId>,
    pub answered_at: Option<Instant>,
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
    let own = Place {
        postal_code: &association.postal_code,
        commune: &association.commune,
        commune_code: association.commune_code.as_ref(),
    };
    site_of(form.site.as_ref(), &own)
}

/// Where an association is.
struct Place<'a> {
    postal_code: &'a str,
    commune: &'a String,
    commune_code: Option<&'a String>,
}

fn site_of(form: Option<&SiteForm>, own: &Place<'_>) -> Site {
    let filled = |text: Option<&String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let given = |field: fn(&SiteForm) -> Option<&String>| filled(form.and_then(field));
    let postal_code = given(|site| site.postal_code.as_ref()).unwrap_or_default();
    let same = postal_code == own.postal_code;
    let commune = given(|site| site.commune.as_ref());
    let known = commune.is_none() && same;
    Site {
        commune_code: given(|site| site.commune_code.as_ref())
            .or_else(|| own.commune_code.cloned().filter(|_| known)),
        commune: commune.or_else(|| filled(Some(own.commune)).filter(|_| same)),
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

/// What an application is found by: its reference and the name of its association.
pub fn search_key(reference: &str, association: &str) -> String {
    let reference = squash(reference).to_lowercase();
    format!("{reference} {}", fold(association))
}

/// Finds the applications of an association by its new name.
pub(crate) fn rename_applicant(db: &mut Db, association: OrganisationId, name: &str) -> Result<()> {
    let own: Vec<(ApplicationId, String)> = a::table
        .filter(a::association_id.eq(association))
        .select((a::id, a::reference))
        .load(db)?;
    for (id, reference) in own {
        diesel::update(a::table.find(id))
            .set(a::search_key.eq(search_key(&reference, name)))
            .execute(db)?;
    }
    Ok(())
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
            a::answered_at.eq(row.answered_at),
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

/// Whether a lot was handed over for it.
pub(crate) fn handed_over(db: &mut Db, id: ApplicationId) -> Result<bool> {
    let count: i64 = handovers::table
        .filter(handovers::application_id.eq(id))
        .filter(handovers::status.eq("completed"))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// A wave that waits for approval and has a line of this application: its list is closed.
pub(crate) fn closed_wave(db: &mut Db, id: ApplicationId) -> Result<Option<String>> {
    Ok(waves::table
        .inner_join(wave_lines::table.on(wave_lines::wave_id.eq(waves::id)))
        .filter(wave_lines::application_id.eq(id))
        .filter(waves::status.eq("submitted"))
        .select(waves::name)
        .first(db)
        .optional()?)
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

/// It has no score any more; its history keeps the former ones.
pub(crate) fn clear_score_detail(db: &mut Db, id: ApplicationId) -> Result<()> {
    diesel::update(a::table.find(id))
        .set(a::score_detail.eq(None::<String>))
        .execute(db)?;
    Ok(())
}

pub(crate) fn set_score_detail(db: &mut Db, id: ApplicationId, detail: &str) -> Result<()> {
    let rows = diesel::update(a::table.find(id))
        .set(a::score_detail.eq(detail))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// What an allocation reads of an application: a wave reads thousands.
#[derive(Queryable, Selectable)]
#[diesel(table_name = a)]
pub(crate) struct CandidateRow {
    id: ApplicationId,
    reference: String,
    association_id: OrganisationId,
    form: String,
    submitted_at: Option<Instant>,
    score: Option<i32>,
    fragility: Option<i32>,
    version: i32,
}

/// Where an association is, and its name.
#[derive(Queryable, Selectable)]
#[diesel(table_name = o)]
pub(crate) struct ApplicantRow {
    name: String,
    postal_code: String,
    commune: String,
    commune_code: Option<String>,
}

/// The part of a stored form that an allocation reads.
#[derive(Deserialize)]
struct Asked {
    form: AskedForm,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AskedForm {
    requests: Option<Vec<Request>>,
    themes: Option<Vec<Theme>>,
    site: Option<SiteForm>,
}

/// Eligible applications of verified associations, by id.
pub(crate) fn candidates(db: &mut Db, programme: ProgrammeId) -> Result<Vec<Candidate>> {
    let found: Vec<(CandidateRow, ApplicantRow)> = a::table
        .inner_join(o::table)
        .filter(a::programme_id.eq(programme))
        .filter(a::status.eq(ApplicationStatus::Eligible))
        .filter(o::status.eq(OrganisationStatus::Verified))
        .order(a::id)
        .select((CandidateRow::as_select(), ApplicantRow::as_select()))
        .load(db)?;
    found.into_iter().map(candidate).collect()
}

pub(crate) fn candidate((row, association): (CandidateRow, ApplicantRow)) -> Result<Candidate> {
    let Asked { form } = serde_json::from_str(&row.form)?;
    let own = Place {
        postal_code: &association.postal_code,
        commune: &association.commune,
        commune_code: association.commune_code.as_ref(),
    };
    let site = site_of(form.site.as_ref(), &own);
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
        requests: form.requests.unwrap_or_default(),
        score,
        fragility: row.fragility.unwrap_or(0),
        submitted_at,
        commune_code: site.precise_code(),
        postal_code: site.postal_code,
        themes: form.themes.unwrap_or_default(),
        version: row.version,
    })
}
