//! `/compte/agenda`: the link by which a calendar reads one's appointments. Made here, shown once,
//! taken back here.

use ::web::access::ManageAccount;
use ::web::{Answer, ApiResult};
use kernel::Instant;
use serde::Serialize;

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

const ADDRESS: &str = "/compte/agenda";

#[derive(Serialize)]
struct CalendarPage {
    /// Since when there is a link.
    made_at: Option<Instant>,
    /// The link that was just made.
    link: Option<String>,
}

impl View for CalendarPage {
    const TEMPLATE: &'static str = "account_calendar.html";
}

async fn load(page: &Page<ManageAccount>) -> ApiResult<CalendarPage> {
    page.read(|db, actor| {
        Ok(CalendarPage {
            made_at: identity::calendar_link_made_at(db, actor.person)?,
            link: None,
        })
    })
    .await
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let view = load(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Makes the link, and shows it at once: nothing of the secret is kept that could show it later.
pub(crate) async fn make(page: Page<ManageAccount>) -> PageResult {
    let who = page.who().clone().named("put_me_calendar_link");
    let made = page
        .state()
        .write(&who.without_repeat(), move |tx, actor| {
            Answer::ok(&identity::make_calendar_link(tx, actor)?.token)
        })
        .await?;
    let token: String = serde_json::from_slice(made.body()).map_err(db::Error::from)?;
    let mut view = load(&page).await?;
    view.link = Some(format!("{}/agenda/{token}.ics", page.base_url()));
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn revoke(page: Page<ManageAccount>, form: Form) -> PageResult {
    let saved = page
        .write(&form, "delete_me_calendar_link", |tx, actor| {
            identity::revoke_calendar_link(tx, actor)?;
            Ok(Saved::at(ADDRESS).about(actor.person).saying(
                "Le lien est retiré : il n’ouvre plus rien.",
                "The link is taken back: it opens nothing any more.",
            ))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let view = |made: bool, link: Option<&str>| CalendarPage {
        made_at: moment.filter(|_| made),
        link: link.map(str::to_owned),
    };
    vec![
        Sample::of("calendar, no link", &view(false, None)),
        Sample::of("calendar, a link", &view(true, None)),
        Sample::of(
            "calendar, a link just made",
            &view(true, Some("https://ressac.example/agenda/abc.ics")),
        ),
    ]
}
