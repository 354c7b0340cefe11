//! `/signalements`: what associations report of devices that they received; `/signalements/{id}`:
//! one of them, and how it is dealt with.

use ::web::access::{Permission, ReadHandovers, RunHandovers};
use ::web::{ApiResult, Paging, Params, PathId};
use handover::incidents::Choice;
use handover::{
    Incident, IncidentClosing, IncidentFilter, IncidentKind, IncidentOutcome, IncidentStatus,
};
use kernel::{IncidentId, Instant, Language, ProgrammeId, Role};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

/// What the list is narrowed to.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    status: Option<IncidentStatus>,
    programme: Option<ProgrammeId>,
}

#[derive(Serialize)]
struct Incidents {
    status: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

impl View for Incidents {
    const TEMPLATE: &'static str = "incidents.html";
}

/// A report, as lists show it.
#[derive(Serialize)]
pub(crate) struct Row {
    id: String,
    reference: String,
    tag: String,
    association: String,
    kind: &'static str,
    guaranteed: bool,
    reported_at: Instant,
    /// Since it was reported, while it waits.
    days: Option<i64>,
    outcome: Option<&'static str>,
}

impl Row {
    pub(crate) fn of(it: Incident, now: Instant) -> Self {
        let waits = it.outcome.is_none();
        Self {
            id: it.id.to_string(),
            reference: it.reference,
            tag: it.tag,
            association: it.association,
            kind: it.kind.as_str(),
            guaranteed: it.guaranteed,
            reported_at: it.reported_at,
            days: waits.then(|| now.seconds_since(it.reported_at) / 86_400),
            outcome: it.outcome.map(IncidentOutcome::as_str),
        }
    }

    /// For samples.
    pub(crate) fn sample(at: Instant, outcome: Option<IncidentOutcome>) -> Self {
        Self {
            id: SAMPLE_ID.to_owned(),
            reference: "S-2023-0007".to_owned(),
            tag: "RSC-7F3K-92QD".to_owned(),
            association: "Les Amis".to_owned(),
            kind: "broken",
            guaranteed: outcome.is_none(),
            reported_at: at,
            days: outcome.is_none().then_some(3),
            outcome: outcome.map(IncidentOutcome::as_str),
        }
    }
}

pub(crate) async fn list(
    page: Page<ReadHandovers>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let now = page.state().database.now();
    let filter = IncidentFilter {
        status: wanted.status,
        programme_id: wanted.programme,
        handover_id: None,
    };
    let found = page
        .read(move |db, actor| handover::incidents::incidents(db, actor, &filter, &request))
        .await?;
    let status = wanted.status.map_or("", IncidentStatus::as_str);
    let programme = wanted
        .programme
        .map(|id| id.to_string())
        .unwrap_or_default();
    let next = |cursor: String| {
        let (programme, cursor) = (programme.as_str(), cursor.as_str());
        address::with(
            "/signalements",
            &[
                ("status", status),
                ("programme", programme),
                ("after", cursor),
            ],
        )
    };
    page.show(&Incidents {
        next: found.next.map(next),
        rows: found.items.into_iter().map(|it| Row::of(it, now)).collect(),
        status,
    })
}

#[derive(Serialize)]
struct IncidentPage {
    row: Row,
    handover_id: String,
    handover: String,
    machine: String,
    description: String,
    note: Option<String>,
    replacement: Option<String>,
    /// Who has it now, for those who may know: the lot's page, how people name it, whose it is.
    passed_on_to: Option<(String, String, String)>,
    closed_at: Option<Instant>,
    /// Whom the city may pass it on to: the id of the application, and who it is.
    recipients: Vec<(String, String)>,
    /// What was searched for among them.
    q: String,
    /// Whoever looks may say how it is dealt with.
    decides: bool,
    /// May give another device after the guarantee.
    city: bool,
    /// The device, for those who may see its log.
    device: Option<String>,
}

impl View for IncidentPage {
    const TEMPLATE: &'static str = "incident.html";
}

impl IncidentPage {
    fn of(it: Incident, role: Role, now: Instant) -> Self {
        let passed_on_to = it.passed_on_to.as_ref().map(|to| {
            let href = format!("/lots/{}", to.handover_id);
            (href, to.handover.clone(), to.association.clone())
        });
        let city = matches!(role, Role::Staff | Role::Admin);
        let machine = [it.manufacturer.clone(), it.model.clone()];
        let machine: Vec<String> = machine.into_iter().flatten().collect();
        let works = city || role == Role::Refurbisher;
        Self {
            handover_id: it.handover_id.to_string(),
            handover: it.handover.clone(),
            machine: machine.join(" "),
            description: it.description.clone(),
            note: it.note.clone(),
            replacement: it.replacement.clone(),
            passed_on_to,
            recipients: Vec::new(),
            q: String::new(),
            closed_at: it.closed_at,
            decides: RunHandovers::ROLES.contains(&role) && it.outcome.is_none(),
            city,
            device: works.then(|| it.device_id.to_string()),
            row: Row::of(it, now),
        }
    }
}

async fn load<P: Permission>(
    page: &Page<P>,
    id: IncidentId,
    q: String,
) -> ApiResult<(IncidentPage, i32)> {
    let now = page.state().database.now();
    let (role, language) = (page.actor().role, page.language());
    let searched = q.clone();
    let (found, choices) = page
        .read(move |db, actor| {
            let found = handover::incident(db, actor, id)?;
            let asked =
                actor.is_city() && found.outcome.is_none() && found.kind == IncidentKind::NotNeeded;
            let choices = match asked {
                true => handover::incidents::choices(db, actor, &found, Some(&searched))?,
                false => Vec::new(),
            };
            Ok((found, choices))
        })
        .await?;
    let version = found.version;
    let recipients = choices.into_iter().map(|it| recipient(it, language));
    let view = IncidentPage {
        recipients: recipients.collect(),
        q,
        ..IncidentPage::of(found, role, now)
    };
    Ok((view, version))
}

/// An application to choose: its id, and who it is.
fn recipient(it: Choice, language: Language) -> (String, String) {
    let waits = match (it.waits_for, language) {
        (None, _) => String::new(),
        (Some(count), Language::French) => format!(" – en attend {count}"),
        (Some(count), Language::English) => format!(" – waits for {count}"),
    };
    let text = format!("{} – {}{waits}", it.association, it.reference);
    (it.application.to_string(), text)
}

/// What whom to pass it on to is searched by.
#[derive(Deserialize)]
pub(crate) struct Searched {
    #[serde(default)]
    q: String,
}

pub(crate) async fn show(
    page: Page<ReadHandovers>,
    PathId(id): PathId<kernel::Incident>,
    Params(searched): Params<Searched>,
) -> PageResult {
    let (view, version) = load(&page, id, searched.q).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) async fn close(
    page: Page<RunHandovers>,
    PathId(id): PathId<kernel::Incident>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let (view, version) = load(&page, id, form.get("q").to_owned()).await?;
    let saved = match form.read::<IncidentClosing>() {
        Ok(mut closing) => {
            // chosen, then decided otherwise
            let passes_on = closing.outcome == IncidentOutcome::PassedOn;
            closing.application = closing.application.filter(|_| passes_on);
            page.write(&form, "post_incidents_id_close", move |tx, actor| {
                seen.of::<Incident>(tx, actor, id)?;
                handover::close_incident(tx, actor, id, &closing)?;
                let at = Saved::at(format!("/signalements/{id}"));
                Ok(at.about(id).saying(
                    "C’est noté. L’association est prévenue.",
                    "It is noted. The association is told.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry_against(version, &view, &form, cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let outcomes = || IncidentOutcome::ALL.iter().copied();
    let every = || {
        let closed = outcomes().map(|outcome| Row::sample(at, Some(outcome)));
        std::iter::once(Row::sample(at, None))
            .chain(closed)
            .collect()
    };
    let list = |rows: Vec<Row>| Incidents {
        status: "open",
        next: (!rows.is_empty()).then(|| "/signalements?after=x".to_owned()),
        rows,
    };
    let one = |kind: IncidentKind, outcome: Option<IncidentOutcome>, decides: bool| IncidentPage {
        row: Row {
            kind: kind.as_str(),
            guaranteed: decides,
            ..Row::sample(at, outcome)
        },
        handover_id: SAMPLE_ID.to_owned(),
        handover: "R-2023-00007".to_owned(),
        machine: "HP 840".to_owned(),
        description: "123".to_owned(),
        note: outcome.map(|_| "123".to_owned()),
        replacement: (outcome == Some(IncidentOutcome::Replaced)).then(|| "RS-0001".to_owned()),
        passed_on_to: (outcome == Some(IncidentOutcome::PassedOn)).then(|| {
            let href = format!("/lots/{SAMPLE_ID}");
            (href, "R-2023-00008".to_owned(), "Les Autres".to_owned())
        }),
        recipients: (kind == IncidentKind::NotNeeded)
            .then(|| (SAMPLE_ID.to_owned(), "Les Autres – D-2023-0043".to_owned()))
            .into_iter()
            .collect(),
        q: String::new(),
        closed_at: outcome.map(|_| at),
        decides,
        city: !decides,
        device: decides.then(|| SAMPLE_ID.to_owned()),
    };
    let wrong = |form: FormView| form.with_mistake("note", "123");
    let mut all = vec![
        Sample::of("reports of devices", &list(every())),
        Sample::of("reports of devices, none", &list(Vec::new())),
    ];
    for kind in IncidentKind::ALL {
        for decides in [true, false] {
            let name = format!("report of a device, {kind}, {decides}");
            all.push(Sample::of(&name, &one(*kind, None, decides)).with_form(wrong));
        }
    }
    let mut city = one(IncidentKind::NotNeeded, None, true);
    city.city = true;
    all.push(Sample::of("report of a device, to pass on", &city).with_form(wrong));
    city.recipients.clear();
    city.q = "123".to_owned();
    all.push(Sample::of("report of a device, nobody found", &city).with_form(wrong));
    all.extend(outcomes().map(|outcome| {
        let name = format!("report of a device, {outcome}");
        Sample::of(&name, &one(IncidentKind::Broken, Some(outcome), false))
    }));
    all
}
