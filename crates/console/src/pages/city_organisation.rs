//! `/ville/organisations/{id}`: an organization beside what the register says of it, its people, and
//! what may be done: vouch for it, bar it, invite somebody.

use ::web::access::{JudgeOrganisations, ManageApiKeys, ManageColleagues, Permission};
use ::web::{ApiResult, PathId};
use identity::register::{Entry as Register, EntryStatus, RegisterCheck};
use identity::{Member, NewColleague, Organisation, OrganisationKind, OrganisationStatus};
use kernel::{Instant, OrganisationId, PageRequest, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// An organization beside the register.
#[derive(Serialize)]
pub(super) struct Entry {
    id: String,
    kind: &'static str,
    name: String,
    status: &'static str,
    status_reason: Option<String>,
    rna: Option<String>,
    siret: Option<String>,
    address: Vec<String>,
    created_at: Option<Instant>,
    /// What the register said when it registered itself.
    answer: Option<&'static str>,
    given_name: Option<String>,
    register_name: Option<String>,
    name_differs: bool,
    checked_at: Option<Instant>,
}

impl Entry {
    pub(super) fn of(found: Option<Organisation>, check: Option<&RegisterCheck>) -> Self {
        let place = |it: &Organisation| {
            let lines = [
                it.address.clone(),
                format!("{} {}", it.postal_code, it.commune),
            ];
            let lines = lines.into_iter().filter(|line| !line.trim().is_empty());
            lines.collect()
        };
        let it = found.as_ref();
        Self {
            id: it.map(|it| it.id.to_string()).unwrap_or_default(),
            kind: it.map_or("association", |it| it.kind.as_str()),
            name: it.map(|it| it.name.clone()).unwrap_or_default(),
            status: it.map_or("pending", |it| it.status.as_str()),
            status_reason: it.and_then(|it| it.status_reason.clone()),
            rna: it.and_then(|it| it.rna.clone()),
            siret: it.and_then(|it| it.siret.clone()),
            address: it.map(place).unwrap_or_default(),
            created_at: it.map(|it| it.created_at),
            answer: check.map(|check| check.answer.as_str()),
            given_name: check.map(|check| check.given_name.clone()),
            register_name: check.and_then(|check| check.register_name.clone()),
            name_differs: check.is_some_and(|check| check.name_differs),
            checked_at: check.map(|check| check.checked_at),
        }
    }
}

/// What the copy of the register has today.
#[derive(Serialize)]
struct Today {
    rna: String,
    siret: Option<String>,
    name: String,
    active: bool,
    dissolved_on: Option<String>,
    address: Vec<String>,
}

impl From<Register> for Today {
    fn from(it: Register) -> Self {
        let lines = [it.address, format!("{} {}", it.postal_code, it.commune)];
        let lines = lines.into_iter().filter(|line| !line.trim().is_empty());
        Self {
            address: lines.collect(),
            active: it.status == EntryStatus::Active,
            rna: it.rna,
            siret: it.siret,
            name: it.name,
            dissolved_on: it.dissolved_on,
        }
    }
}

#[derive(Serialize)]
struct CityOrganisation {
    entry: Entry,
    today: Option<Today>,
    may_verify: bool,
    may_suspend: bool,
    /// People of the city are invited elsewhere.
    may_invite: bool,
    /// Makes keys for its programs.
    may_make_keys: bool,
    people: Vec<Someone>,
    applications: Vec<ApplicationRow>,
}

#[derive(Serialize)]
struct Someone {
    id: String,
    name: String,
    email: String,
    signed_up: bool,
    disabled: bool,
}

#[derive(Serialize)]
struct ApplicationRow {
    href: String,
    reference: String,
    programme: String,
    status: &'static str,
}

impl View for CityOrganisation {
    const TEMPLATE: &'static str = "city_organisation.html";
}

impl From<Member> for Someone {
    fn from(it: Member) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            email: it.email,
            signed_up: it.signed_up,
            disabled: it.disabled,
        }
    }
}

async fn load<P: ::web::access::Permission>(
    page: &Page<P>,
    id: OrganisationId,
) -> ApiResult<(CityOrganisation, i32)> {
    page.read(move |db, actor| {
        let it = identity::organisation(db, id)?.ok_or_else(Refusal::not_found)?;
        let few = PageRequest::new(Some(20), None)?;
        let filter = eligibility::ApplicationFilter {
            association_id: Some(id),
            ..eligibility::ApplicationFilter::default()
        };
        let applications = eligibility::applications(db, actor, &filter, &few)?;
        let today = match it.kind {
            OrganisationKind::Association => {
                identity::register::find(db, it.rna.as_deref(), it.siret.as_deref())?
            }
            _ => None,
        };
        let people = identity::members(db, actor, id)?;
        let version = it.version;
        let may = |to| {
            let barred = identity::rules::may_be_barred(it.kind, to);
            barred.is_ok() && matches!(identity::rules::may_become(it.status, to), Ok(true))
        };
        let view = CityOrganisation {
            may_verify: may(OrganisationStatus::Verified),
            may_suspend: may(OrganisationStatus::Suspended),
            may_invite: it.kind != OrganisationKind::City,
            may_make_keys: ManageApiKeys::ROLES.contains(&actor.role),
            today: today.map(Today::from),
            people: people.into_iter().map(Someone::from).collect(),
            applications: (applications.items.iter())
                .map(|it| ApplicationRow {
                    href: format!("/ville/demandes/{}", it.id),
                    reference: it.reference.clone(),
                    programme: it.programme.clone(),
                    status: it.status.as_str(),
                })
                .collect(),
            entry: {
                let check = it.register_check.clone();
                Entry::of(Some(it), check.as_ref())
            },
        };
        Ok((view, version))
    })
    .await
}

pub(crate) async fn show(
    page: Page<JudgeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// Refuses a version that somebody changed since.
fn unchanged(tx: &mut db::Tx<'_>, id: OrganisationId, seen: ::web::IfMatch) -> db::Result<()> {
    let it = identity::organisation(tx, id)?.ok_or_else(Refusal::not_found)?;
    Ok(seen.check(it.version)?)
}

pub(crate) async fn verify(
    page: Page<JudgeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let verify = move |tx: &mut db::Tx<'_>, _: &kernel::Actor| {
        unchanged(tx, id, seen)?;
        let it = identity::verify_organisation(tx, id)?;
        Ok(Saved::at(format!("/ville/organisations/{id}"))
            .about(id)
            .with_status(it.status)
            .saying(
                "L’organisation est vérifiée.",
                "The organization is verified.",
            ))
    };
    let saved = page
        .write(&form, "post_organisations_id_verify", verify)
        .await;
    again(&page, id, &form, saved).await
}

/// Why it is barred.
#[derive(Deserialize)]
struct Barring {
    reason: Option<String>,
}

pub(crate) async fn suspend(
    page: Page<JudgeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Barring>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let reason = sent.reason.unwrap_or_default();
            let suspend = move |tx: &mut db::Tx<'_>, _: &kernel::Actor| {
                unchanged(tx, id, seen)?;
                let it = identity::suspend(tx, id, &reason)?;
                Ok(Saved::at(format!("/ville/organisations/{id}"))
                    .about(id)
                    .with_status(it.status)
                    .saying(
                        "L’organisation est suspendue ; ses membres sont prévenus.",
                        "The organization is suspended; its people are told.",
                    ))
            };
            page.write(&form, "post_organisations_id_suspend", suspend)
                .await
        }
    };
    again(&page, id, &form, saved).await
}

pub(crate) async fn invite(
    page: Page<ManageColleagues>,
    PathId(id): PathId<kernel::Organisation>,
    form: Form,
) -> PageResult {
    // the people of an association invite from their own pages
    if !page.actor().is_city() {
        return Err(Refusal::not_found().into());
    }
    let saved = match form.read::<NewColleague>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let invite = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                let invited = identity::invite_colleague(tx, actor, id, &sent)?;
                Ok(Saved::at(format!("/ville/organisations/{id}"))
                    .about(invited.person.id)
                    .saying("L’invitation est partie.", "The invitation is on its way."))
            };
            page.write(&form, "post_organisations_id_people", invite)
                .await
        }
    };
    again(&page, id, &form, saved).await
}

/// Who is taken off.
#[derive(Deserialize)]
struct Leaving {
    person: PersonId,
}

pub(crate) async fn remove(
    page: Page<ManageColleagues>,
    PathId(id): PathId<kernel::Organisation>,
    form: Form,
) -> PageResult {
    if !page.actor().is_city() {
        return Err(Refusal::not_found().into());
    }
    let saved = match form.read::<Leaving>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let remove = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                identity::remove_member(tx, actor, id, sent.person)?;
                Ok(Saved::at(format!("/ville/organisations/{id}"))
                    .about(sent.person)
                    .saying(
                        "Cette personne ne peut plus se connecter.",
                        "This person cannot sign in any more.",
                    ))
            };
            let deed = "delete_organisations_id_people_person_id";
            page.write(&form, deed, remove).await
        }
    };
    again(&page, id, &form, saved).await
}

async fn again<P: ::web::access::Permission>(
    page: &Page<P>,
    id: OrganisationId,
    form: &Form,
    saved: ApiResult<Saved>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(page, id).await?;
            page.retry_against(version, &view, form, cause)
        }
    }
}

/// For samples.
pub(super) fn sample_entry(at: Instant, differs: bool) -> Entry {
    Entry {
        id: SAMPLE_ID.to_owned(),
        kind: "association",
        name: "Les Amis".to_owned(),
        status: if differs { "pending" } else { "suspended" },
        status_reason: (!differs).then(|| "-".to_owned()),
        rna: Some("W133001234".to_owned()),
        siret: None,
        address: vec!["1 rue de la Paix".to_owned(), "13003 Marseille".to_owned()],
        created_at: Some(at),
        answer: Some(if differs { "active" } else { "not_found" }),
        given_name: Some("Les Amis".to_owned()),
        register_name: differs.then(|| "LES AMIS DU PORT".to_owned()),
        name_differs: differs,
        checked_at: Some(at),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let someone = |signed_up, disabled| Someone {
        id: SAMPLE_ID.to_owned(),
        name: "Jo Bon".to_owned(),
        email: "jo@amis.example".to_owned(),
        signed_up,
        disabled,
    };
    let page = |full: bool, kind: &'static str, status: &'static str| CityOrganisation {
        entry: Entry {
            kind,
            status,
            ..sample_entry(at, full)
        },
        today: full.then(|| Today {
            rna: "W133001234".to_owned(),
            siret: Some("12345678901234".to_owned()),
            name: "LES AMIS DU PORT".to_owned(),
            active: status != "dissolved",
            dissolved_on: (status == "dissolved").then(|| "2022-01-31".to_owned()),
            address: vec!["1 rue de la Paix".to_owned()],
        }),
        may_verify: full,
        may_suspend: full,
        may_invite: full,
        may_make_keys: full,
        people: if full {
            vec![
                someone(true, false),
                someone(false, false),
                someone(true, true),
            ]
        } else {
            Vec::new()
        },
        applications: (0..usize::from(full))
            .map(|_| ApplicationRow {
                href: format!("/ville/demandes/{SAMPLE_ID}"),
                reference: "D-2023-0042".to_owned(),
                programme: "Marseille 2023".to_owned(),
                status: "submitted",
            })
            .collect(),
    };
    vec![
        Sample::of(
            "organisation to verify",
            &page(true, "association", "pending"),
        )
        .with_form(|form| form.with_mistake("reason", "123")),
        Sample::of("organisation, verified", &page(false, "donor", "verified")),
        Sample::of(
            "organisation, suspended",
            &page(true, "workshop", "suspended"),
        ),
        Sample::of(
            "organisation, dissolved",
            &page(true, "association", "dissolved"),
        ),
        Sample::of("the city", &page(false, "city", "verified")),
    ]
}
