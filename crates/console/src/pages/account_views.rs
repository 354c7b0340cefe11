//! `/compte/vues`: lists as somebody narrowed them, kept under a name. A list that is narrowed offers
//! to be kept at its foot; the desk and the workshop's day begin with what is kept.

use ::web::access::ManageAccount;
use ::web::{ApiResult, PathId};
use identity::{NewSavedView, SavedView};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

const ADDRESS: &str = "/compte/vues";

#[derive(Serialize)]
struct ViewsPage {
    /// The address to keep; empty for none.
    address: String,
    views: Vec<Row>,
}

impl View for ViewsPage {
    const TEMPLATE: &'static str = "account_views.html";
}

/// A view, as lists of them show it.
#[derive(Serialize)]
pub(crate) struct Row {
    id: String,
    name: String,
    href: String,
    shared: bool,
    /// Who shares it; none for one's own.
    by: Option<String>,
}

impl From<SavedView> for Row {
    fn from(view: SavedView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            href: view.address,
            shared: view.shared,
            by: view.by,
        }
    }
}

impl Row {
    /// For samples.
    pub(crate) fn sample(by: Option<&str>) -> Self {
        Self {
            id: SAMPLE_ID.to_owned(),
            name: "2023-1".to_owned(),
            href: "/ville/demandes?status=in_review".to_owned(),
            shared: by.is_some(),
            by: by.map(str::to_owned),
        }
    }
}

async fn load(page: &Page<ManageAccount>, address: String) -> ApiResult<ViewsPage> {
    let views = page.read(identity::saved_views).await?;
    Ok(ViewsPage {
        address,
        views: views.into_iter().map(Row::from).collect(),
    })
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let view = load(&page, page.query("adresse")).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn save(page: Page<ManageAccount>, form: Form) -> PageResult {
    let new = NewSavedView {
        name: form.get("name").to_owned(),
        address: form.get("address").to_owned(),
        shared: !form.get("shared").is_empty(),
    };
    let back = new.address.clone();
    let saved = page.write(&form, "save_view", move |tx, actor| {
        let view = identity::save_view(tx, actor, &new)?;
        Ok(Saved::at(view.address).saying(
            "La vue est gardée : vous la retrouvez sur votre page d’accueil.",
            "The view is kept: you find it on your home page.",
        ))
    });
    match saved.await {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = load(&page, back).await?;
            page.retry(&view, &form, cause)
        }
    }
}

pub(crate) async fn remove(
    page: Page<ManageAccount>,
    PathId(id): PathId<kernel::SavedView>,
    form: Form,
) -> PageResult {
    let saved = page
        .write(&form, "remove_view", move |tx, actor| {
            identity::remove_view(tx, actor, id)?;
            Ok(Saved::at(ADDRESS).saying("La vue est retirée.", "The view is removed."))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |address: &str, views: Vec<Row>| ViewsPage {
        address: address.to_owned(),
        views,
    };
    let some = vec![Row::sample(None), Row::sample(Some("Nadia Ville"))];
    vec![
        Sample::of("views none", &page("", Vec::new())),
        Sample::of("views", &page("/ville/demandes?status=in_review", some)),
    ]
}
