//! `/ville/programmes`: programmes, created and changed, also while they run; the table of the
//! fragility index.

use std::sync::Arc;

use ::web::access::ManageProgrammes;
use ::web::{ApiResult, Csv, Paging, PathId, columns};
use eligibility::{NewProgramme, Programme, ProgrammeChange, TerritoryNames};
use kernel::{Code, DeviceKind, Instant, Language, PageRequest, ProgrammeId, Refusal, Text};
use serde::{Deserialize, Serialize};

use super::application_parts::{SAMPLE_ID, kind_name};
use super::choices::Choice;
use crate::moments::{self, Parts};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// When applications are taken from on, when nobody says the hour, and until when.
const OPENS: (u32, u32) = (0, 0);
const CLOSES: (u32, u32) = (23, 59);

#[derive(Serialize)]
struct CityProgrammes {
    rows: Vec<Row>,
    next: Option<String>,
    table: String,
    territories: Option<Loaded>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    opens_at: Instant,
    closes_at: Option<Instant>,
    open: bool,
    rubric: String,
}

/// The table of the fragility index that is used.
#[derive(Serialize)]
struct Loaded {
    source: String,
    loaded_at: Instant,
    rows: i64,
}

impl View for CityProgrammes {
    const TEMPLATE: &'static str = "city_programmes.html";
}

impl Row {
    fn of(it: Programme, now: Instant) -> Self {
        Self {
            id: it.id.to_string(),
            open: it.opens_at <= now && it.closes_at.is_none_or(|at| now < at),
            name: it.name,
            opens_at: it.opens_at,
            closes_at: it.closes_at,
            rubric: format!("{}, version {}", it.rubric, it.rubric_version),
        }
    }
}

async fn listed(page: &Page<ManageProgrammes>, request: PageRequest) -> ApiResult<CityProgrammes> {
    let now = page.state().database.now();
    let (found, loaded) = page
        .read(move |db, _| {
            Ok((
                eligibility::programmes(db, &request)?,
                eligibility::loaded_territories(db)?,
            ))
        })
        .await?;
    let rows = found.items.into_iter().map(|it| Row::of(it, now));
    Ok(CityProgrammes {
        rows: rows.collect(),
        next: found
            .next
            .map(|cursor| format!("/ville/programmes?after={cursor}")),
        table: "/ville/programmes?csv=fr".to_owned(),
        territories: loaded.map(|(source, loaded_at, rows)| Loaded {
            source,
            loaded_at,
            rows,
        }),
    })
}

pub(crate) async fn list(
    page: Page<ManageProgrammes>,
    Paging(request): Paging,
    Csv(csv): Csv,
) -> PageResult {
    if csv {
        let everything = PageRequest::everything();
        let table = page.table(move |db, _| {
            columns::programmes(eligibility::programmes(db, &everything)?.items)
        });
        return table.await;
    }
    page.show_form(&listed(&page, request).await?, &FormView::empty()?)
}

/// Where a table of the index comes from, as explanations cite it.
#[derive(Deserialize)]
struct Origin {
    source: Option<String>,
}

pub(crate) async fn load_territories(page: Page<ManageProgrammes>, form: Form) -> PageResult {
    match territories_of(&page, &form).await {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let first = PageRequest::new(None, None)?;
            page.retry(&listed(&page, first).await?, &form, cause)
        }
    }
}

async fn territories_of(page: &Page<ManageProgrammes>, form: &Form) -> ApiResult<Saved> {
    let origin = form.read::<Origin>()?;
    let Some(file) = form.file("table").filter(|file| !file.bytes.is_empty()) else {
        let detail = Text::new("Choisissez un fichier CSV.", "Choose a CSV file.");
        return Err(Refusal::field("/table", Code::Required, detail).into());
    };
    let (bytes, asks) = (file.bytes.clone(), page.who().asks());
    let read = page
        .state()
        .database
        .compute(Some(asks), move || eligibility::read_territories(&bytes));
    let at_field = |cause: db::Error| match cause {
        db::Error::Refused(refusal) if refusal.errors.is_empty() => {
            Refusal::field("/table", refusal.code, refusal.detail).into()
        }
        other => other,
    };
    let table = read.await.map_err(at_field)?;
    let deed = "post_territories";
    page.write_long(form, deed, move |tx, _| {
        let report = eligibility::load_territories(tx, &table, origin.source.as_deref())?;
        let (taken, left) = (report.accepted, report.rejected);
        let said = Text::new(
            format!("{taken} lignes prises, {left} laissées de côté."),
            format!("{taken} rows taken, {left} left out."),
        );
        let kind = if left == 0 { "success" } else { "warning" };
        Ok(Saved::at("/ville/programmes").telling(said, kind))
    })
    .await
}

/// The page on which a programme is created or changed.
#[derive(Serialize)]
struct CityProgramme {
    /// None for a new one.
    id: Option<String>,
    name: String,
    kinds: Vec<&'static str>,
    lot_min: i32,
    lot_max: i32,
    territory: String,
    follow_up_months: i32,
    guarantee_months: i32,
    /// None for a programme that gives.
    loan_months: Option<i32>,
    opens: Parts,
    closes: Parts,
    /// Rubrics to choose from, for a new one.
    rubrics: Vec<Choice>,
    rubric: String,
    every_kind: Vec<Choice>,
    /// Associations that hear of a change.
    open_applications: usize,
}

impl View for CityProgramme {
    const TEMPLATE: &'static str = "city_programme.html";
}

fn every_kind(language: Language) -> Vec<Choice> {
    let choice = |kind: &DeviceKind| Choice {
        value: kind.as_str().to_owned(),
        text: kind_name(*kind, 2, language).to_owned(),
    };
    DeviceKind::ALL.iter().map(choice).collect()
}

fn fresh<P>(page: &Page<P>, language: Language) -> CityProgramme
where
    P: ::web::access::Permission,
{
    let setup = Arc::clone(&page.state().eligibility);
    let named = |name: &str| Choice {
        value: name.to_owned(),
        text: name.to_owned(),
    };
    CityProgramme {
        id: None,
        name: String::new(),
        kinds: vec![DeviceKind::Desktop.as_str()],
        lot_min: 10,
        lot_max: 30,
        territory: String::new(),
        follow_up_months: i32::try_from(setup.delays.follow_up_months).unwrap_or(12),
        guarantee_months: 6,
        loan_months: None,
        opens: Parts::default(),
        closes: Parts::default(),
        rubrics: setup.library.names().map(named).collect(),
        rubric: String::new(),
        every_kind: every_kind(language),
        open_applications: 0,
    }
}

/// What the form says of a programme, beside its moments.
#[derive(Deserialize)]
struct Fields {
    name: Option<String>,
    rubric: Option<String>,
    #[serde(default)]
    kinds: Vec<DeviceKind>,
    lot_min: i32,
    lot_max: i32,
    territory: Option<String>,
    follow_up_months: i32,
    guarantee_months: i32,
    loan_months: Option<i32>,
}

/// What the form says of a programme.
fn sent(form: &Form) -> ApiResult<(Fields, Option<Instant>, Option<Instant>)> {
    let fields = form.read::<Fields>()?;
    let opens = moments::read(form, "opens", OPENS)?;
    let closes = moments::read(form, "closes", CLOSES)?;
    Ok((fields, opens, closes))
}

/// A refusal of a moment, at its fields.
fn at_moment(cause: db::Error) -> db::Error {
    let mut refusal = match cause {
        db::Error::Refused(refusal) => refusal,
        other => return other,
    };
    for error in &mut refusal.errors {
        if let Some(pointer) = error.pointer.as_mut().filter(|it| it.ends_with("s_at")) {
            pointer.truncate(pointer.len() - "_at".len());
        }
    }
    db::Error::Refused(refusal)
}

pub(crate) async fn blank(page: Page<ManageProgrammes>) -> PageResult {
    page.show_form(&fresh(&page, page.language()), &FormView::empty()?)
}

pub(crate) async fn create(page: Page<ManageProgrammes>, form: Form) -> PageResult {
    let setup = Arc::clone(&page.state().eligibility);
    let saved = match sent(&form) {
        Err(cause) => Err(cause),
        Ok((_, None, _)) => {
            let refusal = Refusal::field("/opens", Code::Required, Code::Required.help());
            Err(refusal.into())
        }
        Ok((fields, Some(opens_at), closes_at)) => {
            let new = NewProgramme {
                name: fields.name.unwrap_or_default(),
                rubric: fields.rubric.unwrap_or_default(),
                kinds: fields.kinds,
                lot_min: fields.lot_min,
                lot_max: fields.lot_max,
                opens_at,
                closes_at,
                territory: fields.territory.map(TerritoryNames::One),
                follow_up_months: Some(fields.follow_up_months),
                guarantee_months: Some(fields.guarantee_months),
                loan_months: fields.loan_months,
            };
            let create = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                let made = eligibility::create_programme(tx, actor, &setup, &new);
                let made = made.map_err(at_moment)?;
                Ok(Saved::at("/ville/programmes")
                    .about(made.id)
                    .saying("Le programme est créé.", "The programme is created."))
            };
            page.write(&form, "post_programmes", create).await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&fresh(&page, page.language()), &form, cause),
    }
}

async fn load(page: &Page<ManageProgrammes>, id: ProgrammeId) -> ApiResult<(CityProgramme, i32)> {
    let (it, open_applications) = page
        .read(move |db, _| {
            let it = eligibility::programme(db, id)?;
            Ok((it, eligibility::open_applications(db, id)?))
        })
        .await?;
    let version = it.version;
    let view = CityProgramme {
        id: Some(it.id.to_string()),
        name: it.name,
        kinds: it.kinds.iter().map(|kind| kind.as_str()).collect(),
        lot_min: it.lot_min,
        lot_max: it.lot_max,
        territory: it.territory,
        follow_up_months: it.follow_up_months,
        guarantee_months: it.guarantee_months,
        loan_months: it.loan_months,
        opens: Parts::of(Some(it.opens_at)),
        closes: Parts::of(it.closes_at),
        rubrics: Vec::new(),
        rubric: format!("{}, version {}", it.rubric, it.rubric_version),
        every_kind: every_kind(page.language()),
        open_applications,
    };
    Ok((view, version))
}

pub(crate) async fn show(
    page: Page<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) async fn change(
    page: Page<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match sent(&form) {
        Err(cause) => Err(cause),
        Ok((fields, opens_at, closes_at)) => {
            let change = ProgrammeChange {
                name: Some(fields.name.unwrap_or_default()),
                kinds: Some(fields.kinds),
                lot_min: Some(fields.lot_min),
                lot_max: Some(fields.lot_max),
                opens_at,
                closes_at: Some(closes_at),
                territory: Some(fields.territory.map(TerritoryNames::One)),
                follow_up_months: Some(fields.follow_up_months),
                guarantee_months: Some(fields.guarantee_months),
                loan_months: Some(fields.loan_months),
            };
            let change = move |tx: &mut db::Tx<'_>, _: &kernel::Actor| {
                seen.check(eligibility::programme(tx, id)?.version)?;
                let changed = eligibility::change_programme(tx, id, &change);
                let changed = changed.map_err(at_moment)?;
                Ok(Saved::at("/ville/programmes").about(changed.id).saying(
                    "Le programme est changé ; les associations qui préparent une demande sont prévenues.",
                    "The programme is changed; associations that prepare an application are told.",
                ))
            };
            page.write_long(&form, "patch_programmes_id", change).await
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
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |open| Row {
        id: SAMPLE_ID.to_owned(),
        name: "Marseille 2023".to_owned(),
        opens_at: at,
        closes_at: Some(at).filter(|_| open),
        open,
        rubric: "marseille-2023, version 1".to_owned(),
    };
    let list = |rows: Vec<Row>| CityProgrammes {
        next: (!rows.is_empty()).then(|| "/ville/programmes?after=x".to_owned()),
        table: "/ville/programmes?csv=fr".to_owned(),
        territories: (!rows.is_empty()).then(|| Loaded {
            source: "IFN".to_owned(),
            loaded_at: at,
            rows: 119,
        }),
        rows,
    };
    let choice = |text: &str| Choice {
        value: text.to_owned(),
        text: text.to_owned(),
    };
    let page = |id: Option<&str>| CityProgramme {
        id: id.map(str::to_owned),
        name: "Marseille 2023".to_owned(),
        kinds: vec!["desktop"],
        lot_min: 10,
        lot_max: 30,
        territory: "13055".to_owned(),
        follow_up_months: 12,
        guarantee_months: 6,
        loan_months: Some(12),
        opens: Parts::of(Some(at)),
        closes: Parts::default(),
        rubrics: vec![choice("marseille-2023")],
        rubric: "marseille-2023, version 1".to_owned(),
        every_kind: every_kind(Language::English),
        open_applications: 3,
    };
    vec![
        Sample::of("programmes", &list(vec![row(true), row(false)])),
        Sample::of("programmes, none", &list(Vec::new()))
            .with_form(|form| form.with_mistake("table", "123")),
        Sample::of("programme, new", &page(None))
            .with_form(|form| form.with_mistake("opens", "123")),
        Sample::of("programme, to change", &page(Some(SAMPLE_ID))),
    ]
}
