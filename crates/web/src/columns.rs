//! The columns of the tables that people export, the same at both doors.

use allocation::WaveView;
use eligibility::{Appeal, Application, Obligation, Programme};
use identity::{AuditEvent, Organisation, RegistrationCase};
use notifications::Notification;

use crate::answer::Answer;

/// Applications as a table.
///
/// # Errors
/// When it cannot be written.
pub fn applications(items: &[Application]) -> db::Result<Answer> {
    Answer::csv(APPLICATIONS, items.iter().map(application))
}

const APPLICATIONS: &[&str] = &[
    "reference",
    "programme",
    "association",
    "status",
    "requests",
    "purpose",
    "themes",
    "beneficiaries_per_year",
    "trained_staff",
    "own_use",
    "postal_code",
    "score",
    "submitted_at",
    "silence_at",
    "decided_at",
    "reasons",
    "id",
];

fn application(application: &Application) -> Vec<String> {
    let form = &application.form;
    let requests = form.requests.iter().flatten();
    let requests: Vec<_> = requests
        .map(|r| format!("{} {}", r.quantity, r.kind))
        .collect();
    let themes: Vec<_> = form
        .themes
        .iter()
        .flatten()
        .map(|theme| theme.as_str())
        .collect();
    let site = form.site.as_ref();
    vec![
        application.reference.clone(),
        application.programme.clone(),
        application.association.clone(),
        application.status.to_string(),
        requests.join("|"),
        text(form.purpose),
        themes.join("|"),
        text(form.beneficiaries_per_year),
        text(form.trained_staff),
        text(form.own_use),
        site.and_then(|site| site.postal_code.clone())
            .unwrap_or_default(),
        text(application.score),
        text(application.submitted_at),
        text(application.silence_at),
        text(application.decided_at),
        application.reasons.join(" | "),
        application.id.to_string(),
    ]
}

/// Organizations as a table.
///
/// # Errors
/// When it cannot be written.
pub fn organisations(items: Vec<Organisation>) -> db::Result<Answer> {
    let header = [
        "id",
        "kind",
        "name",
        "siret",
        "rna",
        "status",
        "address",
        "postal_code",
        "commune",
    ];
    let rows = items.into_iter().map(|o| {
        [
            o.id.to_string(),
            o.kind.to_string(),
            o.name,
            o.siret.unwrap_or_default(),
            o.rna.unwrap_or_default(),
            o.status.to_string(),
            o.address,
            o.postal_code,
            o.commune,
        ]
    });
    Answer::csv(&header, rows)
}

/// Appeals as a table.
///
/// # Errors
/// When it cannot be written.
pub fn appeals(items: Vec<Appeal>) -> db::Result<Answer> {
    let header = [
        "reference",
        "application",
        "association",
        "contested",
        "contested_at",
        "filed_at",
        "silence_at",
        "outcome",
        "decided_at",
        "reasons",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        [
            it.reference,
            it.application,
            it.association,
            it.contested.to_string(),
            it.contested_at.to_string(),
            it.filed_at.to_string(),
            it.silence_at.to_string(),
            text(it.outcome),
            text(it.decided_at),
            it.reasons.join(" | "),
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Registrations that somebody has to look at, as a table.
///
/// # Errors
/// When it cannot be written.
pub fn registration_cases(items: Vec<RegistrationCase>) -> db::Result<Answer> {
    let header = [
        "kind",
        "status",
        "organisation",
        "organisation_id",
        "other_id",
        "association",
        "person_name",
        "email",
        "note",
        "created_at",
        "closed_at",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        [
            it.kind.to_string(),
            it.status.to_string(),
            it.organisation,
            it.organisation_id.to_string(),
            text(it.other_id),
            it.association,
            it.person_name,
            it.email,
            it.note.unwrap_or_default(),
            it.created_at.to_string(),
            text(it.closed_at),
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Programmes as a table.
///
/// # Errors
/// When it cannot be written.
pub fn programmes(items: Vec<Programme>) -> db::Result<Answer> {
    let header = [
        "name",
        "rubric",
        "rubric_version",
        "kinds",
        "lot_min",
        "lot_max",
        "opens_at",
        "closes_at",
        "territory",
        "follow_up_months",
        "guarantee_months",
        "loan_months",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        let kinds: Vec<&str> = it.kinds.iter().map(|kind| kind.as_str()).collect();
        [
            it.name,
            it.rubric,
            it.rubric_version,
            kinds.join("|"),
            it.lot_min.to_string(),
            it.lot_max.to_string(),
            it.opens_at.to_string(),
            text(it.closes_at),
            it.territory,
            it.follow_up_months.to_string(),
            it.guarantee_months.to_string(),
            text(it.loan_months),
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// What associations owe, as a table.
///
/// # Errors
/// When it cannot be written.
pub fn obligations(items: Vec<Obligation>) -> db::Result<Answer> {
    let header = [
        "association",
        "what",
        "due_at",
        "met_at",
        "summary",
        "devices_in_use",
        "created_at",
        "association_id",
        "handover_id",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        let report = it.report;
        let in_use = report.as_ref().and_then(|report| report.devices_in_use);
        [
            it.association,
            it.what,
            it.due_at.to_string(),
            text(it.met_at),
            report.map(|report| report.summary).unwrap_or_default(),
            text(in_use),
            it.created_at.to_string(),
            it.association_id.to_string(),
            text(it.handover_id),
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Waves with the sums of their plans, as a table.
///
/// # Errors
/// When it cannot be written.
pub fn waves(items: Vec<WaveView>) -> db::Result<Answer> {
    let header = [
        "ordinal",
        "name",
        "status",
        "associations",
        "devices",
        "unserved",
        "smallest",
        "largest",
        "value_cents",
        "proposed_at",
        "submitted_by",
        "submitted_at",
        "approved_by",
        "approved_at",
        "digest",
        "programme_id",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        [
            it.ordinal.to_string(),
            it.name,
            it.status.to_string(),
            it.associations.to_string(),
            it.devices.to_string(),
            it.unserved.to_string(),
            text(it.smallest),
            text(it.largest),
            it.value_cents.to_string(),
            text(it.proposed_at),
            it.submitted_by.unwrap_or_default(),
            text(it.submitted_at),
            it.approved_by.unwrap_or_default(),
            text(it.approved_at),
            it.digest.unwrap_or_default(),
            it.programme_id.to_string(),
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Messages of the outbox as a table.
///
/// # Errors
/// When it cannot be written.
pub fn notifications(items: Vec<Notification>) -> db::Result<Answer> {
    let header = [
        "kind",
        "to",
        "name",
        "subject",
        "status",
        "attempts",
        "last_error",
        "created_at",
        "sent_at",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        [
            it.kind,
            it.to,
            it.name,
            it.subject,
            it.status.to_string(),
            it.attempts.to_string(),
            it.last_error.unwrap_or_default(),
            it.created_at.to_string(),
            text(it.sent_at),
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Who saw and changed what, as a table.
///
/// # Errors
/// When it cannot be written.
pub fn audit(items: Vec<AuditEvent>) -> db::Result<Answer> {
    let header = [
        "at",
        "actor_name",
        "action",
        "subject_id",
        "seq",
        "network",
        "detail",
        "actor_id",
        "organisation_id",
        "api_key_id",
        "hash",
        "id",
    ];
    let rows = items.into_iter().map(|it| {
        [
            it.at.to_string(),
            it.actor_name.unwrap_or_default(),
            it.action,
            it.subject_id.to_string(),
            it.seq.to_string(),
            it.network.unwrap_or_default(),
            it.detail.to_string(),
            text(it.actor_id),
            text(it.organisation_id),
            text(it.api_key_id),
            it.hash,
            it.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Rows of an export at the most, of what grows without end.
pub const MOST: u32 = 50_000;

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
