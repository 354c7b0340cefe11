//! `/atelier/stock`: accessories and parts that are counted, and what went in and out.

use ::web::access::CountStock;
use ::web::{ApiError, Paging};
use kernel::{AccessoryKind, Instant, PageRequest};
use serde::{Deserialize, Serialize};
use workshop::{AccessoryStock, MovementView, PartChange, PartCount, StockChange};

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Movements that the page shows; there is a page of their own for the others.
const RECENT: u32 = 10;

#[derive(Serialize)]
struct StockPage {
    accessories: Vec<Count>,
    kits: Vec<Kit>,
    q: String,
    parts: Vec<PartCount>,
    next: Option<String>,
    movements: Vec<MovementRow>,
}

impl View for StockPage {
    const TEMPLATE: &'static str = "stock.html";
}

#[derive(Serialize)]
pub(super) struct Count {
    pub(super) kind: &'static str,
    pub(super) quantity: i32,
}

/// What goes with a kind of machine, and for how many of them there is enough.
#[derive(Serialize)]
struct Kit {
    kind: &'static str,
    parts: Vec<Count>,
    enough_for: i32,
}

#[derive(Serialize)]
struct MovementRow {
    kind: &'static str,
    delta: i32,
    /// `received`, `ready`, `not_ready`; else what a person said.
    reason: String,
    device: Option<(String, String)>,
    batch: Option<(String, String)>,
    at: Instant,
}

impl From<MovementView> for MovementRow {
    fn from(movement: MovementView) -> Self {
        Self {
            kind: movement.kind.as_str(),
            delta: movement.delta,
            reason: movement.reason,
            device: movement.device.map(|(id, tag)| (id.to_string(), tag)),
            batch: movement.batch.map(|(id, name)| (id.to_string(), name)),
            at: movement.at,
        }
    }
}

pub(super) fn counts(stock: &AccessoryStock) -> Vec<Count> {
    let count = |item: &workshop::AccessoryCountView| Count {
        kind: item.kind.as_str(),
        quantity: item.quantity,
    };
    stock.items.iter().map(count).collect()
}

fn kits(stock: &AccessoryStock) -> db::Result<Vec<Kit>> {
    let there = |kind: AccessoryKind| {
        let found = stock.items.iter().find(|item| item.kind == kind);
        found.map_or(0, |item| item.quantity)
    };
    let kinds = workshop::templates()?.kinds.into_iter();
    let kits = kinds.filter(|kind| !kind.kit.is_empty()).map(|kind| Kit {
        kind: kind.kind.as_str(),
        enough_for: (kind.kit.iter())
            .map(|part| there(part.kind) / part.quantity.max(1))
            .min()
            .unwrap_or(0),
        parts: (kind.kit.iter())
            .map(|part| Count {
                kind: part.kind.as_str(),
                quantity: part.quantity,
            })
            .collect(),
    });
    Ok(kits.collect())
}

async fn load(
    page: &Page<CountStock>,
    q: String,
    request: PageRequest,
) -> ::web::ApiResult<StockPage> {
    let recent = PageRequest::new(Some(RECENT), None)?;
    let words = Some(q.clone()).filter(|q| !q.is_empty());
    let (stock, parts, movements) = page
        .read(move |db, actor| {
            let own = actor.organisation;
            let stock = workshop::accessories(db, actor, own)?;
            let parts = workshop::part_stock(db, actor, own, words.as_deref(), &request)?;
            let movements = workshop::accessory_movements(db, actor, own, &recent)?;
            Ok((stock, parts, movements))
        })
        .await?;
    let next = parts.next.map(|cursor| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [("q", &q), ("after", &cursor)];
        query.extend_pairs(given.iter().filter(|(_, value)| !value.is_empty()));
        format!("/atelier/stock?{}", query.finish())
    });
    Ok(StockPage {
        accessories: counts(&stock),
        kits: kits(&stock)?,
        parts: parts.items,
        next,
        movements: movements.items.into_iter().map(MovementRow::from).collect(),
        q,
    })
}

pub(crate) async fn show(page: Page<CountStock>, Paging(request): Paging) -> PageResult {
    let q = page.query("q").trim().to_owned();
    let view = load(&page, q, request).await?;
    page.show_form(&view, &FormView::empty()?)
}

async fn again(page: &Page<CountStock>, form: &Form, saved: Result<Saved, ApiError>) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = load(page, String::new(), PageRequest::new(None, None)?).await?;
            page.retry(&view, form, cause)
        }
    }
}

/// Accessories go in or out, with a reason.
pub(crate) async fn change(page: Page<CountStock>, form: Form) -> PageResult {
    let saved = match form.read::<StockChange>() {
        Err(cause) => Err(cause),
        Ok(change) => {
            let saved = page.write(&form, "post_workshops_id_accessories", move |tx, actor| {
                workshop::change_accessories(tx, actor, actor.organisation, &change)?;
                let saved = Saved::at("/atelier/stock");
                Ok(saved.saying("Le stock est à jour.", "The stock is up to date."))
            });
            saved.await
        }
    };
    again(&page, &form, saved).await
}

/// The fields of a part are told apart from those of an accessory by their name.
#[derive(Deserialize)]
struct PartForm {
    part: PartChange,
}

/// Parts go in or out.
pub(crate) async fn change_part(page: Page<CountStock>, form: Form) -> PageResult {
    let saved = match form.read::<PartForm>() {
        Err(cause) => Err(cause),
        Ok(PartForm { part }) => {
            let saved = page.write(&form, "post_workshops_id_parts", move |tx, actor| {
                workshop::change_parts(tx, actor, actor.organisation, &part)
                    .map_err(|cause| below("part", cause))?;
                let saved = Saved::at("/atelier/stock");
                Ok(saved.saying("Le stock est à jour.", "The stock is up to date."))
            });
            saved.await
        }
    };
    again(&page, &form, saved).await
}

/// A refusal about fields that stand below another in the form.
fn below(name: &str, cause: db::Error) -> db::Error {
    let db::Error::Refused(mut refusal) = cause else {
        return cause;
    };
    for error in &mut refusal.errors {
        let pointer = error.pointer.take().unwrap_or_default();
        error.pointer = Some(format!("/{name}{pointer}"));
    }
    db::Error::Refused(refusal)
}

#[derive(Serialize)]
struct MovementsPage {
    movements: Vec<MovementRow>,
    next: Option<String>,
}

impl View for MovementsPage {
    const TEMPLATE: &'static str = "stock_movements.html";
}

/// Everything that went in and out.
pub(crate) async fn movements(page: Page<CountStock>, Paging(request): Paging) -> PageResult {
    let found = page
        .read(move |db, actor| {
            workshop::accessory_movements(db, actor, actor.organisation, &request)
        })
        .await?;
    page.show(&MovementsPage {
        movements: found.items.into_iter().map(MovementRow::from).collect(),
        next: found
            .next
            .map(|cursor| format!("/atelier/stock/mouvements?after={cursor}")),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let id = super::application_parts::SAMPLE_ID;
    let count = |kind: &AccessoryKind| Count {
        kind: kind.as_str(),
        quantity: 12,
    };
    let accessories = || AccessoryKind::ALL.iter().map(count).collect::<Vec<_>>();
    let part = || PartCount {
        kind: "ssd".to_owned(),
        label: "240".to_owned(),
        quantity: 3,
    };
    let movement = |reason: &str, delta| MovementRow {
        kind: "mouse",
        delta,
        reason: reason.to_owned(),
        device: (delta < 0).then(|| (id.to_owned(), "RS-00042-K".to_owned())),
        batch: (reason == "received").then(|| (id.to_owned(), "LOT-2023-0007".to_owned())),
        at,
    };
    let rows = || {
        vec![
            movement("received", 10),
            movement("ready", -1),
            movement("not_ready", 1),
            movement("123", -2),
        ]
    };
    let stock = |movements| StockPage {
        accessories: accessories(),
        kits: vec![Kit {
            kind: "desktop",
            parts: accessories(),
            enough_for: 12,
        }],
        q: String::new(),
        parts: vec![part()],
        next: Some("/atelier/stock?after=x".to_owned()),
        movements,
    };
    let empty = StockPage {
        parts: Vec::new(),
        next: None,
        q: "ssd".to_owned(),
        ..stock(Vec::new())
    };
    let wrong = |form: FormView| form.with_mistake("delta", "123");
    vec![
        Sample::of("stock", &stock(rows())),
        Sample::of("stock, nothing yet", &empty).with_form(wrong),
        Sample::of(
            "stock, movements",
            &MovementsPage {
                movements: rows(),
                next: Some("/atelier/stock/mouvements?after=x".to_owned()),
            },
        ),
    ]
}
