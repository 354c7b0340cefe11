//! `/atelier/scan`: a step is chosen once, then one machine after the other is scanned. Without
//! scripts each scan is a form; with them, lines wait in the browser until the network is back.

mod line;
mod station;
mod step;

use ::web::access::LogDevices;
use ::web::{Answer, ApiError};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};
use kernel::{Code, DeviceId, Language, PersonId, Refusal, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use workshop::{EventOutcome, Operators};

use self::line::Line;
use self::station::Colleague;
use self::step::{Chosen, Offered, TemplateView};
use crate::language::say;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, Visit};

pub(crate) use self::station::{make_room, switch};

/// Runs in the browser, for this page alone: it opens without network.
const WORKER: &str = include_str!("../../../assets/scan-worker.js");

#[derive(Serialize)]
struct ScanPage {
    offered: Vec<Offered>,
    chosen: Chosen,
    /// A drive is scanned with each machine.
    takes_drive: bool,
    templates: Vec<TemplateView>,
    /// Who scans, so that no line leaves under another name; empty in what a browser keeps.
    person: String,
    name: String,
    /// Who else signed in at this station.
    colleagues: Vec<Colleague>,
    /// How badges begin.
    badge: &'static str,
    /// What a browser keeps, to be opened without network.
    offline: bool,
}

impl View for ScanPage {
    const TEMPLATE: &'static str = "scan.html";
}

async fn view(page: &Page<LogDevices>, chosen: Chosen) -> ::web::ApiResult<ScanPage> {
    Ok(ScanPage {
        takes_drive: chosen.takes_drive(),
        templates: match chosen.group == "tested" {
            true => step::template_views(&chosen.step, page.language()),
            false => Vec::new(),
        },
        person: page.actor().person.to_string(),
        name: page.name(),
        colleagues: station::colleagues(page).await?,
        offline: false,
        chosen,
        ..empty_shell(page.language())
    })
}

pub(crate) async fn show(page: Page<LogDevices>) -> PageResult {
    let mut chosen = Chosen::asked(&page);
    let mut form = FormView::empty()?;
    if let Some(field) = chosen.lacks() {
        form = form.with_mistake(field, &page.say(&needed(field)));
        chosen.step.clear();
    }
    page.show_form(&view(&page, chosen).await?, &form)
}

fn needed(field: &str) -> Text {
    match field {
        "location" => Text::new("Indiquez l’emplacement.", "Give the location."),
        "tool" => Text::new(
            "Indiquez l’outil qui efface les disques.",
            "Give the tool that erases the drives.",
        ),
        _ => Text::new("Choisissez le type de disque.", "Choose the kind of drive."),
    }
}

/// One scan as a form.
pub(crate) async fn send(page: Page<LogDevices>, form: Form) -> PageResult {
    let line = Line::of(&form);
    if line.device.starts_with(identity::token::BADGE_PREFIX) {
        return station::by_badge(&page, &line).await;
    }
    let chosen = line.chosen();
    let missing = match () {
        () if line.device.is_empty() => Some((
            "/device",
            Text::new("Scannez ou tapez un numéro.", "Scan or type a number."),
        )),
        () if chosen.takes_drive() && line.drive.is_empty() => Some((
            "/drive",
            Text::new(
                "Scannez ou tapez le numéro du disque.",
                "Scan or type the number of the drive.",
            ),
        )),
        () => None,
    };
    let shown = view(&page, chosen).await?;
    if let Some((field, detail)) = missing {
        let refusal = Refusal::field(field, Code::Required, detail);
        return page.retry(&shown, &form, refusal.into());
    }
    let saved = page.write(&form, "post_device_events", move |tx, actor| {
        let answer = workshop::record_all(tx, actor, &[line.event()], &Operators::new())?;
        let saved = Saved::at(line.chosen().address());
        Ok(match answer.results.first() {
            Some(result) => {
                let (text, kind) = line.verdict(result);
                saved.telling(text, kind)
            }
            None => saved,
        })
    });
    match saved.await {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&shown, &form, cause),
    }
}

/// What a browser collected.
#[derive(Deserialize)]
struct Lines {
    /// Who scanned them.
    person: PersonId,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Answers {
    results: Vec<LineAnswer>,
}

#[derive(Serialize)]
struct LineAnswer {
    client_id: String,
    status: EventOutcome,
    code: Option<&'static str>,
    /// For the person.
    text: String,
    kind: &'static str,
    /// Tags that were meant perhaps.
    near: Vec<String>,
    /// The device that was scanned: a mistake is put right on its page.
    device: Option<DeviceId>,
}

/// The lines of a queue: a verdict each. They are taken in the session of whoever scanned them,
/// and in no other.
pub(crate) async fn send_lines(page: Page<LogDevices>, body: web::Bytes) -> PageResult {
    let sent: Lines =
        serde_json::from_slice(&body).map_err(|_| ApiError::from(Code::MalformedRequest))?;
    if sent.person != page.actor().person {
        return Err(Refusal::new(
            Code::NotAllowed,
            Text::new(
                "Ces lignes ont été scannées par une autre personne : elles partiront quand elle se connectera.",
                "Somebody else scanned these lines: they leave once that person signs in.",
            ),
        )
        .into());
    }
    let who = page.who().clone().named("post_device_events");
    let language = page.language();
    let answer = page.state().write(&who, move |tx, actor| {
        let events: Vec<Value> = sent.lines.iter().map(Line::event).collect();
        let answer = workshop::record_all(tx, actor, &events, &Operators::new())?;
        let results = sent
            .lines
            .iter()
            .zip(&answer.results)
            .map(|(line, result)| {
                let (text, kind) = line.verdict(result);
                LineAnswer {
                    client_id: line.client_id.clone(),
                    status: result.status,
                    code: result.code.map(Code::as_str),
                    text: say(&text, language),
                    kind,
                    near: result.near.clone(),
                    device: result.device_id,
                }
            });
        Answer::ok(&Answers {
            results: results.collect(),
        })
    });
    let body = answer.await?.body().to_vec();
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(body))
}

/// What a browser keeps of the page: nobody's name, no machine.
pub(crate) async fn shell(visit: Visit) -> PageResult {
    let language = visit.language();
    visit
        .into_nobody()
        .show_form(&empty_shell(language), &FormView::empty()?)
}

fn empty_shell(language: Language) -> ScanPage {
    ScanPage {
        offered: step::offered(),
        chosen: Chosen::default(),
        takes_drive: true,
        templates: step::template_views("", language),
        person: String::new(),
        name: String::new(),
        colleagues: Vec::new(),
        badge: identity::token::BADGE_PREFIX,
        offline: true,
    }
}

/// The service worker. Its folder is the widest that it may serve; it asks for `/atelier/scan`.
pub(crate) async fn worker(_: Visit) -> PageResult {
    Ok(HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-cache"))
        // the worker's own policy: it fetches the page and its files
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; connect-src 'self'",
        ))
        .body(WORKER))
}

pub(crate) fn samples() -> Vec<Sample> {
    // the texts of the templates come from the settings, in the reader's language
    let page = |step: &str| {
        let chosen = Chosen {
            location: "B-12".to_owned(),
            tool: "nwipe".to_owned(),
            media: "hdd".to_owned(),
            ..Chosen::of(step)
        };
        ScanPage {
            takes_drive: chosen.takes_drive(),
            templates: match step.starts_with("tested") {
                true => step::template_views(step, Language::English),
                false => Vec::new(),
            },
            person: "0198c0de-0000-7000-8000-000000000000".to_owned(),
            name: "Rita Atelier".to_owned(),
            offline: false,
            chosen,
            ..empty_shell(Language::English)
        }
    };
    let wrong = |field: &'static str| move |form: FormView| form.with_mistake(field, "123");
    let shared = ScanPage {
        colleagues: vec![Colleague {
            id: "0198c0de-0000-7000-8000-000000000001".to_owned(),
            name: "Karim Atelier".to_owned(),
        }],
        ..page("received")
    };
    let mut all = vec![
        Sample::of("scan, no step yet", &page("")),
        Sample::of("scan, a choice is missing", &page("")).with_form(wrong("tool")),
        Sample::of("scan, mistake", &page("ready")).with_form(wrong("device")),
        Sample::of("scan, a shared station", &shared),
        Sample::of("scan without network", &empty_shell(Language::English)),
    ];
    let steps = step::all().into_iter();
    all.extend(steps.map(|step| Sample::of(&format!("scan, {step}"), &page(&step))));
    all
}
