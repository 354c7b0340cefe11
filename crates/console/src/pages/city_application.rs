//! `/ville/demandes/{id}`: an application as the city's staff review it: what the association says
//! beside what the register says of it and the documents; what people gave, the points so far, and
//! what may be done. The filters of the list come along in the address, for the one before and the
//! one after.

use std::sync::Arc;

use ::web::access::ReviewApplications;
use ::web::{ApiResult, Params, PathId};
use eligibility::{
    Appeal, Application, ApplicationFilter, ApplicationStatus, Document, Neighbors, Review,
    ScoreView,
};
use identity::Organisation;
use kernel::{ApplicationId, Code, Instant, Language, PageRequest, PersonId};
use serde::Serialize;

use super::application_parts::{Answered, SAMPLE_ID, sample_answers};
use super::application_score::points;
use super::choices::Choice;
use super::city_applications::{Wanted, person_choice};
use super::city_marks::{Criterion, sample_criteria};
use super::city_organisation::{Entry, sample_entry};
use crate::language::say;
use crate::{FormView, Page, PageResult, Sample, View};

#[derive(Serialize)]
pub(super) struct CityApplication {
    id: String,
    reference: String,
    association: String,
    programme: String,
    status: &'static str,
    assisted: bool,
    late: bool,
    submitted_at: Option<Instant>,
    silence_at: Option<Instant>,
    answered_at: Option<Instant>,
    decided_at: Option<Instant>,
    reasons: Vec<String>,
    answers: Answered,
    documents: Vec<DocumentRow>,
    asked: Vec<Asked>,
    entry: Entry,
    /// Who has the case, and who may be given it.
    assigned: String,
    assigned_name: Option<String>,
    me: String,
    staff: Vec<Choice>,
    criteria: Vec<Criterion>,
    may_assess: bool,
    may_ask: bool,
    may_refuse: bool,
    may_accept: bool,
    /// What is in the way of finding it eligible.
    obstacle: Option<String>,
    /// Conditions that are not met, as reasons to choose.
    unmet: Vec<String>,
    score: Option<Points>,
    /// How many messages were written.
    messages: usize,
    appeals: Vec<AppealRow>,
    before: Option<Beside>,
    after: Option<Beside>,
    list: String,
    /// The filters, as the addresses of forms carry them.
    query: String,
}

#[derive(Serialize)]
struct DocumentRow {
    id: String,
    name: String,
    kind: &'static str,
    kilobytes: i64,
    uploaded_at: Instant,
}

/// Something that was asked of the association.
#[derive(Serialize)]
struct Asked {
    field: String,
    message: String,
    reason: String,
    how: Option<&'static str>,
    answer: String,
}

/// The points so far, or as they were decided.
#[derive(Serialize)]
struct Points {
    provisional: bool,
    /// None while marks of others are not shown.
    total: Option<String>,
    criteria: Vec<PointsOf>,
    conditions: Vec<Condition>,
}

#[derive(Serialize)]
struct PointsOf {
    title: String,
    weight: i32,
    contribution: Option<String>,
    explanation: String,
}

#[derive(Serialize)]
struct Condition {
    text: String,
    met: bool,
    to_check: bool,
}

#[derive(Serialize)]
struct AppealRow {
    href: String,
    reference: String,
    open: bool,
    filed_at: Instant,
}

/// The one before, the one after.
#[derive(Serialize)]
struct Beside {
    href: String,
    text: String,
}

impl View for CityApplication {
    const TEMPLATE: &'static str = "city_application.html";
}

/// Everything that the page shows, as it was read.
struct Read {
    application: Application,
    review: Review,
    documents: Vec<Document>,
    organisation: Option<Organisation>,
    score: Option<ScoreView>,
    appeals: Vec<Appeal>,
    messages: usize,
    staff: Vec<(PersonId, String)>,
    neighbors: Neighbors,
}

pub(crate) async fn show(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    Params(wanted): Params<Wanted>,
) -> PageResult {
    let (view, version) = load(&page, id, &wanted).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// The page, and the version of the application that it shows.
pub(super) async fn load(
    page: &Page<ReviewApplications>,
    id: ApplicationId,
    wanted: &Wanted,
) -> ApiResult<(CityApplication, i32)> {
    let now = page.state().database.now();
    let filter = wanted.filter();
    let read = page
        .read(move |db, actor| read(db, actor, id, &filter, now))
        .await?;
    let setup = Arc::clone(&page.state().eligibility);
    let answers = Answered::of(&read.application.form, &setup.lists, page.language());
    let version = read.application.version;
    let me = page.actor().person;
    let view = CityApplication::of(read, answers, me, wanted, page.language());
    Ok((view, version))
}

fn read(
    db: &mut db::Db,
    actor: &kernel::Actor,
    id: ApplicationId,
    filter: &ApplicationFilter,
    now: Instant,
) -> db::Result<Read> {
    let application = eligibility::application(db, actor, id)?;
    let few = PageRequest::new(Some(50), None)?;
    let score = match eligibility::score(db, actor, id, now) {
        Ok(score) => Some(score),
        Err(cause) if cause.refusal().is_some_and(|it| it.code == Code::NotScored) => None,
        Err(cause) => return Err(cause),
    };
    Ok(Read {
        review: eligibility::review(db, actor, id, now)?,
        documents: eligibility::documents(db, actor, id)?,
        organisation: identity::organisation(db, application.association_id)?,
        score,
        appeals: eligibility::appeals(db, actor, None, Some(id), &few)?.items,
        messages: eligibility::messages(db, actor, id)?.len(),
        staff: identity::staff(db)?,
        neighbors: eligibility::neighbors(db, actor, filter, id)?,
        application,
    })
}

impl CityApplication {
    fn of(
        read: Read,
        answers: Answered,
        me: PersonId,
        wanted: &Wanted,
        language: Language,
    ) -> Self {
        let it = read.application;
        let review = read.review;
        let criteria = review.criteria.iter();
        let criteria: Vec<Criterion> = criteria.map(|it| Criterion::of(it, language)).collect();
        let masked = |code: &str| {
            let mut hidden = review.criteria.iter().filter(|it| it.hidden > 0);
            hidden.any(|it| it.code == code)
        };
        let score = read.score.map(|score| Points::of(&score, masked, language));
        let conditions = score.iter().flat_map(|score| &score.conditions);
        let unmet = conditions.filter(|it| !it.met).map(|it| it.text.clone());
        let decidable = review.may_refuse || review.eligible.is_ok();
        let obstacle = match &review.eligible {
            Err(refusal) if decidable => Some(say(&refusal.detail, language)),
            _ => None,
        };
        let assigned = it.assigned_to;
        let name = read.staff.iter().find(|(id, _)| Some(*id) == assigned);
        let beside = |(id, name): (ApplicationId, String)| Beside {
            href: wanted.at(&format!("/ville/demandes/{id}")),
            text: name,
        };
        let documents = read.documents.into_iter().map(DocumentRow::from);
        let appeals = read.appeals.into_iter().map(AppealRow::from);
        Self {
            unmet: unmet.collect(),
            criteria,
            may_assess: review.may_assess,
            may_ask: review.may_ask,
            may_refuse: review.may_refuse,
            may_accept: review.eligible.is_ok(),
            obstacle,
            score,
            asked: asked(&it),
            entry: Entry::of(read.organisation, it.register_check.as_ref()),
            documents: documents.collect(),
            appeals: appeals.collect(),
            messages: read.messages,
            assigned: assigned.map(|id| id.to_string()).unwrap_or_default(),
            assigned_name: name.map(|(_, name)| name.clone()),
            me: me.to_string(),
            staff: read.staff.iter().map(person_choice).collect(),
            before: read.neighbors.above.map(beside),
            after: read.neighbors.below.map(beside),
            list: wanted.at("/ville/demandes"),
            query: wanted.at(""),
            id: it.id.to_string(),
            reference: it.reference,
            association: it.association,
            programme: it.programme,
            status: it.status.as_str(),
            assisted: it.assisted,
            late: it.late,
            submitted_at: it.submitted_at,
            silence_at: it.silence_at,
            answered_at: it.answered_at,
            decided_at: it.decided_at,
            reasons: it.reasons,
            answers,
        }
    }
}

fn asked(application: &Application) -> Vec<Asked> {
    let changes = application.changes.iter();
    let items = changes.flat_map(|changes| &changes.items);
    let asked = items.map(|item| Asked {
        field: item.field.clone(),
        message: item.message.clone(),
        reason: item.reason.clone(),
        how: item.resolved.as_ref().map(|it| it.how.as_str()),
        answer: item
            .resolved
            .as_ref()
            .map(|it| it.answer.clone())
            .unwrap_or_default(),
    });
    asked.collect()
}

impl Points {
    /// What marks of others add is not shown before whoever looks gave theirs.
    fn of(score: &ScoreView, masked: impl Fn(&str) -> bool, language: Language) -> Self {
        let told = |fr: &str, en: &str| super::application_parts::in_language(language, fr, en);
        let criterion = |it: &eligibility::rubric::CriterionScore| {
            let shown = !(score.provisional && masked(&it.code));
            let explanation = told(&it.explanation, &it.explanation_en);
            PointsOf {
                title: told(&it.title, &it.title_en),
                weight: it.weight,
                contribution: shown.then(|| points(it.contribution, language)),
                explanation: if shown { explanation } else { String::new() },
            }
        };
        let criteria: Vec<PointsOf> = score.criteria.iter().map(criterion).collect();
        let whole = criteria.iter().all(|it| it.contribution.is_some());
        let condition = |it: &eligibility::rubric::KnockOutOutcome| Condition {
            text: told(&it.sentence, &it.sentence_en),
            met: it.met,
            to_check: it.to_check,
        };
        Self {
            provisional: score.provisional,
            total: whole.then(|| points(score.score, language)),
            conditions: score.knock_outs.iter().map(condition).collect(),
            criteria,
        }
    }
}

impl From<Document> for DocumentRow {
    fn from(document: Document) -> Self {
        Self {
            id: document.id.to_string(),
            name: document.name,
            kind: document.kind.as_str(),
            kilobytes: (document.size + 1023) / 1024,
            uploaded_at: document.uploaded_at,
        }
    }
}

impl From<Appeal> for AppealRow {
    fn from(appeal: Appeal) -> Self {
        Self {
            href: format!("/ville/recours/{}", appeal.id),
            reference: appeal.reference,
            open: appeal.outcome.is_none(),
            filed_at: appeal.filed_at,
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let statuses = ApplicationStatus::ALL.iter();
    let all = statuses.map(|status| {
        let name = format!("city's application, {status}");
        Sample::of(&name, &sample(*status, at)).with_form(|form| match status {
            ApplicationStatus::InReview => form.with_mistake("marks/project/points", "123"),
            _ => form,
        })
    });
    all.collect()
}

/// For samples.
fn sample(status: ApplicationStatus, at: Instant) -> CityApplication {
    use ApplicationStatus::{Draft, Eligible, InReview, Ineligible, Submitted};
    let far = status != Draft;
    let open = matches!(status, Submitted | InReview);
    let asked = |how: Option<&'static str>| Asked {
        field: "statement".to_owned(),
        message: "123".to_owned(),
        reason: "456".to_owned(),
        how,
        answer: "789".to_owned(),
    };
    let hows = [
        None,
        Some("changed"),
        Some("answered"),
        Some("document"),
        Some("submitted"),
    ];
    let condition = |met, to_check| Condition {
        text: "321".to_owned(),
        met,
        to_check,
    };
    let part = |contribution: Option<&str>| PointsOf {
        title: "A".to_owned(),
        weight: 25,
        contribution: contribution.map(str::to_owned),
        explanation: "654".to_owned(),
    };
    let score = Points {
        provisional: open,
        total: (!open).then(|| "72.4".to_owned()),
        criteria: vec![part(Some("12.5")), part(None)],
        conditions: vec![
            condition(true, false),
            condition(false, false),
            condition(true, true),
        ],
    };
    let beside = |text: &str| Beside {
        href: format!("/ville/demandes/{SAMPLE_ID}"),
        text: text.to_owned(),
    };
    CityApplication {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        programme: "Marseille 2023".to_owned(),
        status: status.as_str(),
        assisted: far,
        late: far,
        submitted_at: Some(at).filter(|_| far),
        silence_at: Some(at).filter(|_| far),
        answered_at: Some(at).filter(|_| status == InReview),
        decided_at: Some(at).filter(|_| matches!(status, Eligible | Ineligible)),
        reasons: vec!["-".to_owned(); usize::from(status == Ineligible)],
        answers: sample_answers(),
        documents: vec![DocumentRow {
            id: SAMPLE_ID.to_owned(),
            name: "statuts.pdf".to_owned(),
            kind: "statutes",
            kilobytes: 120,
            uploaded_at: at,
        }],
        asked: hows.into_iter().map(asked).filter(|_| far).collect(),
        entry: sample_entry(at, far),
        assigned: SAMPLE_ID.to_owned(),
        assigned_name: far.then(|| "Sam Service".to_owned()),
        me: if far {
            String::new()
        } else {
            SAMPLE_ID.to_owned()
        },
        staff: vec![Choice {
            value: SAMPLE_ID.to_owned(),
            text: "Sam Service".to_owned(),
        }],
        criteria: sample_criteria(at),
        may_assess: open,
        may_ask: open,
        may_refuse: open,
        may_accept: status == InReview,
        obstacle: (status == Submitted).then(|| "-".to_owned()),
        unmet: vec!["321".to_owned()],
        score: far.then_some(score),
        appeals: [true, false]
            .map(|open| AppealRow {
                href: format!("/ville/recours/{SAMPLE_ID}"),
                reference: "R-2023-0003".to_owned(),
                open,
                filed_at: at,
            })
            .into_iter()
            .filter(|_| status == Ineligible)
            .collect(),
        messages: usize::from(far),
        before: far.then(|| beside("Alpha")),
        after: far.then(|| beside("Omega")),
        list: "/ville/demandes".to_owned(),
        query: "?status=submitted".to_owned(),
    }
}
