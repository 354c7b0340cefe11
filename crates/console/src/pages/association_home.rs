//! `/demandes`: what is awaited, and from whom; an association's applications, the newest first.
//! A helper sees those that they opened, and for whom they may open others; the city everybody's.

use ::web::Paging;
use ::web::access::ReadApplications;
use db::Db;
use eligibility::{Application, ApplicationFilter, ApplicationStatus, ObligationFilter};
use handover::{HandoverFilter, HandoverStatus, HandoverView};
use identity::{Organisation, OrganisationFilter, OrganisationStatus};
use kernel::{Actor, Instant, PageRequest, Role};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct AssociationHome {
    name: String,
    city: bool,
    /// Somebody applies for others.
    helper: bool,
    /// The associations that a helper registered, the newest first.
    helped: Vec<Helped>,
    /// What the association has to do.
    todo: Vec<Item>,
    /// What it waits for.
    waiting: Vec<Item>,
    programmes: Vec<Open>,
    applications: Vec<Row>,
    /// The address of the next page of the list.
    next: Option<String>,
    first_page: bool,
}

/// An association that a helper may apply for.
#[derive(Serialize)]
struct Helped {
    id: String,
    name: String,
    verified: bool,
}

/// Something that is awaited.
#[derive(Serialize)]
struct Item {
    what: &'static str,
    href: String,
    name: String,
    at: Option<Instant>,
    late: bool,
}

/// A programme that applications may be opened in.
#[derive(Serialize)]
struct Open {
    id: String,
    name: String,
    opens_at: Option<Instant>,
    closes_at: Option<Instant>,
    /// The application that there is already.
    applied: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    reference: String,
    programme: String,
    association: String,
    status: &'static str,
}

impl View for AssociationHome {
    const TEMPLATE: &'static str = "association_home.html";
}

impl From<&Application> for Row {
    fn from(application: &Application) -> Self {
        Self {
            id: application.id.to_string(),
            reference: application.reference.clone(),
            programme: application.programme.clone(),
            association: application.association.clone(),
            status: application.status.as_str(),
        }
    }
}

pub(crate) async fn show(page: Page<ReadApplications>, Paging(asked): Paging) -> PageResult {
    let now = page.state().database.now();
    let (name, city) = (page.name(), page.actor().is_city());
    let helper = page.actor().role == Role::Helper;
    let first_page = page.query("after").is_empty();
    let home = page
        .read(move |db, actor| {
            let none = ApplicationFilter::default();
            let list = eligibility::applications(db, actor, &none, &asked)?;
            let mut home = AssociationHome {
                name,
                city,
                helper,
                helped: Vec::new(),
                todo: Vec::new(),
                waiting: Vec::new(),
                programmes: Vec::new(),
                applications: list.items.iter().map(Row::from).collect(),
                next: list.next.map(|next| format!("/demandes?after={next}")),
                first_page,
            };
            if first_page && helper {
                home.helped = helped(db, actor)?;
                list.items.iter().for_each(|it| home.await_application(it));
            } else if first_page && !city {
                home.programmes = open(db, &list.items, now)?;
                list.items.iter().for_each(|it| home.await_application(it));
                home.await_others(db, actor, now)?;
            }
            Ok(home)
        })
        .await?;
    page.show(&home)
}

/// The associations that a helper registered last.
fn helped(db: &mut Db, actor: &Actor) -> db::Result<Vec<Helped>> {
    let (seen, few) = (
        OrganisationFilter::seen_by(actor),
        PageRequest::new(Some(50), None)?,
    );
    let found = identity::organisations(db, &seen, &few)?;
    let row = |it: Organisation| Helped {
        id: it.id.to_string(),
        verified: it.status == OrganisationStatus::Verified,
        name: it.name,
    };
    Ok(found.items.into_iter().map(row).collect())
}

/// Programmes that applications may be opened in.
fn open(db: &mut Db, own: &[Application], now: Instant) -> db::Result<Vec<Open>> {
    let programmes = eligibility::open_programmes(db, now)?;
    let open = programmes.into_iter().map(|programme| Open {
        applied: own
            .iter()
            .filter(|it| it.status != ApplicationStatus::Withdrawn)
            .find(|it| it.programme_id == programme.id)
            .map(|it| it.id.to_string()),
        id: programme.id.to_string(),
        name: programme.name,
        opens_at: Some(programme.opens_at).filter(|opens_at| now < *opens_at),
        closes_at: programme.closes_at,
    });
    Ok(open.collect())
}

impl AssociationHome {
    fn await_application(&mut self, application: &Application) {
        use ApplicationStatus::{ChangesRequested, Draft, InReview, Submitted};
        let about = match self.helper {
            true => &application.association,
            false => &application.programme,
        };
        let item = |what, at| Item {
            what,
            href: format!("/demandes/{}", application.id),
            name: format!("{} ({about})", application.reference),
            at,
            late: false,
        };
        match application.status {
            Draft => self.todo.push(item("draft", None)),
            ChangesRequested => self.todo.push(item("changes", None)),
            Submitted | InReview => {
                self.waiting.push(item("decision", application.silence_at));
            }
            _ => {}
        }
    }

    /// Lots, reports and appeals.
    fn await_others(&mut self, db: &mut Db, actor: &Actor, now: Instant) -> db::Result<()> {
        let few = PageRequest::new(Some(50), None)?;
        let lots = handover::handovers(db, actor, &HandoverFilter::default(), &few)?;
        lots.items.iter().for_each(|lot| self.await_lot(lot, now));
        let open = ObligationFilter {
            open: Some(true),
            ..ObligationFilter::default()
        };
        let due = eligibility::obligations(db, actor, &open, now, &few)?;
        self.todo.extend(due.items.into_iter().map(|due| Item {
            what: "report",
            href: format!("/suivis/{}", due.id),
            name: due.what,
            at: Some(due.due_at),
            late: due.due_at < now,
        }));
        let appeals = eligibility::appeals(db, actor, Some(true), None, &few)?;
        self.waiting
            .extend(appeals.items.into_iter().map(|appeal| Item {
                what: "appeal",
                href: format!("/demandes/{}", appeal.application_id),
                name: appeal.reference,
                at: Some(appeal.silence_at),
                late: false,
            }));
        Ok(())
    }

    fn await_lot(&mut self, lot: &HandoverView, now: Instant) {
        let item = |what, at| Item {
            what,
            href: format!("/lots/{}", lot.id),
            name: lot.reference.clone(),
            at,
            late: false,
        };
        match lot.status {
            HandoverStatus::Planned => self.waiting.push(item("appointment", None)),
            HandoverStatus::Scheduled if lot.to.is_none_or(|to| now < to) => {
                self.todo.push(item("collect", lot.from));
            }
            HandoverStatus::Missed => self.waiting.push(item("missed", None)),
            _ => {}
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let row = |status| Row {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        programme: "Marseille 2023".to_owned(),
        association: "Les Amis".to_owned(),
        status,
    };
    let item = |what, late| Item {
        what,
        href: format!("/demandes/{SAMPLE_ID}"),
        name: "D-2023-0042 (Marseille 2023)".to_owned(),
        at,
        late,
    };
    let open = |applied: Option<&str>| Open {
        id: SAMPLE_ID.to_owned(),
        name: "Marseille 2023".to_owned(),
        opens_at: at.filter(|_| applied.is_none()),
        closes_at: at,
        applied: applied.map(str::to_owned),
    };
    let statuses = ApplicationStatus::ALL.iter();
    let page = |applications, city| AssociationHome {
        name: "Ada Aidante".to_owned(),
        city,
        helper: false,
        helped: Vec::new(),
        todo: Vec::new(),
        waiting: Vec::new(),
        programmes: Vec::new(),
        applications,
        next: Some("/demandes?after=x".to_owned()).filter(|_| city),
        first_page: true,
    };
    let rows = || {
        statuses
            .clone()
            .map(|status| row(status.as_str()))
            .collect()
    };
    let full = AssociationHome {
        todo: ["draft", "changes", "collect", "report"]
            .map(|what| item(what, what == "report"))
            .into(),
        waiting: ["decision", "appointment", "missed", "appeal"]
            .map(|what| item(what, false))
            .into(),
        programmes: vec![open(None), open(Some(SAMPLE_ID))],
        ..page(rows(), false)
    };
    let helping = |verified| Helped {
        id: SAMPLE_ID.to_owned(),
        name: "Les Amis".to_owned(),
        verified,
    };
    let helper = AssociationHome {
        helper: true,
        helped: vec![helping(true), helping(false)],
        todo: vec![item("draft", false)],
        ..page(rows(), false)
    };
    let new_helper = AssociationHome {
        helper: true,
        ..page(Vec::new(), false)
    };
    vec![
        Sample::of("helper's home", &helper),
        Sample::of("helper's home, empty", &new_helper),
        Sample::of("association's home", &full),
        Sample::of("association's home, empty", &page(Vec::new(), false)),
        Sample::of("applications for the city", &page(rows(), true)),
    ]
}
