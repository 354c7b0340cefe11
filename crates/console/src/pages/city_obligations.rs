//! `/ville/suivis`: what associations still owe the city, the first due first, with whom to remind.

use ::web::access::ReviewApplications;
use ::web::{Paging, Params};
use kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::pages::wave_parts::SAMPLE_ID;
use crate::{Page, PageResult, Sample, View};

/// Days within which something is due soon.
const SOON_DAYS: i64 = 30;

/// Which to show: `overdue`, `soon`, or all that is open.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    show: String,
}

#[derive(Serialize)]
struct Obligations {
    show: String,
    rows: Vec<Row>,
    /// Every address of this page, to be copied.
    addresses: String,
    next: Option<String>,
}

impl View for Obligations {
    const TEMPLATE: &'static str = "city_obligations.html";
}

#[derive(Serialize)]
struct Row {
    id: String,
    what: String,
    association: String,
    due_at: Instant,
    overdue: bool,
    people: Vec<Contact>,
}

#[derive(Clone, Serialize)]
struct Contact {
    name: String,
    email: String,
}

pub(crate) async fn list(
    page: Page<ReviewApplications>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let now = page.state().database.now();
    let due = match wanted.show.as_str() {
        "overdue" => (None, Some(now)),
        "soon" => (Some(now), Some(now.plus_days(SOON_DAYS))),
        _ => (None, None),
    };
    let (found, mut contacts) = page
        .read(move |db, _| {
            let found = eligibility::open_obligations(db, due, &request)?;
            let ids: Vec<_> = found.items.iter().map(|it| it.association_id).collect();
            let contacts = identity::contacts_of_all(db, &ids)?;
            Ok((found, contacts))
        })
        .await?;
    let mut addresses: Vec<String> = contacts
        .values()
        .flatten()
        .map(|person| person.email.clone())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    let rows = found.items.into_iter().map(|it| Row {
        id: it.id.to_string(),
        what: it.what,
        overdue: it.due_at < now,
        due_at: it.due_at,
        association: it.association,
        people: contacts
            .entry(it.association_id)
            .or_default()
            .iter()
            .map(|person| Contact {
                name: person.name.clone(),
                email: person.email.clone(),
            })
            .collect(),
    });
    page.show(&Obligations {
        rows: rows.collect(),
        addresses: addresses.join(", "),
        next: found.next.map(|cursor| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let given = [("show", wanted.show.as_str()), ("after", cursor.as_str())];
            query.extend_pairs(given.into_iter().filter(|(_, value)| !value.is_empty()));
            format!("/ville/suivis?{}", query.finish())
        }),
        show: wanted.show,
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(due_at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let contact = Contact {
        name: "Ada Aidante".to_owned(),
        email: "ada@amis.example".to_owned(),
    };
    let row = |overdue: bool| Row {
        id: SAMPLE_ID.to_owned(),
        what: "Lot R-2023-00007".to_owned(),
        association: "Les Amis".to_owned(),
        due_at,
        overdue,
        people: vec![contact.clone(); usize::from(overdue)],
    };
    let page = |rows: Vec<Row>, show: &str| Obligations {
        show: show.to_owned(),
        addresses: rows
            .first()
            .map(|_| contact.email.clone())
            .unwrap_or_default(),
        next: (!rows.is_empty()).then(|| "?after=x".to_owned()),
        rows,
    };
    vec![
        Sample::of("obligations", &page(vec![row(true), row(false)], "")),
        Sample::of("obligations, none", &page(Vec::new(), "overdue")),
    ]
}
