//! What is counted at the dock: machines, accessories, the truck itself, and the end of it.

use std::collections::BTreeMap;

use ::web::access::{CloseBatches, CollectBatches, ReceiveBatches};
use ::web::{ApiError, PathId};
use intake::{Batch, Collection};
use kernel::{AccessoryKind, Code, DeviceKind, PageRequest, Refusal, Text};
use serde::Deserialize;
use workshop::{
    Arrival, KitPart, Reception, ReceptionAnswer, ReceptionDevice, ReceptionLine, ReceptionStatus,
};

use super::{Asked, load};
use crate::{Form, Page, PageResult, Saved};

/// Machines of one submit that an answer names.
const NAMED: usize = 10;

/// One machine, or a pasted column of serial numbers.
#[derive(Deserialize)]
struct Arrived {
    #[serde(default)]
    devices: Vec<ReceptionLine>,
    #[serde(default)]
    serials: String,
    /// What the pasted ones are that nobody announced.
    kind: Option<DeviceKind>,
    /// A machine whose number nobody can read.
    #[serde(default)]
    unreadable: bool,
}

impl Arrived {
    fn lines(&self) -> Result<Vec<ReceptionLine>, Refusal> {
        let pasted = self.serials.lines().map(str::trim);
        let pasted = pasted.filter(|serial| !serial.is_empty());
        let mut lines: Vec<ReceptionLine> = pasted
            .map(|serial| ReceptionLine {
                serial: Some(serial.to_owned()),
                kind: self.kind,
                manufacturer: None,
                model: None,
                note: None,
            })
            .collect();
        let typed = self
            .devices
            .iter()
            .filter(|line| line.serial.is_some() || self.unreadable);
        lines.extend(typed.cloned());
        if lines.is_empty() && self.unreadable {
            let detail = Text::new(
                "Dites ce qu’est cette machine sans numéro.",
                "Say what this machine without a number is.",
            );
            return Err(Refusal::field("/devices/0/kind", Code::Required, detail));
        }
        if lines.is_empty() {
            let detail = Text::new(
                "Scannez ou tapez un numéro de série.",
                "Scan or type a serial number.",
            );
            return Err(Refusal::field("/devices/0/serial", Code::Required, detail));
        }
        Ok(lines)
    }
}

pub(crate) async fn receive(
    page: Page<ReceiveBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Arrived>() {
        Err(cause) => Err(cause),
        Ok(arrived) => match arrived.lines() {
            Err(refusal) => Err(refusal.into()),
            Ok(lines) => {
                let pasted = !arrived.serials.is_empty();
                let reception = Reception {
                    devices: lines,
                    accessories: Vec::new(),
                };
                let saved = page.write(&form, "post_batches_id_receive", move |tx, actor| {
                    let answer = workshop::receive(tx, actor, id, &reception)
                        .map_err(|cause| in_the_column(cause, pasted, &reception))?;
                    let (text, kind) = told(&answer);
                    Ok(Saved::at(format!("/atelier/lots/{id}")).telling(text, kind))
                });
                saved.await
            }
        },
    };
    again(&page, id, &form, saved).await
}

/// Leads to what was saved, or shows the page again with what was refused.
async fn again<P: ::web::access::Permission>(
    page: &Page<P>,
    id: kernel::BatchId,
    form: &Form,
    saved: Result<Saved, ApiError>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let asked = Asked {
                shown: Arrival::Awaited,
                late: String::new(),
            };
            let request = PageRequest::new(None, None)?;
            let (view, version) = load(page, id, asked, request).await?;
            page.retry_against(version, &view, form, cause)
        }
    }
}

/// A mistake in a pasted column is at the column, and names the number.
fn in_the_column(cause: db::Error, pasted: bool, reception: &Reception) -> db::Error {
    let db::Error::Refused(mut refusal) = cause else {
        return cause;
    };
    if pasted {
        for error in &mut refusal.errors {
            let pointer = error.pointer.take().unwrap_or_default();
            let line = pointer.strip_prefix("/devices/").and_then(|rest| {
                let number: usize = rest.split('/').next()?.parse().ok()?;
                reception.devices.get(number)?.serial.clone()
            });
            if let Some(serial) = line {
                error.detail = Text::new(
                    format!("{serial} : {}", error.detail.fr),
                    format!("{serial}: {}", error.detail.en),
                );
            }
            let field = match pointer.ends_with("/kind") {
                true => "/kind",
                false => "/serials",
            };
            error.pointer = Some(field.to_owned());
        }
        refusal.errors.truncate(NAMED);
    }
    db::Error::Refused(refusal)
}

/// What became of the machines, in a sentence.
fn told(answer: &ReceptionAnswer) -> (Text, &'static str) {
    match &*answer.devices {
        [one] => told_of_one(one),
        _ => told_of_many(answer),
    }
}

fn told_of_one(device: &ReceptionDevice) -> (Text, &'static str) {
    let name = device.serial.as_deref().unwrap_or("–");
    let tag = device.tag.as_deref().unwrap_or_default();
    let (french, english, kind) = match device.status {
        ReceptionStatus::Received => (
            format!("{name} est sur la liste : reçu. Étiquette {tag}."),
            format!("{name} is on the list: received. Tag {tag}."),
            "success",
        ),
        ReceptionStatus::AlreadyReceived => (
            format!("{name} est déjà compté. Étiquette {tag}."),
            format!("{name} is counted already. Tag {tag}."),
            "info",
        ),
        ReceptionStatus::Unexpected => (
            format!("{name} n’est pas sur la liste : reçu en plus. Étiquette {tag}."),
            format!("{name} is not on the list: received in excess. Tag {tag}."),
            "warning",
        ),
        ReceptionStatus::Refused => (
            format!("{name} est une machine d’un autre lot : mettez-la de côté."),
            format!("{name} is a machine of another batch: put it aside."),
            "danger",
        ),
    };
    (Text::new(french, english), kind)
}

fn told_of_many(answer: &ReceptionAnswer) -> (Text, &'static str) {
    let named = |status: ReceptionStatus| {
        let of = answer.devices.iter().filter(|one| one.status == status);
        let names: Vec<&str> = of.filter_map(|one| one.serial.as_deref()).collect();
        let more = if names.len() > NAMED { "…" } else { "" };
        format!("{}{more}", names[..names.len().min(NAMED)].join(", "))
    };
    let mut french = format!("Reçus : {}.", answer.received);
    let mut english = format!("Received: {}.", answer.received);
    let mut kind = "success";
    if answer.already_received > 0 {
        let names = named(ReceptionStatus::AlreadyReceived);
        french.push_str(&format!(
            " Déjà comptés : {} ({names}).",
            answer.already_received
        ));
        english.push_str(&format!(
            " Counted before: {} ({names}).",
            answer.already_received
        ));
    }
    if answer.unexpected > 0 {
        let names = named(ReceptionStatus::Unexpected);
        french.push_str(&format!(
            " En plus de la liste : {} ({names}).",
            answer.unexpected
        ));
        english.push_str(&format!(
            " Not on the list: {} ({names}).",
            answer.unexpected
        ));
        kind = "warning";
    }
    if answer.refused > 0 {
        let names = named(ReceptionStatus::Refused);
        french.push_str(&format!(
            " D’un autre lot, à mettre de côté : {} ({names}).",
            answer.refused
        ));
        english.push_str(&format!(
            " Of another batch, to put aside: {} ({names}).",
            answer.refused
        ));
        kind = "danger";
    }
    (Text::new(french, english), kind)
}

/// Accessories by kind, as they were counted now.
#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    accessories: BTreeMap<String, i32>,
}

pub(crate) async fn accessories(
    page: Page<ReceiveBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Counted>() {
        Err(cause) => Err(cause),
        Ok(counted) => {
            let part = |kind: &AccessoryKind| {
                let quantity = counted.accessories.get(kind.as_str()).copied()?;
                Some(KitPart {
                    kind: *kind,
                    quantity,
                })
            };
            let parts = AccessoryKind::ALL.iter().filter_map(part);
            let reception = Reception {
                devices: Vec::new(),
                accessories: parts.collect(),
            };
            let saved = page.write(&form, "post_batches_id_receive", move |tx, actor| {
                workshop::receive(tx, actor, id, &reception)
                    .map_err(|cause| by_kind(cause, &reception))?;
                let saved = Saved::at(format!("/atelier/lots/{id}"));
                Ok(saved.saying(
                    "Les accessoires sont comptés et ajoutés au stock.",
                    "The accessories are counted and added to the stock.",
                ))
            });
            saved.await
        }
    };
    again(&page, id, &form, saved).await
}

/// A mistake in a count is at the field of its kind.
fn by_kind(cause: db::Error, reception: &Reception) -> db::Error {
    let db::Error::Refused(mut refusal) = cause else {
        return cause;
    };
    for error in &mut refusal.errors {
        let number = error.pointer.as_deref().and_then(|pointer| {
            let rest = pointer.strip_prefix("/accessories/")?;
            rest.split('/').next()?.parse::<usize>().ok()
        });
        let part = number.and_then(|number| reception.accessories.get(number));
        let first = AccessoryKind::ALL.first().map(|kind| kind.as_str());
        let field = part.map(|part| part.kind.as_str()).or(first);
        error.pointer = field.map(|kind| format!("/accessories/{kind}"));
    }
    db::Error::Refused(refusal)
}

pub(crate) async fn close(
    page: Page<CloseBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = page.write(&form, "post_batches_id_close", move |tx, actor| {
        seen.of::<Batch>(tx, actor, id)?;
        let tally = workshop::close(tx, actor, id)?;
        let text = match tally.missing {
            0 => Text::new(
                "Le comptage est terminé : rien ne manque. Le donateur est prévenu.",
                "The count has ended: nothing is missing. The donor is told.",
            ),
            missing => Text::new(
                format!("Le comptage est terminé. Manquants : {missing}. Le donateur est prévenu et peut répondre."),
                format!("The count has ended. Missing: {missing}. The donor is told and may answer."),
            ),
        };
        let saved = Saved::at(format!("/atelier/lots/{id}"));
        Ok(saved.telling(text, "success").about(id))
    });
    let saved = saved.await;
    again(&page, id, &form, saved).await
}

/// What was loaded at the donor's; the truck has left just now.
#[derive(Deserialize)]
struct Loaded {
    pallets: Option<i32>,
    weight_kg: Option<f64>,
}

pub(crate) async fn collect(
    page: Page<CollectBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Loaded>() {
        Err(cause) => Err(cause),
        Ok(loaded) => {
            let saved = page.write(&form, "post_batches_id_collect", move |tx, actor| {
                let collection = Collection {
                    collected_at: tx.now(),
                    pallets: loaded.pallets,
                    weight_kg: loaded.weight_kg,
                };
                intake::collect(tx, actor, id, &collection)?;
                let saved = Saved::at(format!("/atelier/lots/{id}"));
                Ok(saved
                    .saying("L’enlèvement est noté.", "The pickup is recorded.")
                    .about(id))
            });
            saved.await
        }
    };
    again(&page, id, &form, saved).await
}
