//! `/ville/remises/{id}/remise`: a lot changes hands. Every device of it is scanned or ticked, and
//! whoever receives it signs, drawn or typed; or somebody says why there is no signature.

use ::web::access::{Permission, SignHandovers};
use ::web::{ApiError, ApiResult, PathId};
use handover::{Completion, HandoverStatus, HandoverView, Waived};
use kernel::{Code, Handover, HandoverId, Refusal, Text};
use serde::Serialize;

use crate::pages::wave_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct HandOver {
    id: String,
    reference: String,
    association: String,
    /// Whom the association named to collect it.
    collector: Option<String>,
    /// It was handed over, or called off: nothing is left to do here.
    over: bool,
    devices: Vec<Device>,
}

#[derive(Serialize)]
struct Device {
    value: String,
    text: String,
}

impl View for HandOver {
    const TEMPLATE: &'static str = "hand_over.html";
}

impl From<HandoverView> for HandOver {
    fn from(view: HandoverView) -> Self {
        let devices = view.lot.unwrap_or_default().into_iter().map(|item| {
            let words = [
                Some(item.tag.clone()),
                item.manufacturer,
                item.model,
                item.serial,
            ];
            Device {
                text: words.into_iter().flatten().collect::<Vec<_>>().join(" – "),
                value: item.tag,
            }
        });
        Self {
            devices: devices.collect(),
            over: matches!(
                view.status,
                HandoverStatus::Completed | HandoverStatus::Cancelled
            ),
            id: view.id.to_string(),
            reference: view.reference,
            association: view.association,
            collector: view.collector,
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: HandoverId) -> ApiResult<(HandOver, i32)> {
    let view = page
        .read(move |db, actor| handover::handover(db, actor, id))
        .await?;
    let version = view.version;
    Ok((view.into(), version))
}

pub(crate) async fn show(page: Page<SignHandovers>, PathId(id): PathId<Handover>) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// What the form says: devices that are ticked and those of the scanner's field, and one of three
/// ways to sign.
fn completion(form: &Form) -> Result<Completion, Refusal> {
    let ticked = form.all("devices").into_iter().map(str::to_owned);
    let scanned = form
        .get("serials")
        .lines()
        .map(str::trim)
        .map(str::to_owned);
    let devices = ticked.chain(scanned).filter(|text| !text.is_empty());
    let text = |name: &str| form.get(name).trim().to_owned();
    let (signature, signature_waived) = match form.get("signed") {
        "drawn" => (Some(text("drawn")), None),
        "typed" => (Some(text("typed")), None),
        "waived" => {
            let reason = text("waived");
            (None, Some(Waived { reason }))
        }
        _ => {
            let detail = Text::new(
                "Choisissez comment la remise est signée.",
                "Choose how the handover is signed.",
            );
            return Err(Refusal::field("/signed", Code::Required, detail));
        }
    };
    Ok(Completion {
        recipient_name: text("recipient_name"),
        devices: devices.collect(),
        signature,
        signature_waived,
    })
}

/// Names the fields of the page where the rules name those of the body.
fn renamed(cause: ApiError, signed: &str) -> ApiError {
    let cause = match signed {
        "drawn" => cause.with_fields(|field| {
            if field.pointer.as_deref() == Some("/signature") {
                field.pointer = Some("/signed".to_owned());
                field.detail = Text::new(
                    "Faites signer dans le cadre, ou choisissez une autre façon.",
                    "Have it signed in the box, or choose another way.",
                );
            }
        }),
        _ => cause,
    };
    cause.renamed(&[
        ("/signature", "/typed"),
        ("/signature_waived/reason", "/waived"),
    ])
}

pub(crate) async fn complete(
    page: Page<SignHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match completion(&form).map_err(ApiError::from) {
        Ok(body) => {
            page.write(&form, "post_handovers_id_complete", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                let done = handover::complete(tx, actor, id, &body)?;
                let (name, count) = (body.recipient_name.trim(), done.devices);
                let text = Text::new(
                    format!("Le lot est remis à {name} : {count} appareils. L’association reçoit le reçu par message."),
                    format!("The lot was handed over to {name}: {count} devices. The association gets the receipt by message."),
                );
                let saved = Saved::at(format!("/ville/remises/{id}")).about(id);
                Ok(saved.telling(text, "success"))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    let saved = saved.map_err(|cause| renamed(cause, form.get("signed")));
    page.settled(saved, &form, &[], load(&page, id)).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |over: bool| HandOver {
        id: SAMPLE_ID.to_owned(),
        reference: "R-2023-00007".to_owned(),
        association: "Les Amis".to_owned(),
        collector: (!over).then(|| "Karim Ben".to_owned()),
        over,
        devices: vec![Device {
            value: "RS-00042-K".to_owned(),
            text: "RS-00042-K – HP – ProDesk 400 – CZC0001".to_owned(),
        }],
    };
    vec![
        Sample::of("handing a lot over", &page(false)).with_form(|form| {
            form.with_mistake("signed", "123")
                .with_mistake("recipient_name", "123")
        }),
        Sample::of("handing a lot over that was handed over", &page(true)),
    ]
}
