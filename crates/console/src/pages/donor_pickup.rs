//! `/dons/{id}/enlevement`: the pickup, from the donor's side. Whom to call and which times suit,
//! until the truck has come; the time that was set is accepted, or another asked for.

use ::web::access::RegisterBatches;
use ::web::{ApiResult, PathId};
use intake::{Batch, MoveRequest, PickupChange, Window};
use kernel::{BatchId, Instant};
use serde::{Deserialize, Serialize};

use super::donor_new::national;
use super::donor_parts::{TypedWindow, day, read_day, read_hour, windows};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Times that the form has room for.
const ROWS: usize = 3;

#[derive(Clone, Serialize)]
struct PickupPage {
    id: String,
    reference: String,
    title: String,
    status: &'static str,
    /// May still change.
    open: bool,
    /// A time is set, and the truck has not come.
    planned: bool,
    scheduled: Option<Window>,
    workshop: Option<String>,
    agreed: Option<bool>,
    /// Why the donor asked for another time.
    asked: Option<String>,
    collected_at: Option<Instant>,
    windows: Vec<Window>,
    rows: usize,
}

impl View for PickupPage {
    const TEMPLATE: &'static str = "donor_pickup.html";
}

/// The form, as it is filled in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Sent {
    address: Option<String>,
    postal_code: Option<String>,
    commune: Option<String>,
    contact_name: Option<String>,
    contact_phone: Option<String>,
    /// Days.
    from: Option<String>,
    to: Option<String>,
    windows: Vec<TypedWindow>,
}

/// The form that asks for another time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    reason: String,
    windows: Vec<TypedWindow>,
}

async fn load(page: &Page<RegisterBatches>, id: BatchId) -> ApiResult<(PickupPage, Batch)> {
    let batch = page
        .read(move |db, actor| intake::batch(db, actor, id))
        .await?;
    let answer = batch.pickup.answer.as_ref();
    let view = PickupPage {
        id: id.to_string(),
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        status: batch.status.as_str(),
        open: intake::rules::may_change_pickup(batch.status).is_ok(),
        planned: intake::rules::may_answer_pickup(batch.status).is_ok(),
        scheduled: batch.scheduled,
        workshop: batch.workshop_name.clone(),
        agreed: answer.map(|answer| answer.agrees),
        asked: answer.and_then(|answer| answer.reason.clone()),
        collected_at: batch.collected_at,
        windows: batch.pickup.windows.clone(),
        rows: ROWS,
    };
    Ok((view, batch))
}

pub(crate) async fn show(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let (view, batch) = load(&page, id).await?;
    let pickup = &batch.pickup;
    let sent = Sent {
        address: Some(pickup.address.clone()),
        postal_code: Some(pickup.postal_code.clone()),
        commune: Some(pickup.commune.clone()),
        contact_name: Some(pickup.contact_name.clone()),
        contact_phone: Some(national(&pickup.contact_phone)),
        from: Some(day(pickup.from)),
        to: Some(day(pickup.to)),
        windows: pickup.windows.iter().map(TypedWindow::of).collect(),
    };
    let form = FormView::filled(&sent)?.version(batch.version);
    page.show_form(&view, &form)
}

/// The change that a form asks for. What is empty is what the donor wants empty.
fn change(sent: &Sent, known: &Batch) -> Result<PickupChange, kernel::Refusal> {
    let text = |text: &Option<String>| Some(text.clone().unwrap_or_default());
    // the same day keeps its hour
    let moment = |name: &str, text: &Option<String>, known: Instant, hour: &str| match text {
        Some(text) if *text == day(known) => Ok(Some(known)),
        Some(text) => Ok(read_hour(read_day(&format!("/{name}"), text)?, hour)),
        None => Ok(None),
    };
    Ok(PickupChange {
        address: text(&sent.address),
        postal_code: text(&sent.postal_code),
        commune: text(&sent.commune),
        contact_name: text(&sent.contact_name),
        contact_phone: text(&sent.contact_phone),
        from: moment("from", &sent.from, known.pickup.from, "08:00")?,
        to: moment("to", &sent.to, known.pickup.to, "18:00")?,
        windows: Some(windows(&sent.windows)?),
    })
}

pub(crate) async fn save(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    load(&page, id).await?; // whose it is comes before what is wrong with the form
    let seen = form.if_match();
    let saved = match form.read::<Sent>() {
        Ok(sent) => {
            page.write(&form, "patch_batches_id_pickup", move |tx, actor| {
                seen.of::<Batch>(tx, actor, id)?;
                let known = intake::batch(tx, actor, id)?;
                intake::change_pickup(tx, actor, id, &change(&sent, &known)?)?;
                Ok(Saved::at(format!("/dons/{id}/enlevement"))
                    .about(id)
                    .saying("C’est enregistré.", "It is saved."))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, batch) = load(&page, id).await?;
            page.retry_against(batch.version, &view, &form, cause)
        }
    }
}

/// A form of one button.
#[derive(Deserialize)]
struct Nothing {}

pub(crate) async fn accept(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let (view, _) = load(&page, id).await?;
    page.submit(
        &form,
        "post_batches_id_pickup_accept",
        move |tx, actor, _: &Nothing| {
            intake::accept_pickup(tx, actor, id)?;
            Ok(Saved::at(format!("/dons/{id}")).about(id).saying(
                "Merci : le rendez-vous vous convient, l’atelier le voit.",
                "Thank you: the appointment suits you, and the workshop sees it.",
            ))
        },
        || view,
    )
    .await
}

pub(crate) async fn ask_to_move(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let (view, _) = load(&page, id).await?;
    page.submit(
        &form,
        "post_batches_id_pickup_move",
        move |tx, actor, asked: &Asked| {
            let asked = MoveRequest {
                reason: asked.reason.clone(),
                windows: windows(&asked.windows)?,
            };
            intake::ask_to_move_pickup(tx, actor, id, &asked)?;
            Ok(Saved::at(format!("/dons/{id}/enlevement")).about(id).saying(
                "Votre demande est partie à la ville et à l’atelier. Le rendez-vous reste prévu tant que la ville n’en fixe pas un autre.",
                "Your request has gone to the city and the workshop. The appointment stands until the city sets another.",
            ))
        },
        || view,
    )
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let window = moment.map(|from| Window {
        from,
        to: from.plus_seconds(7_200),
    });
    let view = |status: &'static str, agreed: Option<bool>| PickupPage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        status,
        open: status != "collected",
        planned: status == "scheduled",
        scheduled: window.filter(|_| status != "draft"),
        workshop: (status != "draft").then(|| "Atelier".to_owned()),
        agreed,
        asked: (agreed == Some(false)).then(|| "-".to_owned()),
        collected_at: moment.filter(|_| status == "collected"),
        windows: window.into_iter().collect(),
        rows: ROWS,
    };
    let wrong = |form: FormView| {
        form.with_mistake("contact_phone", "123")
            .with_mistake("windows/0/day", "123")
            .with_mistake("reason", "123")
    };
    let stale = |mut form: FormView| {
        form.against(3);
        form
    };
    vec![
        Sample::of("pickup of a draft", &view("draft", None)).with_form(wrong),
        Sample::of("pickup to answer", &view("scheduled", None)).with_form(stale),
        Sample::of("pickup accepted", &view("scheduled", Some(true))),
        Sample::of("pickup to be moved", &view("scheduled", Some(false))).with_form(wrong),
        Sample::of("pickup, done", &view("collected", Some(true))),
    ]
}
