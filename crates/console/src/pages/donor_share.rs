//! `/dons/{id}/partage`: the link by which anybody follows a donation without an account. Made
//! here, shown once, taken back here.

use ::web::access::RegisterBatches;
use ::web::{Answer, ApiResult, PathId};
use kernel::{BatchId, Instant};
use serde::Serialize;

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct SharePage {
    id: String,
    reference: String,
    title: String,
    /// Since when there is a link.
    made_at: Option<Instant>,
    /// The link that was just made.
    link: Option<String>,
}

impl View for SharePage {
    const TEMPLATE: &'static str = "donor_share.html";
}

async fn load(page: &Page<RegisterBatches>, id: BatchId) -> ApiResult<SharePage> {
    page.read(move |db, actor| {
        let batch = intake::batch(db, actor, id)?;
        Ok(SharePage {
            id: id.to_string(),
            made_at: intake::follow_link_made_at(db, id)?,
            reference: batch.reference,
            title: batch.title,
            link: None,
        })
    })
    .await
}

pub(crate) async fn show(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Makes the link, and shows it at once: nothing of the secret is kept that could show it later.
pub(crate) async fn make(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let who = page.who().clone().named("put_batches_id_follow_link");
    let made = page
        .state()
        .write(&who.without_repeat(), move |tx, actor| {
            Answer::ok(&intake::make_follow_link(tx, actor, id)?.token)
        })
        .await?;
    let token: String = serde_json::from_slice(made.body()).map_err(db::Error::from)?;
    let mut view = load(&page, id).await?;
    view.link = Some(format!("{}/suivi/{token}", page.base_url()));
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn revoke(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let saved = page
        .write(&form, "delete_batches_id_follow_link", move |tx, actor| {
            intake::revoke_follow_link(tx, actor, id)?;
            Ok(Saved::at(format!("/dons/{id}/partage")).about(id).saying(
                "Le lien est retiré : il n’ouvre plus rien.",
                "The link is taken back: it opens nothing any more.",
            ))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let view = |made: bool, link: Option<&str>| SharePage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        made_at: moment.filter(|_| made),
        link: link.map(str::to_owned),
    };
    vec![
        Sample::of("link to follow, none", &view(false, None)),
        Sample::of("link to follow", &view(true, None)),
        Sample::of(
            "link to follow, just made",
            &view(true, Some("https://ressac.example/suivi/abc")),
        ),
    ]
}
