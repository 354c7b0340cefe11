//! `/atelier/stock/inventaire`: what is there is counted, and each difference booked with a reason.

use std::collections::BTreeMap;

use ::web::ApiError;
use ::web::access::CountStock;
use kernel::{AccessoryKind, Code, PageRequest, Text};
use serde::{Deserialize, Serialize};
use workshop::{Difference, KitPart, PartCount, Stocktake};

use super::stock::{Count, counts};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Parts of a stocktake at the most; it is done shelf by shelf, by a word.
const COUNTED: u32 = 100;

#[derive(Serialize)]
struct StocktakePage {
    accessories: Vec<Count>,
    q: String,
    parts: Vec<PartCount>,
    /// There are more parts than can be counted at once.
    more: bool,
}

impl View for StocktakePage {
    const TEMPLATE: &'static str = "stocktake.html";
}

async fn to_count(page: &Page<CountStock>, q: String) -> ::web::ApiResult<StocktakePage> {
    let words = Some(q.clone()).filter(|q| !q.is_empty());
    let request = PageRequest::new(Some(COUNTED), None)?;
    let (stock, parts) = page
        .read(move |db, actor| {
            let own = actor.organisation;
            let stock = workshop::accessories(db, actor, own)?;
            let parts = workshop::part_stock(db, actor, own, words.as_deref(), &request)?;
            Ok((stock, parts))
        })
        .await?;
    Ok(StocktakePage {
        accessories: counts(&stock),
        parts: parts.items,
        more: parts.next.is_some(),
        q,
    })
}

pub(crate) async fn count(page: Page<CountStock>) -> PageResult {
    let q = page.query("q").trim().to_owned();
    let view = to_count(&page, q).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// What was counted: accessories by kind, parts by their place in the form.
#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    accessories: BTreeMap<String, i32>,
    #[serde(default)]
    parts: Vec<CountedPart>,
    reason: String,
}

#[derive(Deserialize)]
struct CountedPart {
    kind: String,
    #[serde(default)]
    label: String,
    quantity: Option<i32>,
}

impl From<Counted> for Stocktake {
    fn from(counted: Counted) -> Self {
        let kinds = AccessoryKind::ALL.iter();
        let accessories = kinds.filter_map(|kind| {
            let quantity = counted.accessories.get(kind.as_str()).copied()?;
            Some(KitPart {
                kind: *kind,
                quantity,
            })
        });
        Self {
            accessories: accessories.collect(),
            parts: (counted.parts.into_iter())
                .filter_map(|part| {
                    Some(PartCount {
                        quantity: part.quantity?,
                        kind: part.kind,
                        label: part.label,
                    })
                })
                .collect(),
            reason: counted.reason,
        }
    }
}

pub(crate) async fn book(page: Page<CountStock>, form: Form) -> PageResult {
    let saved = match form.read::<Counted>() {
        Err(cause) => Err(cause),
        Ok(counted) => {
            let counted = Stocktake::from(counted);
            let saved = page.write(&form, "post_workshops_id_stocktake", move |tx, actor| {
                let differences = workshop::stocktake(tx, actor, actor.organisation, &counted)?;
                let (text, kind) = told(&differences);
                Ok(Saved::at("/atelier/stock").telling(text, kind))
            });
            saved.await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = to_count(&page, form.get("q").to_owned()).await?;
            page.retry(&view, &form, nothing_counted(cause))
        }
    }
}

/// That nothing was counted is said at the first field.
fn nothing_counted(cause: ApiError) -> ApiError {
    let Some(first) = AccessoryKind::ALL.first() else {
        return cause;
    };
    cause.with_fields(|field| {
        if field.pointer.as_deref() == Some("/accessories") && field.code == Code::Required {
            field.pointer = Some(format!("/accessories/{}", first.as_str()));
        }
    })
}

/// Differences that an answer names.
const NAMED: usize = 8;

fn told(differences: &[Difference]) -> (Text, &'static str) {
    if differences.is_empty() {
        let text = Text::new(
            "Le compte est exact : rien n’a changé.",
            "The count is right: nothing has changed.",
        );
        return (text, "success");
    }
    let more = if differences.len() > NAMED {
        " …"
    } else {
        ""
    };
    let lines = |french: bool| {
        let line = |one: &Difference| {
            let name = in_words(&one.name, french);
            format!("{name} {} → {}", one.booked, one.counted)
        };
        let lines: Vec<String> = differences.iter().take(NAMED).map(line).collect();
        format!("{}{more}", lines.join(", "))
    };
    let text = Text::new(
        format!("Écarts passés avec leur motif : {}", lines(true)),
        format!("Differences booked with their reason: {}", lines(false)),
    );
    (text, "info")
}

/// What people call an accessory; parts have names of their own.
fn in_words(name: &str, french: bool) -> String {
    let words = match name {
        "keyboard" => ("claviers", "keyboards"),
        "mouse" => ("souris", "mice"),
        "charger" => ("chargeurs", "chargers"),
        "power_cable" => ("câbles d’alimentation", "power cables"),
        "video_cable" => ("câbles vidéo", "video cables"),
        "other" => ("autres accessoires", "other accessories"),
        part => (part, part),
    };
    if french { words.0 } else { words.1 }.to_owned()
}

pub(crate) fn samples() -> Vec<Sample> {
    let part = || PartCount {
        kind: "ssd".to_owned(),
        label: "240".to_owned(),
        quantity: 3,
    };
    let count = |kind: &AccessoryKind| Count {
        kind: kind.as_str(),
        quantity: 12,
    };
    let counting = StocktakePage {
        accessories: AccessoryKind::ALL.iter().map(count).collect(),
        q: "ssd".to_owned(),
        parts: vec![part(), part()],
        more: true,
    };
    let wrong = |form: FormView| form.with_mistake("reason", "123");
    vec![
        Sample::of("stocktake", &counting),
        Sample::of("stocktake, no reason", &counting).with_form(wrong),
    ]
}
