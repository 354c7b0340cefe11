//! `/ville/recherche`: anything by its number, name, tag or serial number: a few of each kind, and
//! the way to all of them.

use ::web::Params;
use ::web::access::ReviewApplications;
use db::Db;
use eligibility::ApplicationFilter;
use identity::OrganisationFilter;
use intake::BatchFilter;
use kernel::{Actor, Code, PageRequest};
use serde::{Deserialize, Serialize};
use workshop::DeviceFilter;

use super::application_parts::SAMPLE_ID;
use crate::{Page, PageResult, Sample, View, address};

/// Shown of each kind.
const FEW: u32 = 6;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    q: Option<String>,
}

#[derive(Serialize)]
struct Search {
    q: String,
    kinds: Vec<Kind>,
}

/// What was found of one kind.
#[derive(Serialize)]
struct Kind {
    what: &'static str,
    hits: Vec<Hit>,
    /// The list of all, when there are more.
    all: Option<String>,
}

#[derive(Serialize)]
struct Hit {
    href: String,
    text: String,
    detail: String,
}

impl View for Search {
    const TEMPLATE: &'static str = "city_search.html";
}

pub(crate) async fn show(
    page: Page<ReviewApplications>,
    Params(wanted): Params<Wanted>,
) -> PageResult {
    let q = wanted.q.unwrap_or_default().trim().to_owned();
    let kinds = match q.as_str() {
        "" => Vec::new(),
        _ => {
            let words = q.clone();
            page.read(move |db, actor| found(db, actor, &words)).await?
        }
    };
    page.show(&Search { q, kinds })
}

fn kind<T>(
    what: &'static str,
    found: kernel::Page<T>,
    hit: impl Fn(T) -> Hit,
    all: String,
) -> Kind {
    Kind {
        what,
        all: found.next.map(|_| all),
        hits: found.items.into_iter().map(hit).collect(),
    }
}

fn found(db: &mut Db, actor: &Actor, q: &str) -> db::Result<Vec<Kind>> {
    let few = PageRequest::new(Some(FEW), None)?;
    let words = || Some(q.to_owned());
    let all = |path: &str| address::with(path, &[("q", q)]);
    let named = named(db, actor, q)?;
    let filter = ApplicationFilter {
        q: words(),
        ..ApplicationFilter::default()
    };
    let applications = kind(
        "applications",
        eligibility::applications(db, actor, &filter, &few)?,
        |it| Hit {
            href: format!("/ville/demandes/{}", it.id),
            text: it.association,
            detail: it.reference,
        },
        all("/ville/demandes"),
    );
    let filter = OrganisationFilter {
        q: words(),
        ..OrganisationFilter::default()
    };
    let organisations = kind(
        "organisations",
        identity::organisations(db, &filter, &few)?,
        |it| Hit {
            href: format!("/ville/organisations/{}", it.id),
            text: it.name,
            detail: it.rna.or(it.siret).unwrap_or_default(),
        },
        all("/ville/organisations"),
    );
    let filter = BatchFilter {
        q: words(),
        ..BatchFilter::default()
    };
    let batches = kind(
        "batches",
        intake::batches(db, actor, &filter, &few)?,
        |it| Hit {
            href: format!("/ville/dons/{}", it.id),
            text: it.title,
            detail: it.reference,
        },
        all("/dons"),
    );
    let filter = DeviceFilter {
        q: words(),
        ..DeviceFilter::default()
    };
    let devices = kind(
        "devices",
        workshop::devices(db, actor, &filter, &few)?,
        |it| Hit {
            href: format!("/atelier/appareils/{}", it.id),
            text: it.tag,
            detail: it.serial.unwrap_or_default(),
        },
        all("/atelier/appareils"),
    );
    let mut kinds = vec![named, applications, organisations, batches, devices];
    kinds.retain(|kind| !kind.hits.is_empty());
    Ok(kinds)
}

/// What is found by the whole of its reference only.
fn named(db: &mut Db, actor: &Actor, q: &str) -> db::Result<Kind> {
    let reference = q.to_uppercase();
    let appeal = known(eligibility::appeal_named(db, actor, &reference))?;
    let lot = known(handover::handover_named(db, actor, &reference))?;
    let appeal = appeal.map(|it| Hit {
        href: format!("/ville/recours/{}", it.id),
        text: it.association,
        detail: it.reference,
    });
    let lot = lot.map(|it| Hit {
        href: format!("/ville/remises?lot={}", it.id),
        text: it.association,
        detail: it.reference,
    });
    Ok(Kind {
        what: "named",
        hits: appeal.into_iter().chain(lot).collect(),
        all: None,
    })
}

fn known<T>(found: db::Result<T>) -> db::Result<Option<T>> {
    match found {
        Ok(it) => Ok(Some(it)),
        Err(cause) if cause.refusal().is_some_and(|it| it.code == Code::NotFound) => Ok(None),
        Err(cause) => Err(cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let hit = || Hit {
        href: format!("/ville/demandes/{SAMPLE_ID}"),
        text: "Les Amis".to_owned(),
        detail: "D-2023-0042".to_owned(),
    };
    let kind = |what| Kind {
        what,
        hits: vec![hit(), hit()],
        all: (what != "named").then(|| "/ville/demandes?q=x".to_owned()),
    };
    let whats = [
        "named",
        "applications",
        "organisations",
        "batches",
        "devices",
    ];
    let page = |q: &str, kinds| Search {
        q: q.to_owned(),
        kinds,
    };
    vec![
        Sample::of("search", &page("", Vec::new())),
        Sample::of("search, nothing found", &page("x", Vec::new())),
        Sample::of("search, found", &page("x", whats.map(kind).into())),
    ]
}
