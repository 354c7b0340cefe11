//! Rows as the tables have them, of what the domains have no way to write in bulk.

use db::schema as s;
use diesel::prelude::*;
use eligibility::ApplicationStatus;
use identity::{OrganisationKind, OrganisationStatus};
use intake::{BatchStatus, ManifestSummary, Pickup, TitleRoute};
use kernel::{
    ApplicationId, BatchId, DeviceId, Instant, Language, OrganisationId, PersonId, ProgrammeId,
    Role, StoredScoreId, WaveId, WaveLineId,
};

#[derive(Debug, Insertable)]
#[diesel(table_name = s::organisations, treat_none_as_default_value = false)]
pub struct Organisation {
    pub id: OrganisationId,
    pub kind: OrganisationKind,
    pub name: String,
    pub name_key: String,
    pub search_key: String,
    pub status: OrganisationStatus,
    pub address: String,
    pub postal_code: String,
    pub commune: String,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::people, treat_none_as_default_value = false)]
pub struct Person {
    pub id: PersonId,
    pub organisation_id: OrganisationId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub language: Language,
    pub password_hash: Option<String>,
    pub disabled: bool,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::batches, treat_none_as_default_value = false)]
pub struct Batch {
    pub id: BatchId,
    pub reference: String,
    pub donor_id: OrganisationId,
    pub title: String,
    pub search_key: String,
    pub status: BatchStatus,
    pub title_route: TitleRoute,
    pub declared: String,
    pub accessories: String,
    pub pickup: Pickup,
    pub manifest: Option<ManifestSummary>,
    pub workshop_id: Option<OrganisationId>,
    pub scheduled_from: Option<Instant>,
    pub scheduled_to: Option<Instant>,
    pub schedule_sequence: i32,
    pub collected_at: Option<Instant>,
    pub pallets: Option<i32>,
    pub weight_grams: Option<i64>,
    pub created_by: PersonId,
    pub submitted_at: Option<Instant>,
    pub accepted_at: Option<Instant>,
    pub received_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Its donor was told everything: no letter leaves for what never was.
#[derive(Debug, Insertable)]
#[diesel(table_name = s::donor_news, treat_none_as_default_value = false)]
pub struct DonorNews {
    pub batch_id: BatchId,
    pub erasure_told_at: Option<Instant>,
    pub news_told_at: Option<Instant>,
    pub handed_over: i64,
    pub settled: bool,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::programmes, treat_none_as_default_value = false)]
pub struct Programme {
    pub id: ProgrammeId,
    pub name: String,
    pub rubric: String,
    pub rubric_version: String,
    pub rubric_text: String,
    pub kinds: String,
    pub lot_min: i32,
    pub lot_max: i32,
    pub opens_at: Instant,
    pub closes_at: Option<Instant>,
    pub territory: String,
    pub follow_up_months: i32,
    pub guarantee_months: i32,
    pub loan_months: Option<i32>,
    pub created_by: PersonId,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::programme_rubrics, treat_none_as_default_value = false)]
pub struct PinnedRubric {
    pub programme_id: ProgrammeId,
    pub rubric: String,
    pub version: String,
    pub text: String,
    pub pinned_by: PersonId,
    pub pinned_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::applications, treat_none_as_default_value = false)]
pub struct Application {
    pub id: ApplicationId,
    pub reference: String,
    pub programme_id: ProgrammeId,
    pub association_id: OrganisationId,
    pub status: ApplicationStatus,
    pub form: String,
    pub assisted: bool,
    pub created_by: PersonId,
    pub search_key: String,
    pub submitted_at: Option<Instant>,
    pub silence_at: Option<Instant>,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<Instant>,
    pub reasons: Option<String>,
    pub score: Option<i32>,
    pub score_detail: Option<String>,
    pub scored_at: Option<Instant>,
    pub fragility: Option<i32>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::application_scores, treat_none_as_default_value = false)]
pub struct StoredScore {
    pub id: StoredScoreId,
    pub application_id: ApplicationId,
    pub computed_at: Instant,
    pub rubric: String,
    pub version: String,
    pub score: i32,
    pub detail: String,
    pub because: &'static str,
    pub computed_by: PersonId,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::assessments, treat_none_as_default_value = false)]
pub struct Assessment {
    pub application_id: ApplicationId,
    pub criterion: String,
    pub assessor_id: PersonId,
    pub points: Option<i32>,
    pub justification: String,
    pub recused: bool,
    pub at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::waves, treat_none_as_default_value = false)]
pub struct Wave {
    pub id: WaveId,
    pub programme_id: ProgrammeId,
    pub ordinal: i32,
    pub name: String,
    pub status: allocation::WaveStatus,
    pub settings: allocation::Settings,
    pub created_by: PersonId,
    pub proposed_by: Option<PersonId>,
    pub proposed_at: Option<Instant>,
    pub submitted_by: Option<PersonId>,
    pub submitted_at: Option<Instant>,
    pub approved_by: Option<PersonId>,
    pub approved_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = s::wave_devices, treat_none_as_default_value = false)]
pub struct WaveDevice {
    pub wave_id: WaveId,
    pub line_id: WaveLineId,
    pub device_id: DeviceId,
    pub cycle: i32,
    pub reserved_at: Instant,
    pub released_at: Option<Instant>,
}
