//! `/compte/messages`: how one hears of each kind of message.

use ::web::access::ManageAccount;
use notifications::{NewPreferences, Preference};
use serde::Serialize;

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct MessagesPage {
    /// What one may choose.
    choices: Vec<Row>,
    /// What always leaves.
    always: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    kind: String,
    title: String,
    choice: &'static str,
}

impl View for MessagesPage {
    const TEMPLATE: &'static str = "account_messages.html";
}

impl MessagesPage {
    fn of(items: Vec<Preference>) -> Self {
        let (always, open): (Vec<_>, Vec<_>) = items.into_iter().partition(|it| it.always);
        let row = |it: Preference| Row {
            kind: it.kind,
            title: it.title,
            choice: it.choice.as_str(),
        };
        Self {
            choices: open.into_iter().map(row).collect(),
            always: always.into_iter().map(|it| it.title).collect(),
        }
    }

    async fn load(page: &Page<ManageAccount>) -> Result<Self, ::web::ApiError> {
        let language = page.language();
        let found = page
            .read(move |db, actor| notifications::preferences(db, actor, language))
            .await?;
        Ok(Self::of(found.items))
    }
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let view = MessagesPage::load(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn choose(page: Page<ManageAccount>, form: Form) -> PageResult {
    let view = MessagesPage::load(&page).await?;
    page.submit(
        &form,
        "write_preferences",
        |tx, actor, wanted: &NewPreferences| {
            notifications::set_preferences(tx, actor, wanted)?;
            Ok(Saved::at("/compte/messages").saying("C'est enregistré.", "It is saved."))
        },
        || view,
    )
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |choice| Row {
        kind: "batch_accepted".to_owned(),
        title: "Marseille".to_owned(),
        choice,
    };
    let page = |choices| MessagesPage {
        choices,
        always: vec!["Marseille".to_owned()],
    };
    let rows = || ["at_once", "daily", "weekly", "off"].map(row).into();
    let wrong = |form: FormView| form.with_mistake("choices/batch_accepted", "never");
    vec![
        Sample::of("messages one hears", &page(rows())),
        Sample::of("messages one hears, mistake", &page(rows())).with_form(wrong),
        Sample::of("messages one hears, nothing to choose", &page(Vec::new())),
    ]
}
