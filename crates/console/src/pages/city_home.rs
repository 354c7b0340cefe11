//! `/ville`: the desk of the city's staff: what waits, since when, and for whom.

use ::web::access::ReviewApplications;
use eligibility::Desk;
use kernel::{Instant, Queue, Role};
use serde::Serialize;

use super::account_views;
use super::application_parts::SAMPLE_ID;
use crate::{Page, PageResult, Sample, View, address, routes};

#[derive(Serialize)]
struct CityHome {
    name: String,
    /// Manages people, too.
    admin: bool,
    /// What whoever looks has to see to.
    mine: Vec<Row>,
    /// Everything that waits, for anybody of the staff.
    queues: Vec<Row>,
    /// What waits for somebody else.
    elsewhere: Vec<Row>,
    colleagues: Vec<Colleague>,
    views: Vec<account_views::Row>,
}

/// A queue: the template has its words.
#[derive(Serialize)]
struct Row {
    what: &'static str,
    count: usize,
    /// There are more than that.
    more: bool,
    /// Days since the oldest came.
    days: Option<i64>,
    /// Where they are listed, when there is such a page.
    href: Option<String>,
}

#[derive(Serialize)]
struct Colleague {
    name: String,
    cases: usize,
    href: String,
}

impl View for CityHome {
    const TEMPLATE: &'static str = "city_home.html";
}

/// What waits beside applications and appeals.
#[derive(Default)]
struct Beside {
    /// Donations that are offered, and those that are accepted and have no pickup.
    donations: (Queue, Queue),
    organisations: Queue,
    registrations: Queue,
    /// Waves that whoever looks may approve, and those that they submitted.
    waves: (Queue, Queue),
    handovers: Queue,
    incidents: Queue,
    mails: Queue,
}

pub(crate) async fn show(page: Page<ReviewApplications>) -> PageResult {
    let now = page.state().database.now();
    let me = page.actor().person.to_string();
    let (desk, beside, views) = page
        .read(move |db, actor| {
            let beside = Beside {
                donations: intake::donations_waiting(db)?,
                organisations: identity::pending_organisations(db)?,
                registrations: identity::open_registration_cases(db)?,
                waves: allocation::waves_to_approve(db, actor)?,
                handovers: handover::appointments_on(db, now.date())?,
                incidents: handover::incidents_waiting(db, actor)?,
                mails: notifications::undelivered(db)?,
            };
            let views = identity::saved_views(db, actor)?;
            Ok((eligibility::desk(db, actor)?, beside, views))
        })
        .await?;
    let admin = page.actor().role == Role::Admin;
    let view = CityHome::of(page.name(), &me, desk, &beside, now);
    page.show(&CityHome {
        admin,
        views: views.into_iter().map(account_views::Row::from).collect(),
        ..view
    })
}

impl CityHome {
    fn of(name: String, me: &str, desk: Desk, beside: &Beside, now: Instant) -> Self {
        let row = |what: &'static str, queue: Queue, href: String| Row {
            what,
            count: queue.count,
            more: queue.more,
            days: queue.oldest.map(|at| now.seconds_since(at) / 86_400),
            href: is_page(&href).then_some(href),
        };
        let applications = |parameter: &str, value: &str| {
            let parameters = [(parameter, value)];
            address::with("/ville/demandes", &parameters)
        };
        let colleague = |(id, name, cases): (kernel::PersonId, String, usize)| Colleague {
            name,
            cases,
            href: applications("assigned", &id.to_string()),
        };
        let (to_approve, own_waves) = beside.waves;
        let waves = "/ville/vagues?status=submitted".to_owned();
        Self {
            name,
            admin: false,
            mine: vec![
                row("mine", desk.mine, applications("assigned", me)),
                row("waves", to_approve, waves.clone()),
            ],
            queues: vec![
                row(
                    "organisations",
                    beside.organisations,
                    "/ville/organisations?status=pending".to_owned(),
                ),
                row(
                    "registrations",
                    beside.registrations,
                    "/ville/inscriptions?status=open".to_owned(),
                ),
                row(
                    "submitted",
                    desk.submitted,
                    applications("status", "submitted"),
                ),
                row(
                    "in_review",
                    desk.in_review,
                    applications("status", "in_review"),
                ),
                row(
                    "donations",
                    beside.donations.0,
                    "/dons?status=submitted".to_owned(),
                ),
                row(
                    "pickups",
                    beside.donations.1,
                    "/dons?status=accepted".to_owned(),
                ),
                row("answered", desk.answered, applications("answered", "yes")),
                row(
                    "appeals",
                    desk.appeals,
                    "/ville/recours?open=yes".to_owned(),
                ),
                row(
                    "handovers",
                    beside.handovers,
                    "/ville/remises?status=scheduled".to_owned(),
                ),
                row(
                    "incidents",
                    beside.incidents,
                    "/signalements?status=open".to_owned(),
                ),
                row(
                    "mails",
                    beside.mails,
                    "/ville/messages?status=dead".to_owned(),
                ),
            ],
            elsewhere: vec![
                row(
                    "with_association",
                    desk.with_association,
                    applications("status", "changes_requested"),
                ),
                row("own_waves", own_waves, waves),
            ],
            colleagues: desk.others.into_iter().map(colleague).collect(),
            views: Vec::new(),
        }
    }
}

/// Whether an address is a page: each area is listed on its own.
fn is_page(href: &str) -> bool {
    let path = href.split('?').next();
    let mut rows = routes::TABLE.iter();
    rows.any(|row| row.method == "get" && Some(row.path) == path)
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(now) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let queue = |count: usize, days: i64| Queue {
        count,
        more: count == Queue::MOST,
        oldest: Some(now.plus_days(-days)),
    };
    let colleague = SAMPLE_ID.parse().ok();
    let colleague = colleague.map(|id| (id, "Sam Service".to_owned(), 7));
    let full = Desk {
        submitted: queue(Queue::MOST, 12),
        in_review: queue(2, 1),
        answered: queue(1, 0),
        with_association: queue(3, 20),
        appeals: queue(1, 59),
        mine: queue(4, 3),
        others: colleague.into_iter().collect(),
    };
    let beside = Beside {
        donations: (queue(1, 2), queue(2, 3)),
        organisations: queue(5, 2),
        registrations: queue(1, 1),
        waves: (queue(1, 1), queue(1, 0)),
        handovers: queue(3, 0),
        incidents: queue(2, 9),
        mails: queue(2, 4),
    };
    let name = || "Sam Service".to_owned();
    vec![
        Sample::of(
            "desk",
            &CityHome {
                admin: true,
                views: vec![account_views::Row::sample(Some("Nadia Ville"))],
                ..CityHome::of(name(), "", full, &beside, now)
            },
        ),
        Sample::of(
            "desk, nothing waits",
            &CityHome::of(name(), "", Desk::default(), &Beside::default(), now),
        ),
    ]
}
