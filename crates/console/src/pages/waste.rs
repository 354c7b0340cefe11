//! `/atelier/dechets`: what was scrapped or taken apart, by category, and the waste notes that it
//! left with, several machines at once.

use ::web::access::{LogDevices, Permission as _, ReadWaste};
use ::web::{ApiError, Paging, Params};
use kernel::{Code, Instant, Language, PageRequest, Refusal, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use workshop::{BATTERIES, EventOutcome, Operators, WasteFilter, WasteList};

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct WastePage {
    /// `yes`, `no`, or empty for both.
    noted: String,
    category: String,
    totals: Vec<Total>,
    rows: Vec<Row>,
    next: Option<String>,
    /// May give a number.
    notes: bool,
}

impl View for WastePage {
    const TEMPLATE: &'static str = "waste.html";
}

#[derive(Serialize)]
struct Total {
    category: String,
    name: String,
    devices: i64,
    kilograms: String,
    not_weighed: i64,
    without_note: i64,
}

#[derive(Serialize)]
struct Row {
    id: String,
    tag: String,
    serial: Option<String>,
    kind: &'static str,
    /// Of its batteries alone.
    batteries: bool,
    kilograms: Option<String>,
    reference: Option<String>,
    reason: Option<String>,
    at: Instant,
}

/// The parameters of the list's address.
#[derive(Deserialize)]
pub(crate) struct Narrowed {
    noted: Option<String>,
    category: Option<String>,
}

/// Grams as kilograms, as people write them.
fn kilograms(grams: i64, language: Language) -> String {
    let (whole, tenths) = (grams / 1_000, grams % 1_000 / 100);
    match language {
        Language::French => format!("{whole},{tenths}"),
        Language::English => format!("{whole}.{tenths}"),
    }
}

async fn load<P: ::web::access::Permission>(
    page: &Page<P>,
    noted: &str,
    category: &str,
    request: PageRequest,
) -> ::web::ApiResult<WastePage> {
    let filter = WasteFilter {
        noted: match noted {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        category: Some(category.to_owned()).filter(|name| !name.is_empty()),
        ..WasteFilter::default()
    };
    let list = page
        .read(move |db, actor| workshop::waste(db, actor, &filter, &request))
        .await?;
    let language = page.language();
    let next = list.next.clone().map(|cursor| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [("noted", noted), ("category", category), ("after", &cursor)];
        query.extend_pairs(given.iter().filter(|(_, value)| !value.is_empty()));
        format!("/atelier/dechets?{}", query.finish())
    });
    let notes = LogDevices::ROLES.contains(&page.actor().role);
    Ok(WastePage {
        noted: noted.to_owned(),
        category: category.to_owned(),
        next,
        notes,
        ..WastePage::of(list, language)
    })
}

impl WastePage {
    fn of(list: WasteList, language: Language) -> Self {
        let totals = list.totals.into_iter().map(|total| Total {
            name: match language {
                Language::French => total.fr,
                Language::English => total.en,
            },
            category: total.category,
            devices: total.devices,
            kilograms: kilograms(total.weight_grams, language),
            not_weighed: total.not_weighed,
            without_note: total.without_note,
        });
        let rows = list.items.into_iter().map(|item| Row {
            id: item.device_id.to_string(),
            tag: item.tag,
            serial: item.serial,
            kind: item.kind.as_str(),
            batteries: item.category == BATTERIES,
            kilograms: item
                .weight_grams
                .map(|grams| kilograms(grams.into(), language)),
            reference: item.waste_reference,
            reason: item.reason,
            at: item.at,
        });
        Self {
            noted: String::new(),
            category: String::new(),
            totals: totals.collect(),
            rows: rows.collect(),
            next: None,
            notes: false,
        }
    }
}

pub(crate) async fn list(
    page: Page<ReadWaste>,
    Params(narrowed): Params<Narrowed>,
    Paging(request): Paging,
) -> PageResult {
    let (noted, category) = (
        narrowed.noted.unwrap_or_default(),
        narrowed.category.unwrap_or_default(),
    );
    let view = load(&page, &noted, &category, request).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// The number of a waste note, for every machine that is ticked. A value is the machine's id; that
/// of its batteries ends with `/batteries`.
#[derive(Deserialize)]
struct Noted {
    reference: String,
    #[serde(default)]
    machines: Vec<String>,
}

impl Noted {
    fn lines(&self) -> Vec<serde_json::Value> {
        let line = |machine: &String| match machine.strip_suffix("/batteries") {
            Some(device) => json!({"device": device, "type": "waste_noted",
                "batteries": {"waste_reference": self.reference}}),
            None => json!({"device": machine, "type": "waste_noted",
                "waste_reference": self.reference}),
        };
        self.machines.iter().map(line).collect()
    }
}

pub(crate) async fn note(page: Page<LogDevices>, form: Form) -> PageResult {
    let saved = give_number(&page, &form).await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = load(&page, "no", "", PageRequest::new(None, None)?).await?;
            page.retry(&view, &form, cause)
        }
    }
}

async fn give_number(page: &Page<LogDevices>, form: &Form) -> Result<Saved, ApiError> {
    let noted: Noted = form.read()?;
    if noted.machines.is_empty() {
        let detail = Text::new(
            "Cochez les machines de ce bordereau.",
            "Tick the machines of this note.",
        );
        return Err(Refusal::field("/reference", Code::Required, detail).into());
    }
    let lines = noted.lines();
    page.write(form, "post_device_events", move |tx, actor| {
        let answer = workshop::record_all(tx, actor, &lines, &Operators::new())?;
        let refused = answer.results.iter();
        let mut refused = refused.filter(|result| result.status == EventOutcome::Refused);
        let saved = Saved::at("/atelier/dechets?noted=no");
        Ok(
            match refused.next().and_then(|result| result.detail.clone()) {
                // the others are saved
                Some(detail) => saved.telling(detail, "warning"),
                None => saved.saying("Le bordereau est noté.", "The waste note is recorded."),
            },
        )
    })
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |batteries: bool| Row {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        tag: "RS-00042-K".to_owned(),
        serial: Some("CZC0001".to_owned()),
        kind: "desktop",
        batteries,
        kilograms: (!batteries).then(|| "7.2".to_owned()),
        reference: batteries.then(|| "BSD-1".to_owned()),
        reason: Some("123".to_owned()),
        at,
    };
    let page = |rows: Vec<Row>, notes| WastePage {
        noted: "no".to_owned(),
        category: String::new(),
        totals: vec![Total {
            category: "weee_6".to_owned(),
            name: "WEEE 6".to_owned(),
            devices: 2,
            kilograms: "7.2".to_owned(),
            not_weighed: 1,
            without_note: 1,
        }],
        next: (!rows.is_empty()).then(|| "/atelier/dechets?after=x".to_owned()),
        rows,
        notes,
    };
    let wrong = |form: FormView| form.with_mistake("reference", "123");
    vec![
        Sample::of("waste", &page(vec![row(false), row(true)], true)),
        Sample::of("waste, read only", &page(vec![row(false)], false)),
        Sample::of("waste, none", &page(Vec::new(), true)).with_form(wrong),
    ]
}
