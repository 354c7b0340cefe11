//! `/compte/collegues`: who acts for one's own organization; inviting somebody, taking somebody off.
//! One leaves oneself at `/compte/fermer`. The city's people are an administrator's to change.

use ::web::access::{ManageColleagues, Permission, ReadColleagues};
use ::web::{ApiError, ApiResult, PathId};
use identity::token::INVITATION_DAYS;
use identity::{Member, NewColleague};
use kernel::{Code, PersonId, Refusal};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

const ADDRESS: &str = "/compte/collegues";
const LEAVING: &str = "/compte/fermer";

#[derive(Serialize)]
struct ColleaguesPage {
    organisation: String,
    people: Vec<Colleague>,
    /// Who left.
    gone: Vec<Colleague>,
    /// The city's people are invited and taken off elsewhere.
    of_city: bool,
    /// Whoever looks may do so.
    admin: bool,
    /// How long an invitation works.
    invitation_days: i64,
}

impl View for ColleaguesPage {
    const TEMPLATE: &'static str = "account_colleagues.html";
}

#[derive(Serialize)]
struct Colleague {
    id: String,
    name: String,
    email: String,
    signed_up: bool,
    /// Whoever looks.
    own: bool,
}

impl Colleague {
    fn of(it: Member, reader: PersonId) -> Self {
        Self {
            own: it.id == reader,
            id: it.id.to_string(),
            name: it.name,
            email: it.email,
            signed_up: it.signed_up,
        }
    }
}

pub(crate) async fn show(page: Page<ReadColleagues>) -> PageResult {
    let view = page
        .read(|db, actor| {
            let organisation = identity::me(db, actor.person)?.organisation.name;
            let all = identity::members(db, actor, actor.organisation)?;
            let (gone, people): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.disabled);
            let rows = |all: Vec<Member>| {
                let all = all.into_iter();
                all.map(|it| Colleague::of(it, actor.person)).collect()
            };
            Ok(ColleaguesPage {
                organisation,
                people: rows(people),
                gone: rows(gone),
                of_city: actor.is_city(),
                admin: actor.role == kernel::Role::Admin,
                invitation_days: INVITATION_DAYS,
            })
        })
        .await?;
    page.show(&view)
}

/// The page on which a colleague is invited.
#[derive(Serialize)]
struct InvitePage {
    organisation: String,
}

impl View for InvitePage {
    const TEMPLATE: &'static str = "account_colleague_new.html";
}

/// # Errors
/// `not_found` for the city's people.
fn not_of_city<P: Permission>(page: &Page<P>) -> ApiResult<()> {
    match page.actor().is_city() {
        true => Err(Refusal::not_found().into()),
        false => Ok(()),
    }
}

async fn invite_page(page: &Page<ManageColleagues>) -> ApiResult<InvitePage> {
    not_of_city(page)?;
    let me = page.read(|db, actor| identity::me(db, actor.person));
    Ok(InvitePage {
        organisation: me.await?.organisation.name,
    })
}

pub(crate) async fn blank(page: Page<ManageColleagues>) -> PageResult {
    let view = invite_page(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn invite(page: Page<ManageColleagues>, form: Form) -> PageResult {
    let view = invite_page(&page).await?;
    let saved = match form.read::<NewColleague>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let invite = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                let invited = identity::invite_colleague(tx, actor, actor.organisation, &sent)?;
                let saved = Saved::at(ADDRESS).about(invited.person.id);
                Ok(match invited.same_mailbox {
                    true => saved.telling(same_mailbox(), "warning"),
                    false => {
                        saved.saying("L’invitation est partie.", "The invitation is on its way.")
                    }
                })
            };
            page.write(&form, "post_organisations_id_people", invite)
                .await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&view, &form, at_address(cause)),
    }
}

fn same_mailbox() -> kernel::Text {
    kernel::Text::new(
        "L’invitation est partie. Cette adresse mène à la boîte d’un autre compte : une même personne aurait les deux.",
        "The invitation is on its way. This address leads to the mailbox of another account: one person would have both.",
    )
}

/// An address that has an account already, said at the field of the address.
fn at_address(cause: ApiError) -> ApiError {
    match cause.code() {
        Some(code @ Code::EmailTaken) => Refusal::field("/email", code, code.help()).into(),
        _ => cause,
    }
}

/// Before somebody is taken off.
#[derive(Serialize)]
struct RemovePage {
    organisation: String,
    colleague: Colleague,
}

impl View for RemovePage {
    const TEMPLATE: &'static str = "account_colleague_remove.html";
}

/// The page of somebody who is there; none of somebody who left.
async fn remove_page(page: &Page<ManageColleagues>, id: PersonId) -> ApiResult<Option<RemovePage>> {
    not_of_city(page)?;
    page.read(move |db, actor| {
        let members = identity::members(db, actor, actor.organisation)?;
        let member = members.into_iter().find(|member| member.id == id);
        let member = member.ok_or_else(Refusal::not_found)?;
        let organisation = identity::me(db, actor.person)?.organisation.name;
        Ok((!member.disabled).then(|| RemovePage {
            organisation,
            colleague: Colleague::of(member, actor.person),
        }))
    })
    .await
}

pub(crate) async fn ask(
    page: Page<ManageColleagues>,
    PathId(id): PathId<kernel::Person>,
) -> PageResult {
    match remove_page(&page, id).await? {
        None => Ok(page.see(&Saved::at(ADDRESS))),
        Some(view) if view.colleague.own => Ok(page.see(&Saved::at(LEAVING))),
        Some(view) => page.show_form(&view, &FormView::empty()?),
    }
}

pub(crate) async fn remove(
    page: Page<ManageColleagues>,
    PathId(id): PathId<kernel::Person>,
    form: Form,
) -> PageResult {
    let view = remove_page(&page, id).await?;
    if view.as_ref().is_some_and(|view| view.colleague.own) {
        return Ok(page.see(&Saved::at(LEAVING)));
    }
    let remove = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
        identity::remove_member(tx, actor, actor.organisation, id)?;
        Ok(Saved::at(ADDRESS).about(id).saying(
            "Cette personne ne peut plus se connecter.",
            "This person cannot sign in any more.",
        ))
    };
    let deed = "delete_organisations_id_people_person_id";
    match (page.write(&form, deed, remove).await, view) {
        (Ok(saved), _) => Ok(page.see(&saved)),
        (Err(cause), Some(view)) => page.retry(&view, &form, cause),
        (Err(cause), None) => Err(cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let colleague = |signed_up, own| Colleague {
        id: SAMPLE_ID.to_owned(),
        name: "Jo Bon".to_owned(),
        email: "jo@amis.example".to_owned(),
        signed_up,
        own,
    };
    let page = |of_city, admin, gone: usize| ColleaguesPage {
        organisation: "Les Amis".to_owned(),
        people: vec![colleague(true, true), colleague(false, false)],
        gone: (0..gone).map(|_| colleague(true, false)).collect(),
        of_city,
        admin,
        invitation_days: INVITATION_DAYS,
    };
    let inviting = InvitePage {
        organisation: "Les Amis".to_owned(),
    };
    let removing = |signed_up| RemovePage {
        organisation: "Les Amis".to_owned(),
        colleague: colleague(signed_up, false),
    };
    let wrong = |form: FormView| form.with_mistake("email", "123");
    vec![
        Sample::of("colleagues", &page(false, false, 1)),
        Sample::of("colleagues of the city", &page(true, false, 0)),
        Sample::of(
            "colleagues of the city, administrator",
            &page(true, true, 0),
        ),
        Sample::of("colleague to invite", &inviting),
        Sample::of("colleague to invite, mistake", &inviting).with_form(wrong),
        Sample::of("colleague to take off", &removing(true)),
        Sample::of("colleague to take off, invited", &removing(false)),
    ]
}
