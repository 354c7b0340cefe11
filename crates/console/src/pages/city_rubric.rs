//! `/ville/programmes/{id}/grille`: the rubric of a programme, and what another one, or a new version,
//! would move among the applications that there are, before it is pinned.

use std::sync::Arc;

use ::web::access::ManageProgrammes;
use ::web::{ApiResult, Params, PathId};
use eligibility::rubric::Rubric;
use eligibility::{Comparison, Move, RubricChoice};
use kernel::{Code, Language, ProgrammeId, Refusal};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use super::application_score::points;
use super::choices::Choice;
use crate::language::say;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Those who move most are shown, so many at the most.
const SHOWN: usize = 100;

/// Which rubric to try.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    rubric: Option<String>,
}

#[derive(Serialize)]
struct CityRubric {
    id: String,
    programme: String,
    rubric: String,
    criteria: Vec<Criterion>,
    choices: Vec<Choice>,
    tried: Option<Tried>,
}

#[derive(Serialize)]
struct Criterion {
    title: String,
    weight: i32,
}

/// What another rubric would change.
#[derive(Serialize)]
struct Tried {
    rubric: String,
    name: String,
    same: bool,
    applications: usize,
    moved: usize,
    left_out: usize,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    association: String,
    reference: String,
    old_score: String,
    new_score: String,
    old_rank: usize,
    new_rank: usize,
    /// The criterion that makes most of the difference.
    because: Option<String>,
    knocked_out: bool,
}

impl View for CityRubric {
    const TEMPLATE: &'static str = "city_rubric.html";
}

impl Tried {
    fn of(name: String, comparison: Comparison, language: Language) -> Self {
        let mut items = comparison.items;
        items.sort_by_key(|it| std::cmp::Reverse(it.new_rank.abs_diff(it.old_rank)));
        let row = |it: &Move| Row {
            href: format!("/ville/demandes/{}", it.application_id),
            association: it.association.clone(),
            reference: it.reference.clone(),
            old_score: points(it.old_score, language),
            new_score: points(it.new_score, language),
            old_rank: it.old_rank,
            new_rank: it.new_rank,
            because: it.because.first().map(|it| it.title.clone()),
            knocked_out: !it.knocked_out.is_empty(),
        };
        Self {
            rubric: format!(
                "{}, version {}",
                comparison.new.rubric, comparison.new.version
            ),
            name,
            same: comparison.new.rubric == comparison.old.rubric
                && comparison.new.version == comparison.old.version,
            applications: comparison.applications,
            moved: comparison.moved,
            left_out: items.len().saturating_sub(SHOWN),
            rows: items.iter().take(SHOWN).map(row).collect(),
        }
    }
}

async fn load(
    page: &Page<ManageProgrammes>,
    id: ProgrammeId,
    tried: Option<String>,
) -> ApiResult<(CityRubric, i32)> {
    let setup = Arc::clone(&page.state().eligibility);
    let known = tried.filter(|name| setup.library.text(name).is_some());
    let (it, comparison) = {
        let (setup, known) = (Arc::clone(&setup), known.clone());
        let work = move |db: &mut db::Db, _: &kernel::Actor| {
            let it = eligibility::programme(db, id)?;
            let comparison = known.map(|rubric| {
                let choice = RubricChoice { rubric };
                eligibility::compare_rubrics(db, &setup.library, id, &choice)
            });
            Ok((it, comparison.transpose()?))
        };
        page.state().read_long(page.who(), work).await?
    };
    let pinned = Rubric::parse(&it.rubric_text)?;
    let language = page.language();
    let criteria = pinned.criteria.iter().map(|it| Criterion {
        title: say(&it.title, language),
        weight: it.weight,
    });
    let choice = |name: &str| Choice {
        value: name.to_owned(),
        text: match setup.library.find(name) {
            Ok((rubric, _)) => format!("{name}, version {}", rubric.version),
            Err(_) => name.to_owned(),
        },
    };
    let name = known.unwrap_or_default();
    let view = CityRubric {
        id: it.id.to_string(),
        rubric: format!("{}, version {}", it.rubric, it.rubric_version),
        criteria: criteria.collect(),
        choices: setup.library.names().map(choice).collect(),
        tried: comparison.map(|comparison| Tried::of(name, comparison, language)),
        programme: it.name,
    };
    Ok((view, it.version))
}

pub(crate) async fn show(
    page: Page<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
    Params(wanted): Params<Wanted>,
) -> PageResult {
    let (view, version) = load(&page, id, wanted.rubric).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) async fn pin(
    page: Page<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let chosen = form.get("rubric").to_owned();
    let saved: ApiResult<Saved> = if chosen.is_empty() {
        Err(Refusal::field("/rubric", Code::Required, Code::Required.help()).into())
    } else {
        let setup = Arc::clone(&page.state().eligibility);
        let choice = RubricChoice {
            rubric: chosen.clone(),
        };
        let pin = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
            seen.check(eligibility::programme(tx, id)?.version)?;
            eligibility::change_rubric(tx, actor, &setup.library, id, &choice)?;
            Ok(Saved::at(format!("/ville/programmes/{id}/grille"))
                .about(id)
                .saying(
                    "La grille est changée ; les demandes éligibles ont leurs nouveaux points.",
                    "The rubric is changed; eligible applications have their new scores.",
                ))
        };
        page.write_long(&form, "put_programmes_id_rubric", pin)
            .await
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(&page, id, Some(chosen)).await?;
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |knocked_out: bool| Row {
        href: format!("/ville/demandes/{SAMPLE_ID}"),
        association: "Les Amis".to_owned(),
        reference: "D-2023-0042".to_owned(),
        old_score: "72.4".to_owned(),
        new_score: "60".to_owned(),
        old_rank: 3,
        new_rank: 12,
        because: (!knocked_out).then(|| "A".to_owned()),
        knocked_out,
    };
    let tried = |same: bool| Tried {
        rubric: "marseille-2024, version 2".to_owned(),
        name: "marseille-2024".to_owned(),
        same,
        applications: 27,
        moved: if same { 0 } else { 12 },
        left_out: if same { 0 } else { 4 },
        rows: if same {
            Vec::new()
        } else {
            vec![row(true), row(false)]
        },
    };
    let page = |tried| CityRubric {
        id: SAMPLE_ID.to_owned(),
        programme: "Marseille 2023".to_owned(),
        rubric: "marseille-2023, version 1".to_owned(),
        criteria: vec![Criterion {
            title: "A".to_owned(),
            weight: 25,
        }],
        choices: vec![Choice {
            value: "marseille-2024".to_owned(),
            text: "marseille-2024, version 2".to_owned(),
        }],
        tried,
    };
    vec![
        Sample::of("rubric", &page(None)),
        Sample::of("rubric, another tried", &page(Some(tried(false)))),
        Sample::of("rubric, the same tried", &page(Some(tried(true)))),
    ]
}
