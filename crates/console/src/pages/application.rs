//! `/demandes/{id}`: while it is with the association, what is left to fill in; afterwards where it
//! stands, what was decided and why, and what may be done.

use std::sync::Arc;

use ::web::PathId;
use ::web::access::ReadApplications;
use allocation::ApplicationResult;
use eligibility::{
    Appeal, Application, ApplicationStatus, Checklist, Programme, Section, SectionState,
};
use handover::{HandoverFilter, HandoverView};
use kernel::{Instant, Language, PageRequest};
use serde::Serialize;

use super::application_parts::{
    Answered, Change, SAMPLE_ID, changes, kind_name, sample_answers, slug,
};
use crate::language::say;
use crate::{Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct ApplicationPage {
    id: String,
    reference: String,
    programme: String,
    association: String,
    city: bool,
    status: &'static str,
    assisted: bool,
    editable: bool,
    withdrawable: bool,
    closes_at: Option<Instant>,
    /// What is left, while the association fills it in.
    tasks: Vec<Task>,
    minutes_left: u32,
    advice: Vec<String>,
    complete: bool,
    documents: usize,
    changes: Vec<Change>,
    submitted_at: Option<Instant>,
    silence_at: Option<Instant>,
    silent: bool,
    decided_at: Option<Instant>,
    reasons: Vec<String>,
    scored: bool,
    results: Vec<Outcome>,
    lots: Vec<LotRow>,
    appeals: Vec<AppealRow>,
    appeal_until: Option<Instant>,
    answers: Answered,
}

/// A part of the form and how far it is.
#[derive(Serialize)]
struct Task {
    section: &'static str,
    href: String,
    state: &'static str,
    minutes: u32,
}

/// What a wave gave.
#[derive(Serialize)]
struct Outcome {
    wave: String,
    /// Why; none where another association passed it on.
    href: Option<String>,
    approved_at: Option<Instant>,
    requested: i32,
    granted: Vec<String>,
}

#[derive(Serialize)]
struct LotRow {
    href: String,
    reference: String,
    status: &'static str,
    devices: i32,
    from: Option<Instant>,
}

#[derive(Serialize)]
struct AppealRow {
    reference: String,
    filed_at: Option<Instant>,
    silence_at: Option<Instant>,
    outcome: Option<&'static str>,
    reasons: Vec<String>,
    decided_at: Option<Instant>,
}

impl View for ApplicationPage {
    const TEMPLATE: &'static str = "application.html";
}

/// Everything that the page shows, as it was read.
struct Read {
    application: Application,
    programme: Programme,
    checklist: Checklist,
    documents: usize,
    results: Vec<ApplicationResult>,
    lots: Vec<HandoverView>,
    appeals: Vec<Appeal>,
    appeal_until: Option<Instant>,
}

pub(crate) async fn show(
    page: Page<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> PageResult {
    let setup = Arc::clone(&page.state().eligibility);
    let now = page.state().database.now();
    let read = page
        .read(move |db, actor| {
            let application = eligibility::application(db, actor, id)?;
            let few = PageRequest::new(Some(50), None)?;
            let of_application = HandoverFilter {
                application_id: Some(id),
                ..HandoverFilter::default()
            };
            Ok(Read {
                programme: eligibility::programme(db, application.programme_id)?,
                checklist: eligibility::checklist(db, actor, &setup, id, now)?,
                documents: eligibility::documents(db, actor, id)?.len(),
                results: allocation::results_of(db, actor, id)?,
                lots: handover::handovers(db, actor, &of_application, &few)?.items,
                appeals: eligibility::appeals(db, actor, None, Some(id), &few)?.items,
                appeal_until: eligibility::appeal_until(db, actor, &setup.delays, id, now)?,
                application,
            })
        })
        .await?;
    let city = page.actor().is_city();
    // what staff do about it is on a page of theirs; this one is also where they enter it for others
    if city && !read.application.status.is_editable() {
        return Ok(page.see(&Saved::at(format!("/ville/demandes/{id}"))));
    }
    let lists = &page.state().eligibility.lists;
    let answers = Answered::of(&read.application.form, lists, page.language());
    page.show(&ApplicationPage::of(
        read,
        answers,
        city,
        now,
        page.language(),
    ))
}

impl ApplicationPage {
    fn of(read: Read, answers: Answered, city: bool, now: Instant, language: Language) -> Self {
        let Read {
            application: it,
            checklist,
            ..
        } = read;
        let editable = it.status.is_editable();
        let task = |part: &SectionState| Task {
            section: part.section.as_str(),
            href: format!("/demandes/{}/{}", it.id, slug(part.section)),
            state: state_of(part),
            minutes: part.section.minutes(),
        };
        let with_city = matches!(
            it.status,
            ApplicationStatus::Submitted | ApplicationStatus::InReview
        );
        Self {
            tasks: checklist.sections.iter().map(task).collect(),
            advice: checklist
                .advice
                .iter()
                .map(|it| say(&it.text, language))
                .collect(),
            minutes_left: checklist.minutes_left,
            complete: checklist.complete(),
            changes: match it.status {
                ApplicationStatus::ChangesRequested => changes(&it),
                _ => Vec::new(),
            },
            status: it.status.as_str(),
            withdrawable: it.status.is_withdrawable(),
            silent: with_city && it.silence_at.is_some_and(|at| at <= now),
            closes_at: read.programme.closes_at,
            documents: read.documents,
            results: read
                .results
                .iter()
                .map(|result| outcome(result, &it, language))
                .collect(),
            lots: read.lots.into_iter().map(LotRow::from).collect(),
            appeals: read.appeals.into_iter().map(AppealRow::from).collect(),
            appeal_until: read.appeal_until,
            id: it.id.to_string(),
            reference: it.reference,
            programme: it.programme,
            association: it.association,
            assisted: it.assisted,
            submitted_at: it.submitted_at,
            silence_at: it.silence_at,
            decided_at: it.decided_at,
            reasons: it.reasons,
            scored: it.score.is_some(),
            city,
            editable,
            answers,
        }
    }
}

fn state_of(part: &SectionState) -> &'static str {
    match (part.problems.is_empty(), part.started) {
        (true, _) => "done",
        (false, true) => "started",
        (false, false) => "todo",
    }
}

fn outcome(result: &ApplicationResult, of: &Application, language: Language) -> Outcome {
    let granted = result
        .granted
        .iter()
        .map(|(kind, count)| format!("{count} {}", kind_name(*kind, *count, language)));
    Outcome {
        wave: result.wave.clone(),
        href: (!result.passed_on)
            .then(|| format!("/demandes/{}/explication/{}", of.id, result.wave_id)),
        approved_at: result.approved_at,
        requested: result.requested,
        granted: granted.collect(),
    }
}

impl From<HandoverView> for LotRow {
    fn from(lot: HandoverView) -> Self {
        Self {
            href: format!("/lots/{}", lot.id),
            reference: lot.reference,
            status: lot.status.as_str(),
            devices: lot.devices,
            from: lot.from,
        }
    }
}

impl From<Appeal> for AppealRow {
    fn from(appeal: Appeal) -> Self {
        Self {
            reference: appeal.reference,
            filed_at: Some(appeal.filed_at),
            silence_at: Some(appeal.silence_at),
            outcome: appeal.outcome.map(|outcome| outcome.as_str()),
            reasons: appeal.reasons,
            decided_at: appeal.decided_at,
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let statuses = ApplicationStatus::ALL.iter();
    let mut all: Vec<Sample> = statuses
        .map(|status| Sample::of(&format!("application {status}"), &sample(*status)))
        .collect();
    let appealed = ApplicationPage {
        appeals: [None, Some("upheld"), Some("overturned")]
            .map(sample_appeal)
            .into(),
        silent: true,
        city: true,
        ..sample(ApplicationStatus::Ineligible)
    };
    all.push(Sample::of("application with appeals", &appealed));
    all
}

fn sample_appeal(outcome: Option<&'static str>) -> AppealRow {
    let at = Instant::from_micros(1_700_000_000_000_000);
    AppealRow {
        reference: "R-2023-0003".to_owned(),
        filed_at: at,
        silence_at: at,
        outcome,
        reasons: vec!["123".to_owned()],
        decided_at: at.filter(|_| outcome.is_some()),
    }
}

fn sample(status: ApplicationStatus) -> ApplicationPage {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let sent = status != ApplicationStatus::Draft;
    let eligible = status == ApplicationStatus::Eligible;
    let task = |section: &Section, state| Task {
        section: section.as_str(),
        href: format!("/demandes/{SAMPLE_ID}/{}", slug(*section)),
        state,
        minutes: 3,
    };
    let states = ["done", "started", "todo", "todo"];
    let lot = |status| LotRow {
        href: format!("/lots/{SAMPLE_ID}"),
        reference: "R-2023-00007".to_owned(),
        status,
        devices: 12,
        from: at,
    };
    ApplicationPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        programme: "Marseille 2023".to_owned(),
        association: "Les Amis".to_owned(),
        city: false,
        status: status.as_str(),
        assisted: !sent,
        editable: status.is_editable(),
        withdrawable: status.is_withdrawable(),
        closes_at: at,
        tasks: Section::ALL
            .iter()
            .zip(states)
            .map(|(it, state)| task(it, state))
            .collect(),
        minutes_left: 12,
        advice: vec!["123".to_owned()],
        complete: status == ApplicationStatus::ChangesRequested,
        documents: 2,
        changes: match status {
            ApplicationStatus::ChangesRequested => {
                vec![Change::sample(true), Change::sample(false)]
            }
            _ => Vec::new(),
        },
        submitted_at: at.filter(|_| sent),
        silence_at: at.filter(|_| sent),
        silent: false,
        decided_at: at.filter(|_| eligible || status == ApplicationStatus::Ineligible),
        reasons: vec!["123".to_owned()],
        scored: eligible,
        results: [12, 0]
            .map(|granted| Outcome {
                wave: "2023-1".to_owned(),
                href: (granted > 0)
                    .then(|| format!("/demandes/{SAMPLE_ID}/explication/{SAMPLE_ID}")),
                approved_at: at,
                requested: 20,
                granted: (granted > 0)
                    .then(|| "12 desktops".to_owned())
                    .into_iter()
                    .collect(),
            })
            .into_iter()
            .filter(|_| eligible)
            .collect(),
        lots: ["planned", "scheduled", "completed", "missed", "cancelled"]
            .map(lot)
            .into_iter()
            .filter(|_| eligible)
            .collect(),
        appeals: Vec::new(),
        appeal_until: at.filter(|_| eligible),
        answers: sample_answers(),
    }
}
