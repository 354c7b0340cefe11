//! `/dons/{id}/comptage`: what the workshop counted, beside what was announced. The donor confirms
//! it, or contests it: as a whole, or device by device.

use ::web::access::{AnswerReceptions, Permission, ReadBatches};
use ::web::{ApiResult, PathId};
use db::Db;
use intake::{Batch, Comment, Differing, DonorAnswer};
use kernel::{Actor, BatchId, Instant, Language, Role};
use serde::{Deserialize, Serialize};
use workshop::Reconciliation;

use super::application_parts::kind_name;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Devices that the page lists; a link leads to all.
const LISTED: i64 = 200;

#[derive(Serialize)]
pub(super) struct CountPage {
    id: String,
    /// Of the link by which whoever is not signed in answers.
    token: Option<String>,
    /// Until when it opens.
    expires_at: Option<Instant>,
    reference: String,
    title: String,
    /// The count has ended.
    ended: bool,
    closed_at: Option<Instant>,
    /// May answer.
    may_answer: bool,
    kinds: Vec<Kind>,
    all: Kind,
    missing: Vec<Row>,
    unexpected: Vec<Row>,
    /// Devices that differ and are not listed.
    more: i64,
    answer: Option<&'static str>,
    answered_at: Option<Instant>,
    comment: Option<String>,
    /// Devices that are contested.
    devices: Vec<String>,
}

#[derive(Serialize)]
struct Kind {
    name: String,
    declared: i64,
    on_manifest: i64,
    received: i64,
    missing: i64,
    unexpected: i64,
}

#[derive(Serialize)]
struct Row {
    tag: String,
    serial: Option<String>,
    name: String,
}

/// What the page is about.
pub(super) struct Counted {
    batch: Batch,
    count: Reconciliation,
    differing: Vec<Differing>,
}

impl Counted {
    /// Loads it, of a batch that the actor may see.
    pub(super) fn load(db: &mut Db, actor: &Actor, id: BatchId) -> db::Result<Self> {
        let batch = intake::batch(db, actor, id)?;
        let count = workshop::reconciliation(db, actor, id)?;
        let differing = match batch.closed_at.is_some() {
            true => intake::differing(db, id, LISTED)?,
            false => Vec::new(),
        };
        Ok(Self {
            batch,
            count,
            differing,
        })
    }
}

impl View for CountPage {
    const TEMPLATE: &'static str = "donor_count.html";
}

impl CountPage {
    /// What there is to see and, for somebody of the donor's, to answer.
    pub(super) fn of(counted: Counted, is_donor: bool, language: Language) -> Self {
        let Counted {
            batch,
            count,
            differing,
        } = counted;
        let ended = batch.closed_at.is_some();
        let listed = i64::try_from(differing.len()).unwrap_or(i64::MAX);
        let row = |it: Differing| {
            let kind = kind_name(it.kind, 1, language);
            let names = [Some(kind), it.manufacturer.as_deref(), it.model.as_deref()];
            Row {
                name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
                tag: it.tag,
                serial: it.serial,
            }
        };
        let (unexpected, missing): (Vec<_>, Vec<_>) =
            differing.into_iter().partition(|it| it.unexpected);
        let confirmed = |it: &intake::ReceptionAnswer| it.answer == DonorAnswer::Confirmed;
        let answer = batch.reception.as_ref();
        Self {
            id: batch.id.to_string(),
            token: None,
            expires_at: None,
            reference: batch.reference,
            title: batch.title,
            ended,
            closed_at: batch.closed_at,
            may_answer: is_donor && ended && !answer.is_some_and(confirmed),
            kinds: count
                .per_kind
                .iter()
                .map(|it| Kind {
                    name: kind_name(it.kind, 2, language).to_owned(),
                    declared: it.declared,
                    on_manifest: it.on_manifest,
                    received: it.received,
                    missing: it.missing,
                    unexpected: it.unexpected,
                })
                .collect(),
            all: Kind {
                name: String::new(),
                declared: count.declared,
                on_manifest: count.on_manifest,
                received: count.received,
                missing: count.missing,
                unexpected: count.unexpected,
            },
            more: match ended {
                true => count.missing + count.unexpected - listed,
                false => 0,
            },
            missing: missing.into_iter().map(row).collect(),
            unexpected: unexpected.into_iter().map(row).collect(),
            answered_at: answer.map(|it| it.answered_at),
            answer: answer.map(|it| it.answer.as_str()),
            comment: answer.and_then(|it| it.comment.clone()),
            devices: answer.map(|it| it.devices.clone()).unwrap_or_default(),
        }
    }

    /// The same for whoever came by a link.
    pub(super) fn by_link(self, token: String, expires_at: Instant) -> Self {
        Self {
            token: Some(token),
            expires_at: Some(expires_at),
            ..self
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: BatchId) -> ApiResult<CountPage> {
    let (role, language) = (page.actor().role, page.language());
    page.read(move |db, actor| {
        let counted = Counted::load(db, actor, id)?;
        Ok(CountPage::of(counted, role == Role::Donor, language))
    })
    .await
}

pub(crate) async fn show(page: Page<ReadBatches>, PathId(id): PathId<kernel::Batch>) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// The form: boxes of devices, another one by its number, what is wrong.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    comment: Option<String>,
    devices: Vec<String>,
    other: Option<String>,
}

impl Sent {
    /// What is said about the count.
    pub(super) fn said(&self) -> Comment {
        let others = self.other.as_deref().unwrap_or_default();
        let others = others.split([',', ';', '\n']).map(str::trim);
        let others = others.filter(|it| !it.is_empty()).map(str::to_owned);
        Comment {
            comment: self.comment.clone(),
            devices: self.devices.iter().cloned().chain(others).collect(),
        }
    }
}

async fn answer(
    page: Page<AnswerReceptions>,
    id: BatchId,
    form: Form,
    answer: DonorAnswer,
) -> PageResult {
    let view = load(&page, id).await?;
    let deed = match answer {
        DonorAnswer::Confirmed => "post_batches_id_confirm",
        DonorAnswer::Contested => "post_batches_id_contest",
    };
    page.submit(
        &form,
        deed,
        move |tx, actor, sent: &Sent| {
            let batch = intake::answer_reception(tx, actor, id, answer, &sent.said())?;
            let saved = Saved::at(format!("/dons/{id}/comptage"))
                .about(id)
                .with_status(batch.status);
            Ok(match answer {
                DonorAnswer::Confirmed => saved.saying(
                    "Merci : le comptage est confirmé.",
                    "Thank you: the count is confirmed.",
                ),
                DonorAnswer::Contested => saved.saying(
                    "C’est noté. La ville et l’atelier sont prévenus et vous répondent.",
                    "It is noted. The city and the workshop are told and answer you.",
                ),
            })
        },
        || view,
    )
    .await
}

pub(crate) async fn confirm(
    page: Page<AnswerReceptions>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    answer(page, id, form, DonorAnswer::Confirmed).await
}

pub(crate) async fn contest(
    page: Page<AnswerReceptions>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    answer(page, id, form, DonorAnswer::Contested).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let kind = |name: &str| Kind {
        name: name.to_owned(),
        declared: 1_060,
        on_manifest: 1_060,
        received: 1_048,
        missing: 12,
        unexpected: 1,
    };
    let row = |tag: &str, serial: Option<&str>| Row {
        tag: tag.to_owned(),
        serial: serial.map(str::to_owned),
        name: "HP ProDesk".to_owned(),
    };
    let view = |ended: bool, answer: Option<&'static str>| CountPage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        token: None,
        expires_at: None,
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        ended,
        closed_at: moment.filter(|_| ended),
        may_answer: ended && answer != Some("confirmed"),
        kinds: vec![kind(kind_name(
            kernel::DeviceKind::Desktop,
            2,
            Language::English,
        ))],
        all: kind(""),
        missing: match ended {
            true => vec![row("RS-00042-K", Some("CZC1")), row("RS-00043-K", None)],
            false => Vec::new(),
        },
        unexpected: match ended {
            true => vec![row("RS-00044-K", Some("CZC2"))],
            false => Vec::new(),
        },
        more: i64::from(ended),
        answer,
        answered_at: moment.filter(|_| answer.is_some()),
        comment: (answer == Some("contested")).then(|| "-".to_owned()),
        devices: match answer {
            Some("contested") => vec!["RS-00042-K".to_owned()],
            _ => Vec::new(),
        },
    };
    let wrong = |form: FormView| {
        form.with_mistake("comment", "123")
            .with_mistake("other", "123")
    };
    let link = |answer| match moment {
        Some(until) => view(true, answer).by_link("0198c0de".to_owned(), until),
        None => view(true, answer),
    };
    vec![
        Sample::of("count by a link", &link(None)).with_form(wrong),
        Sample::of("count by a link, confirmed", &link(Some("confirmed"))),
        Sample::of("count under way", &view(false, None)),
        Sample::of("count to answer", &view(true, None)).with_form(wrong),
        Sample::of("count contested", &view(true, Some("contested"))),
        Sample::of("count confirmed", &view(true, Some("confirmed"))),
    ]
}
