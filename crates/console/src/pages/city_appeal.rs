//! `/ville/recours`: appeals, the newest first; `/ville/recours/{id}`: one of them, what it contests,
//! what deciding it would change, and the decision by somebody else than who decided before.

use ::web::access::{DecideAppeals, Permission, ReviewApplications};
use ::web::{ApiResult, Csv, Paging, Params, PathId, columns};
use eligibility::{
    Appeal, AppealDecision, AppealOutcome, Application, Contested, Outlook, Reasons,
};
use kernel::{AppealId, Instant, Language, PageRequest};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use super::application_score::points;
use crate::language::say;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

/// What the list is narrowed to.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// `yes` for those that wait, `no` for those that are decided.
    open: Option<String>,
}

impl Wanted {
    fn open(&self) -> Option<bool> {
        self.open.as_deref().map(|open| open == "yes")
    }
}

#[derive(Serialize)]
struct CityAppeals {
    open: String,
    rows: Vec<Row>,
    next: Option<String>,
    table: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    reference: String,
    association: String,
    application: String,
    contested: &'static str,
    filed_at: Instant,
    silence_at: Instant,
    outcome: Option<&'static str>,
}

impl View for CityAppeals {
    const TEMPLATE: &'static str = "city_appeals.html";
}

impl From<Appeal> for Row {
    fn from(it: Appeal) -> Self {
        Self {
            id: it.id.to_string(),
            reference: it.reference,
            association: it.association,
            application: it.application,
            contested: it.contested.as_str(),
            filed_at: it.filed_at,
            silence_at: it.silence_at,
            outcome: it.outcome.map(|outcome| outcome.as_str()),
        }
    }
}

pub(crate) async fn list(
    page: Page<ReviewApplications>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
    Csv(csv): Csv,
) -> PageResult {
    let open = wanted.open();
    if csv {
        let everything = PageRequest::everything();
        let table = page.table(move |db, actor| {
            columns::appeals(eligibility::appeals(db, actor, open, None, &everything)?.items)
        });
        return table.await;
    }
    let found = page
        .read(move |db, actor| eligibility::appeals(db, actor, open, None, &request))
        .await?;
    let chosen = wanted.open.unwrap_or_default();
    let at = |name: &str, value: &str| {
        address::with("/ville/recours", &[("open", &chosen), (name, value)])
    };
    page.show(&CityAppeals {
        next: found.next.map(|cursor| at("after", &cursor)),
        table: at("csv", "fr"),
        rows: found.items.into_iter().map(Row::from).collect(),
        open: chosen,
    })
}

#[derive(Serialize)]
struct CityAppeal {
    id: String,
    reference: String,
    association: String,
    application: String,
    application_id: String,
    contested: &'static str,
    contested_at: Instant,
    grounds: String,
    filed_at: Instant,
    silence_at: Instant,
    outcome: Option<&'static str>,
    /// The project is to be marked anew, since the appeal was accepted.
    to_mark: bool,
    reasons: Vec<String>,
    /// The reasons of the decision that is contested.
    former_reasons: Vec<String>,
    /// Whoever looks decided what is contested, and so does not decide the appeal.
    decided_before: bool,
    may_decide: bool,
    /// What accepting it would come to; else what is in the way.
    would: Option<Would>,
    obstacle: Option<String>,
}

#[derive(Serialize)]
struct Would {
    score: String,
    before: Option<String>,
    rank: i64,
    of: i64,
}

impl View for CityAppeal {
    const TEMPLATE: &'static str = "city_appeal.html";
}

impl CityAppeal {
    fn of(
        appeal: Appeal,
        application: Application,
        outlook: Outlook,
        decided_before: bool,
        language: Language,
    ) -> Self {
        let (would, obstacle) = match outlook.overturned {
            Ok(it) => {
                let would = Would {
                    score: points(it.score, language),
                    before: it.before.map(|score| points(score, language)),
                    rank: it.rank,
                    of: it.of,
                };
                (Some(would), None)
            }
            Err(refusal) => (None, Some(say(&refusal.detail, language))),
        };
        Self {
            id: appeal.id.to_string(),
            reference: appeal.reference,
            association: appeal.association,
            application: appeal.application,
            application_id: appeal.application_id.to_string(),
            contested: appeal.contested.as_str(),
            contested_at: appeal.contested_at,
            grounds: appeal.grounds,
            filed_at: appeal.filed_at,
            silence_at: appeal.silence_at,
            outcome: appeal.outcome.map(|outcome| outcome.as_str()),
            to_mark: appeal.outcome == Some(AppealOutcome::Overturned)
                && appeal.marked_anew_at.is_none(),
            reasons: appeal.reasons,
            former_reasons: application.reasons,
            decided_before,
            may_decide: outlook.may_decide,
            would,
            obstacle,
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: AppealId) -> ApiResult<(CityAppeal, i32)> {
    let now = page.state().database.now();
    let (appeal, application, outlook) = page
        .read(move |db, actor| {
            let appeal = eligibility::appeal(db, actor, id)?;
            let application = eligibility::application(db, actor, appeal.application_id)?;
            let outlook = eligibility::appeal_outlook(db, actor, id, now)?;
            Ok((appeal, application, outlook))
        })
        .await?;
    let version = appeal.version;
    let decided_before = appeal.contested_by == Some(page.actor().person);
    let view = CityAppeal::of(
        appeal,
        application,
        outlook,
        decided_before,
        page.language(),
    );
    Ok((view, version))
}

pub(crate) async fn show(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Appeal>,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// A decision, as the page asks for it.
#[derive(Deserialize)]
struct Decided {
    outcome: AppealOutcome,
    /// A reason a line.
    reasons: Option<String>,
}

pub(crate) async fn decide(
    page: Page<DecideAppeals>,
    PathId(id): PathId<kernel::Appeal>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Decided>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let reasons = sent.reasons.unwrap_or_default();
            let reasons = reasons.lines().map(str::to_owned).collect();
            let decision = AppealDecision {
                outcome: sent.outcome,
                reasons: Some(Reasons::Several(reasons)),
            };
            let decide = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                seen.of::<Appeal>(tx, actor, id)?;
                let decided = eligibility::decide_appeal(tx, actor, id, &decision)?;
                let saved = Saved::at(format!("/ville/recours/{id}")).about(decided.id);
                Ok(match decision.outcome {
                    AppealOutcome::Overturned => saved.saying(
                        "Le recours est accepté ; l’association est prévenue.",
                        "The appeal is accepted; the association is told.",
                    ),
                    AppealOutcome::Upheld => saved.saying(
                        "Le recours est rejeté ; l’association est prévenue, avec les raisons.",
                        "The appeal is rejected; the association is told, with the reasons.",
                    ),
                })
            };
            page.write(&form, "post_appeals_id_decide", decide).await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(&page, id).await?;
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(moment) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let view =
        |contested: &Contested, outcome: Option<&'static str>, decided_before: bool| CityAppeal {
            id: SAMPLE_ID.to_owned(),
            reference: "RC-2023-0003".to_owned(),
            association: "Les Amis".to_owned(),
            application: "D-2023-0042".to_owned(),
            application_id: SAMPLE_ID.to_owned(),
            contested: contested.as_str(),
            contested_at: moment,
            grounds: "Marseille".to_owned(),
            filed_at: moment,
            silence_at: moment.plus_days(60),
            outcome,
            to_mark: outcome == Some("overturned"),
            reasons: vec!["-".to_owned(); usize::from(outcome.is_some())],
            former_reasons: vec!["-".to_owned(); usize::from(decided_before)],
            decided_before,
            may_decide: outcome.is_none() && !decided_before,
            would: (*contested != Contested::Silence).then(|| Would {
                score: "72.4".to_owned(),
                before: decided_before.then(|| "60".to_owned()),
                rank: 3,
                of: 27,
            }),
            obstacle: (*contested == Contested::Silence).then(|| "-".to_owned()),
        };
    let row = |contested: &Contested, outcome: Option<&'static str>| Row {
        id: SAMPLE_ID.to_owned(),
        reference: "RC-2023-0003".to_owned(),
        association: "Les Amis".to_owned(),
        application: "D-2023-0042".to_owned(),
        contested: contested.as_str(),
        filed_at: moment,
        silence_at: moment.plus_days(60),
        outcome,
    };
    let list = |rows: Vec<Row>, open: &str| CityAppeals {
        open: open.to_owned(),
        next: (!rows.is_empty()).then(|| "/ville/recours?after=x".to_owned()),
        table: "/ville/recours?csv=fr".to_owned(),
        rows,
    };
    let outcomes = [None, Some("overturned"), Some("upheld")];
    let rows = Contested::ALL.iter().zip(outcomes);
    let rows = rows
        .map(|(contested, outcome)| row(contested, outcome))
        .collect();
    let mut all = vec![
        Sample::of("appeals", &list(rows, "yes")),
        Sample::of("appeals, none", &list(Vec::new(), "")),
    ];
    for contested in Contested::ALL {
        let page = view(contested, None, *contested == Contested::Score);
        let sample = Sample::of(&format!("appeal on {contested}"), &page);
        all.push(sample.with_form(|form| form.with_mistake("reasons", "123")));
    }
    for outcome in ["overturned", "upheld"] {
        let page = view(&Contested::Refusal, Some(outcome), false);
        all.push(Sample::of(&format!("appeal, {outcome}"), &page));
    }
    all
}
