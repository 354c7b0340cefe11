//! `/compte/cles`: the keys with which other programs come in: a workshop's station, a donor's
//! system. A key is shown once, in the answer to the form that makes it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ::web::access::ManageApiKeys;
use ::web::{ApiResult, Paging, Params, PathId};
use identity::{ApiKey, ApiKeyCreated, NewApiKey, OrganisationFilter, OrganisationKind, Scope};
use kernel::{Instant, OrganisationId};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use super::choices::{self, Choice};
use super::proof::{asked_again, prove_again};
use crate::shown_once::Made;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address, moments};

const ADDRESS: &str = "/compte/cles";
/// Without a time of day, a key works until the end of the day.
const END_OF_DAY: (u32, u32) = (23, 59);

/// Whose keys.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Wanted {
    organisation: Option<OrganisationId>,
}

impl Wanted {
    fn at(self, path: &str, after: &str) -> String {
        let id = self.organisation.map(|id| id.to_string());
        let id = id.as_deref().unwrap_or_default();
        address::with(path, &[("organisation", id), ("after", after)])
    }
}

#[derive(Serialize)]
struct KeysPage {
    /// Whose keys these are, when they are not everybody's.
    organisation: Option<String>,
    keys: Vec<Row>,
    new: String,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    organisation: String,
    maker: String,
    /// `active`, `expired` or `revoked`.
    state: &'static str,
    created_at: Instant,
    expires_at: Option<Instant>,
    last_used_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

impl View for KeysPage {
    const TEMPLATE: &'static str = "account_api_keys.html";
}

impl Row {
    fn of(it: ApiKey, organisation: String, maker: String, now: Instant) -> Self {
        let over = it.expires_at.is_some_and(|at| at <= now);
        Self {
            id: it.id.to_string(),
            name: it.name,
            scopes: it.scopes.iter().map(|scope| scope.as_str()).collect(),
            organisation,
            maker,
            state: match it.revoked_at {
                Some(_) => "revoked",
                None if over => "expired",
                None => "active",
            },
            created_at: it.created_at,
            expires_at: it.expires_at,
            last_used_at: it.last_used_at,
            revoked_at: it.revoked_at,
        }
    }
}

fn rows(db: &mut db::Db, keys: Vec<ApiKey>, now: Instant) -> db::Result<Vec<Row>> {
    let ids: Vec<_> = keys.iter().map(|key| key.organisation_id).collect();
    let organisations = identity::names(db, &ids)?;
    let mut makers = BTreeMap::new();
    for key in &keys {
        if let Entry::Vacant(place) = makers.entry(key.created_by) {
            let maker = identity::person(db, key.created_by)?;
            place.insert(maker.map(|it| it.name).unwrap_or_default());
        }
    }
    let row = |key: ApiKey| {
        let organisation = organisations.get(&key.organisation_id).cloned();
        let maker = makers.get(&key.created_by).cloned();
        let maker = maker.unwrap_or_default();
        Row::of(key, organisation.unwrap_or_default(), maker, now)
    };
    Ok(keys.into_iter().map(row).collect())
}

pub(crate) async fn list(
    page: Page<ManageApiKeys>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let now = page.state().database.now();
    let view = page
        .read(move |db, _| {
            let organisation = match wanted.organisation {
                Some(id) => identity::organisation(db, id)?.map(|it| it.name),
                None => None,
            };
            let found = identity::api_keys(db, wanted.organisation, &request)?;
            Ok(KeysPage {
                organisation,
                keys: rows(db, found.items, now)?,
                new: wanted.at("/compte/cles/nouvelle", ""),
                next: found.next.map(|cursor| wanted.at(ADDRESS, &cursor)),
            })
        })
        .await?;
    page.show_form(&view, &FormView::empty()?)
}

/// The page on which a key is made.
#[derive(Serialize)]
struct NewKeyPage {
    /// Whose it may be.
    organisations: Vec<Choice>,
    scopes: Vec<&'static str>,
    /// How long it works when nothing is said.
    days: i64,
    /// Asks for the password.
    proof: bool,
}

impl View for NewKeyPage {
    const TEMPLATE: &'static str = "account_api_key_new.html";
}

/// The city, the workshops, and the organization that was asked for, if it is another one.
async fn new_page(
    page: &Page<ManageApiKeys>,
    asked: Option<OrganisationId>,
    proof: bool,
) -> ApiResult<NewKeyPage> {
    let days = page.state().signer.sessions().key_days;
    page.read(move |db, actor| {
        let filter = OrganisationFilter {
            kind: Some(OrganisationKind::Workshop),
            ..OrganisationFilter::default()
        };
        let mut found = choices::all(db, &filter)?;
        for id in [asked, Some(actor.organisation)].into_iter().flatten() {
            if found.iter().all(|it| it.id != id)
                && let Some(other) = identity::organisation(db, id)?
            {
                found.insert(0, other);
            }
        }
        let choice = |it: identity::Organisation| Choice::new(it.id, it.name);
        Ok(NewKeyPage {
            organisations: found.into_iter().map(choice).collect(),
            scopes: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
            days,
            proof,
        })
    })
    .await
}

#[derive(Serialize)]
struct Chosen {
    organisation_id: OrganisationId,
}

pub(crate) async fn blank(page: Page<ManageApiKeys>, Params(wanted): Params<Wanted>) -> PageResult {
    let view = new_page(&page, wanted.organisation, false).await?;
    let organisation_id = wanted.organisation.unwrap_or(page.actor().organisation);
    page.show_form(&view, &FormView::filled(&Chosen { organisation_id })?)
}

/// What the form says, beside the day.
#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scopes: Vec<Scope>,
    organisation_id: Option<OrganisationId>,
}

fn wish(form: &Form) -> ApiResult<NewApiKey> {
    let sent: Wish = form.read()?;
    Ok(NewApiKey {
        name: sent.name,
        scopes: sent.scopes,
        expires_at: moments::read(form, "expires_at", END_OF_DAY)?,
        organisation_id: sent.organisation_id,
    })
}

/// The key, this once.
#[derive(Serialize)]
struct MadePage {
    key: String,
    name: String,
    expires_at: Instant,
}

impl View for MadePage {
    const TEMPLATE: &'static str = "account_api_key_made.html";
}

async fn make(page: &Page<ManageApiKeys>, form: &Form) -> ApiResult<Made<ApiKeyCreated>> {
    let form = prove_again(page, form).await?;
    let new = wish(&form)?;
    let signer = page.state().signer.clone();
    page.write_shown_once(&form, "post_api_keys", move |tx, actor| {
        let made = identity::create_api_key(tx, &signer, actor, &new)?;
        // said to whoever sends the form again
        let text = kernel::Text::new(
            "Cette clé est déjà créée, et elle a été affichée une fois. Si vous ne l’avez pas notée, désactivez-la et créez-en une autre.",
            "This key was made already, and it was shown once. If you did not note it, revoke it and make another one.",
        );
        Ok((Saved::at(ADDRESS).telling(text, "warning"), made.id, made))
    })
    .await
}

pub(crate) async fn create(page: Page<ManageApiKeys>, form: Form) -> PageResult {
    match make(&page, &form).await {
        Ok(Made::Now(made)) => page.show(&MadePage {
            key: made.key,
            name: made.name,
            expires_at: made.expires_at,
        }),
        Ok(Made::Before(saved)) => Ok(page.see(&saved)),
        Err(cause) => {
            let (proof, cause) = asked_again(cause);
            let chosen = form.get("organisation_id").parse().ok();
            page.retry(&new_page(&page, chosen, proof).await?, &form, cause)
        }
    }
}

pub(crate) async fn revoke(
    page: Page<ManageApiKeys>,
    PathId(id): PathId<kernel::ApiKey>,
    form: Form,
) -> PageResult {
    let revoke = move |tx: &mut db::Tx<'_>, _: &kernel::Actor| {
        identity::revoke_api_key(tx, id)?;
        Ok(Saved::at(ADDRESS).about(id).saying(
            "La clé est désactivée : elle n’ouvre plus rien.",
            "The key is revoked: it opens nothing any more.",
        ))
    };
    let saved = page.write(&form, "delete_api_keys_id", revoke).await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |state: &'static str| Row {
        id: SAMPLE_ID.to_owned(),
        name: "Station 3".to_owned(),
        scopes: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        organisation: "Reboot Sud".to_owned(),
        maker: "Ada Admin".to_owned(),
        state,
        created_at: at,
        expires_at: Some(at).filter(|_| state != "revoked"),
        last_used_at: Some(at).filter(|_| state == "active"),
        revoked_at: Some(at).filter(|_| state == "revoked"),
    };
    let page = |organisation: Option<&str>, states: &[&'static str]| KeysPage {
        organisation: organisation.map(str::to_owned),
        keys: states.iter().map(|state| row(state)).collect(),
        new: "/compte/cles/nouvelle".to_owned(),
        next: organisation.map(|_| "/compte/cles?after=1".to_owned()),
    };
    let new = |proof| NewKeyPage {
        organisations: vec![Choice {
            value: SAMPLE_ID.to_owned(),
            text: "Reboot Sud".to_owned(),
        }],
        scopes: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        days: 365,
        proof,
    };
    let made = MadePage {
        key: "rsk_0123456789".to_owned(),
        name: "Station 3".to_owned(),
        expires_at: at,
    };
    vec![
        Sample::of("keys, none", &page(None, &[])),
        Sample::of(
            "keys",
            &page(Some("Reboot Sud"), &["active", "expired", "revoked"]),
        ),
        Sample::of("key to make", &new(false)).with_form(|form| form.with_mistake("scopes", "123")),
        Sample::of("key to make, with the password", &new(true))
            .with_form(|form| form.with_mistake("password", "123")),
        Sample::of("key, made", &made),
    ]
}
