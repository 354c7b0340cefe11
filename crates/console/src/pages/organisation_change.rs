//! `/compte/organisation` and `/ville/organisations/{id}/modifier`: what is known of an organization,
//! changed by its own people or by staff, with what it was before.

use ::web::access::ChangeOrganisations;
use ::web::{ApiResult, PathId};
use db::Tx;
use identity::{Organisation, OrganisationKind, OrganisationPatch};
use kernel::{Actor, Instant, OrganisationId, Refusal};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct Changing {
    /// Where the form is sent, and which page it came from.
    action: String,
    back: String,
    name: String,
    kind: &'static str,
    /// Staff change it, who vouch for it.
    city: bool,
    /// It is on the public list of equipped places.
    listed: bool,
    before: Vec<Before>,
}

/// What was changed once.
#[derive(Serialize)]
struct Before {
    at: Option<Instant>,
    reason: Option<String>,
    /// The fields with what they had.
    had: Vec<(String, String)>,
}

impl View for Changing {
    const TEMPLATE: &'static str = "organisation_change.html";
}

/// The fields of the form, as they are.
#[derive(Serialize)]
struct Fields {
    name: String,
    rna: Option<String>,
    siret: Option<String>,
    address: String,
    postal_code: String,
    commune: String,
    representative: Option<String>,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    listed: Option<&'static str>,
}

impl From<Organisation> for Fields {
    fn from(it: Organisation) -> Self {
        Self {
            name: it.name,
            rna: it.rna,
            siret: it.siret,
            address: it.address,
            postal_code: it.postal_code,
            commune: it.commune,
            representative: it.representative,
            contact_email: it.contact_email,
            contact_phone: it.contact_phone,
            listed: it.listed.then_some("yes"),
        }
    }
}

/// Of what was sent, that which differs: what somebody left as it was is no change of theirs.
fn patch(form: &Form, before: &Organisation) -> OrganisationPatch {
    let sent = |name: &str, old: &str| {
        let new = form.get(name).trim();
        (new != old).then(|| new.to_owned())
    };
    let maybe = |name: &str, old: &Option<String>| sent(name, old.as_deref().unwrap_or_default());
    let reason = form.get("reason").trim();
    let listed = form.get("listed") == "yes";
    OrganisationPatch {
        name: sent("name", &before.name),
        siret: maybe("siret", &before.siret),
        rna: maybe("rna", &before.rna),
        address: sent("address", &before.address),
        postal_code: sent("postal_code", &before.postal_code),
        commune: sent("commune", &before.commune),
        commune_code: None,
        representative: maybe("representative", &before.representative),
        contact_email: maybe("contact_email", &before.contact_email),
        contact_phone: maybe("contact_phone", &before.contact_phone),
        listed: (listed != before.listed).then_some(listed),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    }
}

/// An organization that somebody looks at, and by which door.
#[derive(Debug, Clone, Copy)]
struct Looked {
    id: OrganisationId,
    city: bool,
}

impl Looked {
    fn own(page: &Page<ChangeOrganisations>) -> ApiResult<Self> {
        let actor = page.actor();
        match actor.is_city() {
            true => Err(Refusal::not_found().into()),
            false => Ok(Self {
                id: actor.organisation,
                city: false,
            }),
        }
    }

    /// Others have a page of their own for it.
    fn of_city(page: &Page<ChangeOrganisations>, id: OrganisationId) -> ApiResult<Self> {
        match page.actor().is_city() {
            true => Ok(Self { id, city: true }),
            false => Err(Refusal::not_found().into()),
        }
    }

    fn action(self) -> String {
        match self.city {
            true => format!("/ville/organisations/{}/modifier", self.id),
            false => "/compte/organisation".to_owned(),
        }
    }

    fn back(self) -> String {
        match self.city {
            true => format!("/ville/organisations/{}", self.id),
            false => "/compte".to_owned(),
        }
    }
}

async fn load(
    page: &Page<ChangeOrganisations>,
    looked: Looked,
) -> ApiResult<(Changing, Organisation)> {
    page.read(move |db, actor| {
        let it = identity::organisation_seen_by(db, actor, looked.id)?;
        let it = it.ok_or_else(Refusal::not_found)?;
        let changes = identity::organisation_changes(db, actor, looked.id)?;
        let view = Changing {
            action: looked.action(),
            back: looked.back(),
            name: it.name.clone(),
            kind: it.kind.as_str(),
            city: looked.city,
            listed: it.listed,
            before: changes.into_iter().map(Before::of).collect(),
        };
        Ok((view, it))
    })
    .await
}

impl Before {
    fn of(change: identity::OrganisationChange) -> Self {
        let text = |value: &serde_json::Value| match value.as_bool() {
            Some(yes) => yes.to_string(),
            None => value.as_str().unwrap_or_default().to_owned(),
        };
        let fields = change.before.as_object().into_iter().flatten();
        Self {
            at: Some(change.at),
            reason: change.reason,
            had: fields
                // the code follows the commune, and the status is told on the page itself
                .filter(|(name, _)| !["commune_code", "status"].contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
        }
    }
}

async fn shown(page: Page<ChangeOrganisations>, looked: Looked) -> PageResult {
    let (view, it) = load(&page, looked).await?;
    let version = it.version;
    let form = FormView::filled(&Fields::from(it))?.version(version);
    page.show_form(&view, &form)
}

async fn changed(page: Page<ChangeOrganisations>, looked: Looked, form: Form) -> PageResult {
    let (seen, sent) = (form.if_match(), form.clone());
    let change = move |tx: &mut Tx<'_>, actor: &Actor| {
        let before = identity::organisation_seen_by(tx, actor, looked.id)?;
        let before = before.ok_or_else(Refusal::not_found)?;
        seen.check(before.version)?;
        let it = identity::change_organisation(tx, actor, looked.id, &patch(&sent, &before))?;
        ::web::registration::renamed(tx, &it)?;
        let saved = Saved::at(looked.back()).about(it.id);
        Ok(match it.status == before.status {
            true => saved.saying("C’est enregistré.", "It is saved."),
            false => saved.with_status(it.status).saying(
                "C’est enregistré. La ville doit vérifier de nouveau votre organisation.",
                "It is saved. The city has to verify your organization again.",
            ),
        })
    };
    match page.write(&form, "patch_organisations_id", change).await {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, it) = load(&page, looked).await?;
            page.retry_against(it.version, &view, &form, cause)
        }
    }
}

pub(crate) async fn own(page: Page<ChangeOrganisations>) -> PageResult {
    let looked = Looked::own(&page)?;
    shown(page, looked).await
}

pub(crate) async fn change_own(page: Page<ChangeOrganisations>, form: Form) -> PageResult {
    let looked = Looked::own(&page)?;
    changed(page, looked, form).await
}

pub(crate) async fn of_city(
    page: Page<ChangeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
) -> PageResult {
    let looked = Looked::of_city(&page, id)?;
    shown(page, looked).await
}

pub(crate) async fn change_of_city(
    page: Page<ChangeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
    form: Form,
) -> PageResult {
    let looked = Looked::of_city(&page, id)?;
    changed(page, looked, form).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let view = |kind: OrganisationKind, city: bool| Changing {
        action: "/compte/organisation".to_owned(),
        back: match city {
            true => format!("/ville/organisations/{SAMPLE_ID}"),
            false => "/compte".to_owned(),
        },
        name: "Les Amis".to_owned(),
        kind: kind.as_str(),
        city,
        listed: true,
        before: (0..usize::from(city))
            .map(|_| Before {
                at: Instant::from_micros(1_700_000_000_000_000),
                reason: Some("-".to_owned()),
                had: [
                    "name",
                    "rna",
                    "siret",
                    "address",
                    "postal_code",
                    "commune",
                    "representative",
                    "contact_email",
                    "contact_phone",
                    "listed",
                ]
                .map(|name| (name.to_owned(), String::new()))
                .to_vec(),
            })
            .collect(),
    };
    vec![
        Sample::of(
            "own organisation",
            &view(OrganisationKind::Association, false),
        )
        .with_form(|form| form.with_mistake("contact_phone", "123")),
        Sample::of(
            "organisation, changed by the city",
            &view(OrganisationKind::Donor, true),
        ),
    ]
}
