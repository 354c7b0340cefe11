//! `/ville/personnes`: who acts for the city: invited, given another role, kept out, let in again.
//! What a stolen session should not do asks for the password on the same page.

use ::web::access::{InvitePeople, ManagePeople};
use ::web::{ApiResult, PathId};
use identity::{NewPerson, User, UserChange};
use kernel::{Instant, PersonId, Refusal, Role};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use super::proof::{asked_again, prove_again};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct CityPeople {
    people: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    signed_up: bool,
    disabled: bool,
    second_factor: bool,
    last_login_at: Option<Instant>,
}

impl View for CityPeople {
    const TEMPLATE: &'static str = "city_people.html";
}

impl From<User> for Row {
    fn from(it: User) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            email: it.email,
            role: it.role.as_str(),
            signed_up: it.signed_up,
            disabled: it.disabled,
            second_factor: it.second_factor,
            last_login_at: it.last_login_at,
        }
    }
}

pub(crate) async fn list(page: Page<ManagePeople>) -> PageResult {
    let people = page
        .read(|db, actor| identity::users_of_city(db, actor.organisation))
        .await?;
    page.show(&CityPeople {
        people: people.into_iter().map(Row::from).collect(),
    })
}

/// The page on which somebody is invited.
#[derive(Serialize)]
struct Inviting {
    /// Asks for the password.
    proof: bool,
}

impl View for Inviting {
    const TEMPLATE: &'static str = "city_person_new.html";
}

/// The page of one account.
#[derive(Serialize)]
struct CityPerson {
    person: Row,
    /// Whoever looks.
    own: bool,
    proof: bool,
}

impl View for CityPerson {
    const TEMPLATE: &'static str = "city_person.html";
}

#[derive(Serialize)]
struct Chosen {
    role: Role,
}

pub(crate) async fn blank(page: Page<InvitePeople>) -> PageResult {
    let form = FormView::filled(&Chosen { role: Role::Staff })?;
    page.show_form(&Inviting { proof: false }, &form)
}

/// Somebody of the city, to be invited.
#[derive(Deserialize)]
struct Invitation {
    name: String,
    email: String,
    role: Role,
}

pub(crate) async fn invite(page: Page<InvitePeople>, form: Form) -> PageResult {
    let signer = page.state().signer.clone();
    let saved = match prove_again(&page, &form)
        .await
        .and_then(|form| form.read::<Invitation>())
    {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let invite = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                if sent.role == Role::Admin {
                    identity::freshly_proven(tx, &signer, actor)?;
                }
                let new = NewPerson {
                    email: sent.email.clone(),
                    name: sent.name.clone(),
                    role: sent.role,
                    organisation_id: actor.organisation,
                    language: None,
                };
                let invited = identity::invite(tx, &new)?;
                Ok(Saved::at("/ville/personnes")
                    .about(invited.person.id)
                    .saying("L’invitation est partie.", "The invitation is on its way."))
            };
            page.write(&form, "post_users", invite).await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (proof, cause) = asked_again(cause);
            page.retry(&Inviting { proof }, &form, cause)
        }
    }
}

async fn load(
    page: &Page<ManagePeople>,
    id: PersonId,
    proof: bool,
) -> ApiResult<(CityPerson, i32)> {
    let user = page
        .read(move |db, actor| {
            let user = identity::user(db, id)?;
            match user.organisation_id == actor.organisation {
                true => Ok(user),
                // others are changed on the page of their organization
                false => Err(Refusal::not_found().into()),
            }
        })
        .await?;
    let version = user.version;
    let view = CityPerson {
        own: page.actor().person == id,
        person: Row::from(user),
        proof,
    };
    Ok((view, version))
}

pub(crate) async fn show(
    page: Page<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
) -> PageResult {
    let (view, version) = load(&page, id, false).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) async fn change(
    page: Page<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
    form: Form,
) -> PageResult {
    let (signer, seen) = (page.state().signer.clone(), form.if_match());
    let saved = match prove_again(&page, &form)
        .await
        .and_then(|form| form.read::<UserChange>())
    {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let change = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                seen.check(identity::user(tx, id)?.version)?;
                let user = identity::change_user(tx, &signer, actor, id, &sent)?;
                Ok(Saved::at("/ville/personnes")
                    .about(user.id)
                    .saying("Le compte est changé.", "The account is changed."))
            };
            page.write(&form, "patch_users_id", change).await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (proof, cause) = asked_again(cause);
            let (view, version) = load(&page, id, proof).await?;
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) async fn sign_out(
    page: Page<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
    form: Form,
) -> PageResult {
    let saved = page.write(&form, "end_sessions_of", move |tx, _| {
        identity::end_sessions_of(tx, id)?;
        let there = format!("/ville/personnes/{id}");
        Ok(Saved::at(there).about(id).saying(
            "Cette personne est déconnectée partout.",
            "This person is signed out everywhere.",
        ))
    });
    Ok(page.see(&saved.await?))
}

pub(crate) fn samples() -> Vec<Sample> {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let row = |role: &'static str, signed_up: bool, disabled: bool| Row {
        id: SAMPLE_ID.to_owned(),
        name: "Sam Service".to_owned(),
        email: "sam@ville.example".to_owned(),
        role,
        signed_up,
        disabled,
        second_factor: signed_up,
        last_login_at: at.filter(|_| signed_up),
    };
    let people = vec![
        row("admin", true, false),
        row("staff", false, false),
        row("staff", true, true),
    ];
    let person = |person, proof| CityPerson {
        person,
        own: proof,
        proof,
    };
    vec![
        Sample::of("people", &CityPeople { people }),
        Sample::of("somebody to invite", &Inviting { proof: false }),
        Sample::of(
            "somebody to invite, with the password",
            &Inviting { proof: true },
        )
        .with_form(|form| form.with_mistake("password", "123")),
        Sample::of("account", &person(row("staff", true, false), false)),
        Sample::of(
            "account of an administrator",
            &person(row("admin", true, false), true),
        ),
        Sample::of("account, closed", &person(row("staff", true, true), false)),
    ]
}
