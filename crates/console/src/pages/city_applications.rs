//! `/ville/demandes`: the applications that the city's staff look for, as a page and as a table;
//! `/ville/absences`: all cases of somebody given to somebody else.

use ::web::access::ReviewApplications;
use ::web::{Csv, Paging, Params, columns};
use eligibility::{
    Application, ApplicationFilter, ApplicationStatus, Assigned, CaseTransfer, Programme, SharedOut,
};
use kernel::{Instant, Language, PageRequest, PersonId, ProgrammeId, Text};
use serde::{Deserialize, Serialize};

use super::application_parts::{SAMPLE_ID, kind_name};
use super::choices::Choice;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

/// Programmes and colleagues to choose from, at the most.
const CHOICES: u32 = 200;

/// What the list is narrowed to: the parameters of its address, which links to an application
/// carry along.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    programme: Option<ProgrammeId>,
    status: Option<ApplicationStatus>,
    /// Somebody's id, or `nobody`.
    assigned: Option<String>,
    answered: Option<String>,
    q: Option<String>,
}

impl Wanted {
    /// As the service takes it.
    pub(crate) fn filter(&self) -> ApplicationFilter {
        let assigned = self.assigned.as_deref().and_then(|text| match text {
            "nobody" => Some(Assigned::Nobody),
            id => id.parse::<PersonId>().ok().map(Assigned::To),
        });
        ApplicationFilter {
            programme_id: self.programme,
            association_id: None,
            status: self.status,
            assigned,
            answered: self.answered.is_some(),
            q: self.q.clone(),
        }
    }

    /// An address that carries the filters along.
    pub(crate) fn at(&self, path: &str) -> String {
        self.at_with(path, "", "")
    }

    fn at_with(&self, path: &str, name: &str, value: &str) -> String {
        let programme = self.programme.map(|id| id.to_string()).unwrap_or_default();
        let status = self.status.map_or("", |status| status.as_str());
        let answered = if self.answered.is_some() { "yes" } else { "" };
        let parameters = [
            ("programme", &*programme),
            ("status", status),
            ("assigned", self.assigned.as_deref().unwrap_or_default()),
            ("answered", answered),
            ("q", self.q.as_deref().unwrap_or_default()),
            (name, value),
        ];
        address::with(path, &parameters)
    }
}

#[derive(Serialize)]
struct CityApplications {
    /// The list itself, with its filters.
    action: String,
    programme: String,
    status: String,
    assigned: String,
    answered: bool,
    q: String,
    statuses: Vec<&'static str>,
    programmes: Vec<Choice>,
    staff: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    table: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    href: String,
    reference: String,
    association: String,
    programme: String,
    status: &'static str,
    asked: String,
    submitted_at: Option<Instant>,
    silence_at: Option<Instant>,
    assigned: Option<String>,
    answered: bool,
}

impl View for CityApplications {
    const TEMPLATE: &'static str = "city_applications.html";
}

pub(crate) async fn show(
    page: Page<ReviewApplications>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
    Csv(csv): Csv,
) -> PageResult {
    let filter = wanted.filter();
    if csv {
        let everything = PageRequest::everything();
        let table = page.table(move |db, actor| {
            let found = eligibility::applications(db, actor, &filter, &everything)?;
            columns::applications(&found.items)
        });
        return table.await;
    }
    let view = load(&page, &wanted, request).await?;
    let person_id = page.actor().person.to_string();
    page.show_form(&view, &FormView::filled(&Taker { person_id })?)
}

/// Whom the cases that are ticked are offered to first: whoever ticks them.
#[derive(Serialize)]
struct Taker {
    person_id: String,
}

pub(crate) async fn share_out(
    page: Page<ReviewApplications>,
    Params(wanted): Params<Wanted>,
    form: Form,
) -> PageResult {
    let list = wanted.at("/ville/demandes");
    let sent = match form.read::<SharedOut>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let saved = page.write(&form, "put_applications_assignment", move |tx, actor| {
                let cases = eligibility::share_out(tx, actor, &sent)?.cases;
                Ok(Saved::at(&list).telling(changed_hands(cases), "success"))
            });
            saved.await
        }
    };
    match sent {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = load(&page, &wanted, PageRequest::new(None, None)?).await?;
            page.retry(&view, &form, cause)
        }
    }
}

async fn load(
    page: &Page<ReviewApplications>,
    wanted: &Wanted,
    request: PageRequest,
) -> ::web::ApiResult<CityApplications> {
    let filter = wanted.filter();
    let (found, programmes, staff) = page
        .read(move |db, actor| {
            let few = PageRequest::new(Some(CHOICES), None)?;
            Ok((
                eligibility::applications(db, actor, &filter, &request)?,
                eligibility::programmes(db, &few)?.items,
                identity::staff(db)?,
            ))
        })
        .await?;
    let language = page.language();
    let rows = found.items.iter();
    let rows = rows.map(|it| row(it, wanted, &staff, language)).collect();
    let next = found.next.as_deref();
    Ok(CityApplications {
        action: wanted.at("/ville/demandes"),
        programme: wanted
            .programme
            .map(|id| id.to_string())
            .unwrap_or_default(),
        status: wanted
            .status
            .map_or("", |status| status.as_str())
            .to_owned(),
        assigned: wanted.assigned.clone().unwrap_or_default(),
        answered: wanted.answered.is_some(),
        q: wanted.q.clone().unwrap_or_default(),
        statuses: ApplicationStatus::ALL
            .iter()
            .map(|it| it.as_str())
            .collect(),
        programmes: programmes.iter().map(programme_choice).collect(),
        staff: staff.iter().map(person_choice).collect(),
        next: next.map(|cursor| wanted.at_with("/ville/demandes", "after", cursor)),
        table: wanted.at_with("/ville/demandes", "csv", "fr"),
        rows,
    })
}

fn row(it: &Application, wanted: &Wanted, staff: &[(PersonId, String)], language: Language) -> Row {
    let requests = it.form.requests.iter().flatten();
    let asked = requests.map(|request| {
        let name = kind_name(request.kind, request.quantity.unsigned_abs(), language);
        format!("{} {name}", request.quantity)
    });
    let who = staff.iter().find(|(id, _)| Some(*id) == it.assigned_to);
    Row {
        id: it.id.to_string(),
        href: wanted.at(&format!("/ville/demandes/{}", it.id)),
        reference: it.reference.clone(),
        association: it.association.clone(),
        programme: it.programme.clone(),
        status: it.status.as_str(),
        asked: asked.collect::<Vec<_>>().join(", "),
        submitted_at: it.submitted_at,
        silence_at: it.silence_at.filter(|_| {
            let open = [ApplicationStatus::Submitted, ApplicationStatus::InReview];
            open.contains(&it.status)
        }),
        assigned: who.map(|(_, name)| name.clone()),
        answered: it.answered_at.is_some(),
    }
}

fn programme_choice(programme: &Programme) -> Choice {
    Choice {
        value: programme.id.to_string(),
        text: programme.name.clone(),
    }
}

/// Somebody of the staff, to choose.
pub(crate) fn person_choice((id, name): &(PersonId, String)) -> Choice {
    Choice {
        value: id.to_string(),
        text: name.clone(),
    }
}

#[derive(Serialize)]
struct Absences {
    staff: Vec<Choice>,
}

impl View for Absences {
    const TEMPLATE: &'static str = "city_absences.html";
}

async fn absences(page: &Page<ReviewApplications>) -> ::web::ApiResult<Absences> {
    let staff = page.read(|db, _| identity::staff(db)).await?;
    Ok(Absences {
        staff: staff.iter().map(person_choice).collect(),
    })
}

fn changed_hands(cases: usize) -> Text {
    match cases {
        0 => Text::new("Aucune demande à confier.", "No application to give away."),
        1 => Text::new(
            "Une demande a changé de main.",
            "One application changed hands.",
        ),
        n => Text::new(
            format!("{n} demandes ont changé de main."),
            format!("{n} applications changed hands."),
        ),
    }
}

#[derive(Serialize)]
struct Giver {
    from: String,
}

pub(crate) async fn absence(page: Page<ReviewApplications>) -> PageResult {
    let from = page.actor().person.to_string();
    page.show_form(&absences(&page).await?, &FormView::filled(&Giver { from })?)
}

pub(crate) async fn transfer(page: Page<ReviewApplications>, form: Form) -> PageResult {
    let shown = absences(&page).await?;
    let transfer = move |tx: &mut db::Tx<'_>, _: &kernel::Actor, sent: &CaseTransfer| {
        let moved = eligibility::transfer_cases(tx, sent)?.cases;
        Ok(Saved::at("/ville").telling(changed_hands(moved), "success"))
    };
    page.submit(&form, "post_applications_transfer", transfer, || shown)
        .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let choice = |text: &str| Choice {
        value: SAMPLE_ID.to_owned(),
        text: text.to_owned(),
    };
    let row = |status: &ApplicationStatus| Row {
        id: SAMPLE_ID.to_owned(),
        href: format!("/ville/demandes/{SAMPLE_ID}"),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        programme: "Marseille 2023".to_owned(),
        status: status.as_str(),
        asked: "12 desktops".to_owned(),
        submitted_at: at.filter(|_| *status != ApplicationStatus::Draft),
        silence_at: at.filter(|_| *status == ApplicationStatus::Submitted),
        assigned: (*status == ApplicationStatus::InReview).then(|| "Sam Service".to_owned()),
        answered: *status == ApplicationStatus::InReview,
    };
    let list = |rows: Vec<Row>, status: &str| CityApplications {
        action: "/ville/demandes".to_owned(),
        programme: String::new(),
        status: status.to_owned(),
        assigned: "nobody".to_owned(),
        answered: !status.is_empty(),
        q: "amis".to_owned(),
        statuses: ApplicationStatus::ALL
            .iter()
            .map(|it| it.as_str())
            .collect(),
        programmes: vec![choice("Marseille 2023")],
        staff: vec![choice("Sam Service")],
        next: (!rows.is_empty()).then(|| "/ville/demandes?after=x".to_owned()),
        table: "/ville/demandes?csv=fr".to_owned(),
        rows,
    };
    let rows = ApplicationStatus::ALL.iter().map(row).collect();
    let staff = vec![choice("Sam Service"), choice("Ada Aidante")];
    vec![
        Sample::of("city's applications", &list(rows, "submitted"))
            .with_form(|form| form.with_mistake("application_ids", "x")),
        Sample::of("city's applications, none", &list(Vec::new(), "")),
        Sample::of("absences", &Absences { staff })
            .with_form(|form| form.with_mistake("to", "123")),
    ]
}
