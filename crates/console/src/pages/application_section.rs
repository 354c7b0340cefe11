//! `/demandes/{id}/{section}`: one subject of an application, saved as one goes.

use std::sync::Arc;

use ::web::access::Apply;
use ::web::{ApiError, ApiResult, PathId};
use eligibility::{Application, Form as Answers, Programme, Request, Section};
use kernel::{ApplicationId, DeviceKind, Refusal};
use serde::{Deserialize, Serialize};

use super::application_parts::{
    Answered, Change, PathSection, SAMPLE_ID, changes, choices, kind_name, page_of, sample_answers,
    sample_form, slug,
};
use super::choices::Choice;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct SectionPage {
    id: String,
    reference: String,
    section: &'static str,
    slug: &'static str,
    editable: bool,
    /// What is saved now: shown beside what was typed when somebody else changed it.
    current: Answered,
    /// What staff asked for on this page.
    asked: Vec<Change>,
    advice: Vec<String>,
    /// The programme's kinds, a row each.
    kinds: Vec<KindRow>,
    lot_min: i32,
    lot_max: i32,
    purposes: Vec<Choice>,
    themes: Vec<Choice>,
    labels: Vec<Choice>,
    publics: Vec<Choice>,
    site_kinds: Vec<Choice>,
    /// The texts of the commitments.
    commitments: Vec<Choice>,
}

/// A kind that may be asked for.
#[derive(Serialize)]
struct KindRow {
    kind: &'static str,
    text: &'static str,
    /// Kinds that would do as well.
    others: Vec<Choice>,
}

impl View for SectionPage {
    const TEMPLATE: &'static str = "application_section.html";
}

struct Loaded {
    view: SectionPage,
    application: Application,
    programme: Programme,
}

async fn load(page: &Page<Apply>, id: ApplicationId, section: Section) -> ApiResult<Loaded> {
    let (now, language) = (page.state().database.now(), page.language());
    let setup = Arc::clone(&page.state().eligibility);
    page.read(move |db, actor| {
        let application = eligibility::application(db, actor, id)?;
        let programme = eligibility::programme(db, application.programme_id)?;
        let checklist = eligibility::checklist(db, actor, &setup, id, now)?;
        let lists = &setup.lists;
        let about = |advice: &eligibility::Advice| advice.section == section;
        let advice = checklist.advice.iter().filter(|it| about(it));
        let here = |field: &str| page_of(field) == Some(slug(section));
        let items = application.changes.iter().flat_map(|it| &it.items);
        let numbers: Vec<usize> = items
            .filter(|it| here(&it.field))
            .map(|it| it.number)
            .collect();
        let mut asked = changes(&application);
        asked.retain(|change| numbers.contains(&change.number()));
        let purpose = |it: &eligibility::Purpose| Choice {
            value: it.as_str().to_owned(),
            text: super::application_parts::in_language(language, it.french(), it.english()),
        };
        let texts = &lists.commitments;
        let commitments = [
            ("republican_contract", &texts.republican_contract),
            ("no_resale", &texts.no_resale),
            ("follow_up", &texts.follow_up),
        ];
        let view = SectionPage {
            id: id.to_string(),
            reference: application.reference.clone(),
            section: section.as_str(),
            slug: slug(section),
            editable: application.status.is_editable(),
            current: Answered::of(&application.form, lists, language),
            asked,
            advice: advice
                .map(|it| crate::language::say(&it.text, language))
                .collect(),
            kinds: kind_rows(&programme.kinds, |kind| kind_name(kind, 2, language)),
            lot_min: programme.lot_min,
            lot_max: programme.lot_max,
            purposes: eligibility::Purpose::ALL.iter().map(purpose).collect(),
            themes: choices(&lists.themes, language),
            labels: choices(&lists.labels, language),
            publics: choices(&lists.publics, language),
            site_kinds: choices(&lists.site_kinds, language),
            commitments: commitments
                .map(|(name, text)| Choice {
                    value: format!("commitments/{name}"),
                    text: crate::language::say(text, language),
                })
                .into(),
        };
        Ok(Loaded {
            view,
            application,
            programme,
        })
    })
    .await
}

fn kind_rows(kinds: &[DeviceKind], name: impl Fn(DeviceKind) -> &'static str) -> Vec<KindRow> {
    let row = |kind: &DeviceKind| KindRow {
        kind: kind.as_str(),
        text: name(*kind),
        others: kinds
            .iter()
            .filter(|other| *other != kind)
            .map(|other| Choice {
                value: other.as_str().to_owned(),
                text: name(*other).to_owned(),
            })
            .collect(),
    };
    kinds.iter().map(row).collect()
}

/// The rows of what may be asked for: each kind of the programme, asked for or not.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rows {
    requests: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    kind: DeviceKind,
    quantity: Option<i64>,
    #[serde(default)]
    accepts: Vec<DeviceKind>,
}

impl Rows {
    fn of(kinds: &[DeviceKind], form: &Answers) -> Self {
        let asked = |kind: DeviceKind| {
            let mut requests = form.requests.iter().flatten();
            requests.find(|request| request.kind == kind)
        };
        let row = |kind: &DeviceKind| Row {
            kind: *kind,
            quantity: asked(*kind).map(|it| it.quantity),
            accepts: asked(*kind)
                .map(|it| it.accepts.clone())
                .unwrap_or_default(),
        };
        Self {
            requests: kinds.iter().map(row).collect(),
        }
    }
}

/// What a page filled in, and for the list of requests the row on the page of each.
fn read(section: Section, form: &Form) -> ApiResult<(Answers, Vec<usize>)> {
    if section != Section::Request {
        return Ok((form.read::<Answers>()?, Vec::new()));
    }
    let rows: Rows = form.read()?;
    let filled = rows.requests.into_iter().enumerate();
    let filled = filled.filter_map(|(at, row)| {
        let quantity = row.quantity.filter(|quantity| *quantity != 0)?;
        let request = Request {
            kind: row.kind,
            quantity,
            accepts: row.accepts,
        };
        Some((request, at))
    });
    let (requests, rows): (Vec<Request>, Vec<usize>) = filled.unzip();
    let answers = Answers {
        requests: (!requests.is_empty()).then_some(requests),
        ..Answers::default()
    };
    Ok((answers, rows))
}

/// A refusal that names requests by their place in the list, naming them by their row on the page.
fn at_rows(cause: ApiError, rows: &[usize]) -> ApiError {
    let Some(refusal) = cause.refused() else {
        return cause;
    };
    let mut refusal: Refusal = refusal.clone();
    for error in &mut refusal.errors {
        let moved = error.pointer.as_deref().and_then(|pointer| {
            let below = pointer.strip_prefix("/requests/")?;
            let (number, rest) = below.split_once('/').unwrap_or((below, ""));
            let row = rows.get(number.parse::<usize>().ok()?)?;
            Some(format!("/requests/{row}/{rest}"))
        });
        if moved.is_some() {
            error.pointer = moved;
        }
    }
    refusal.into()
}

pub(crate) async fn show(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    section: PathSection,
) -> PageResult {
    let section = section.known()?;
    let loaded = load(&page, id, section).await?;
    let form = match section {
        Section::Request => {
            FormView::filled(&Rows::of(&loaded.programme.kinds, &loaded.application.form))?
        }
        _ => FormView::filled(&loaded.application.form)?,
    };
    page.show_form(&loaded.view, &form.version(loaded.application.version))
}

pub(crate) async fn save(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    section: PathSection,
    form: Form,
) -> PageResult {
    let section = section.known()?;
    let setup = Arc::clone(&page.state().eligibility);
    let seen = form.if_match();
    let saved = match read(section, &form) {
        Err(cause) => Err(cause),
        Ok((answers, rows)) => page
            .write(&form, "patch_applications_id", move |tx, actor| {
                seen.of::<Application>(tx, actor, id)?;
                let lists = &setup.lists;
                let filled = eligibility::fill_section(tx, actor, lists, id, section, &answers)?;
                let saved = Saved::at(format!("/demandes/{id}")).about(id);
                Ok(saved
                    .version(filled.version)
                    .saying("C'est enregistré.", "It is saved."))
            })
            .await
            .map_err(|cause| at_rows(cause, &rows)),
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let loaded = load(&page, id, section).await?;
            page.retry_against(loaded.application.version, &loaded.view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let choice = |value: &str, text: &str| Choice {
        value: value.to_owned(),
        text: text.to_owned(),
    };
    let page = |section: Section| SectionPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        section: section.as_str(),
        slug: slug(section),
        editable: true,
        current: sample_answers(),
        asked: vec![Change::sample(true), Change::sample(false)],
        advice: vec!["123".to_owned()],
        kinds: kind_rows(&[DeviceKind::Desktop, DeviceKind::Laptop], |kind| {
            kind.english(2)
        }),
        lot_min: 10,
        lot_max: 30,
        purposes: vec![choice("new_project", "1"), choice("other", "2")],
        themes: vec![choice("precarity", "1")],
        labels: vec![choice("esus", "1")],
        publics: vec![choice("youth", "1")],
        site_kinds: vec![choice("office", "1")],
        commitments: vec![choice("commitments/no_resale", "1")],
    };
    let form = sample_form();
    let filled = |it: FormView| FormView::filled(&form).unwrap_or(it).version(3);
    let mut all: Vec<Sample> = Section::ALL
        .iter()
        .map(|section| Sample::of(&format!("section {section}"), &page(*section)).with_form(filled))
        .collect();
    let wrong = |it: FormView| filled(it).with_mistake("requests/0/quantity", "123");
    all.push(Sample::of("section with a mistake", &page(Section::Request)).with_form(wrong));
    let stale = |it: FormView| {
        let mut it = filled(it).with_mistake("statement", "123");
        it.against(4);
        it
    };
    all.push(Sample::of("section that somebody changed", &page(Section::Project)).with_form(stale));
    let closed = SectionPage {
        editable: false,
        asked: Vec::new(),
        ..page(Section::Public)
    };
    all.push(Sample::of("section that is closed", &closed));
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sent(body: &str) -> Form {
        let kind = "application/x-www-form-urlencoded";
        Form::parse(kind, &body.to_owned().into()).unwrap()
    }

    #[test]
    fn rows_without_a_quantity_ask_for_nothing_and_mistakes_find_their_row() {
        let form = sent(
            "requests/0/kind=desktop&requests/0/quantity=&requests/1/kind=laptop\
             &requests/1/quantity=12&requests/1/accepts=desktop&requests/2/kind=tablet&requests/2/quantity=0",
        );
        let (answers, rows) = read(Section::Request, &form).unwrap();
        let requests = answers.requests.unwrap();
        assert_eq!((requests.len(), requests[0].quantity), (1, 12));
        assert_eq!(requests[0].accepts, [DeviceKind::Desktop]);
        let refusal = Refusal::field(
            "/requests/0/quantity",
            kernel::Code::OutOfRange,
            kernel::Code::OutOfRange.help(),
        );
        let moved = at_rows(refusal.into(), &rows);
        let pointer = moved.refused().unwrap().errors[0].pointer.clone();
        assert_eq!(pointer.as_deref(), Some("/requests/1/quantity"));
    }

    #[test]
    fn boxes_that_are_cleared_are_empty() {
        let (answers, _) = read(Section::Project, &sent("purpose=other&statement=")).unwrap();
        assert_eq!((answers.themes, answers.statement), (None, None));
    }
}
