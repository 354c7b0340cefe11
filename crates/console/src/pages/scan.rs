//! `/atelier/scan`: a step is chosen once, then one machine after the other is scanned. Without
//! scripts each scan is a form; with them, lines wait in the browser until the network is back.

use ::web::access::LogDevices;
use ::web::{Answer, ApiError};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use kernel::{Code, Grade, PersonId, Refusal, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use workshop::{EventOutcome, EventResult, Operators, Triage};

use crate::page::say;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, Visit};

/// Runs in the browser, for this page alone: it opens without network.
const WORKER: &str = include_str!("../../assets/scan-worker.js");

/// The steps that may be scanned, as the address names them.
fn steps() -> Vec<String> {
    let mut steps = vec!["received".to_owned()];
    steps.extend(
        Triage::ALL
            .iter()
            .map(|outcome| format!("triaged.{outcome}")),
    );
    steps.push("tested.pass".to_owned());
    steps.extend(Grade::ALL.iter().map(|grade| format!("graded.{grade}")));
    steps.extend(["quality_checked.pass", "ready", "moved"].map(str::to_owned));
    steps
}

#[derive(Serialize)]
struct ScanPage {
    steps: Vec<String>,
    /// The one that was chosen; empty for none.
    step: String,
    /// Where the machines are put, for `moved`.
    location: String,
    /// Who scans, so that no line leaves under another name; empty in what a browser keeps.
    person: String,
    name: String,
    /// What a browser keeps, to be opened without network.
    offline: bool,
}

impl View for ScanPage {
    const TEMPLATE: &'static str = "scan.html";
}

/// A machine at a step.
#[derive(Debug, Clone, Deserialize)]
struct Line {
    device: String,
    step: String,
    #[serde(default)]
    location: String,
    client_id: String,
    /// When it was scanned; now when nothing is said.
    at: Option<String>,
}

impl Line {
    fn of(form: &Form) -> Self {
        Self {
            device: form.get("device").to_owned(),
            step: form.get("step").to_owned(),
            location: form.get("location").to_owned(),
            client_id: form.key().to_owned(),
            at: None,
        }
    }

    /// As the workshop takes it.
    fn event(&self) -> Value {
        let mut event = match self.step.split_once('.').unwrap_or((&self.step, "")) {
            ("triaged", outcome) => json!({"type": "triaged", "outcome": outcome}),
            ("tested", "pass") => json!({"type": "tested", "checks": {"all_checks": "pass"}}),
            ("graded", grade) => json!({"type": "graded", "cosmetic": grade}),
            ("quality_checked", "pass") => json!({"type": "quality_checked", "passed": true}),
            ("moved", _) => json!({"type": "moved", "location": self.location}),
            (step, _) => json!({"type": step}),
        };
        // some readers end with a zero, which no database takes in a text
        event["device"] = json!(self.device.replace('\0', ""));
        if !self.client_id.is_empty() {
            event["client_id"] = json!(self.client_id);
        }
        if let Some(at) = &self.at {
            event["at"] = json!(at);
        }
        event
    }

    /// Back to the page, at the same step.
    fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("step", &self.step);
        if !self.location.is_empty() {
            query.append_pair("location", &self.location);
        }
        format!("/atelier/scan?{}", query.finish())
    }

    /// The verdict on it, in words, and how it is marked.
    fn verdict(&self, result: &EventResult) -> (Text, &'static str) {
        let device: String = self.device.chars().take(60).collect();
        let stage = result.stage;
        let french = stage.map_or("enregistré", workshop::Stage::french);
        let english = stage.map_or("saved".to_owned(), |stage| stage.as_str().replace('_', " "));
        match result.status {
            EventOutcome::Applied => (
                Text::new(
                    format!("{device} : {french}"),
                    format!("{device}: {english}"),
                ),
                "success",
            ),
            EventOutcome::AlreadyApplied => (
                Text::new(
                    format!("{device} : déjà enregistré ({french})"),
                    format!("{device}: saved before ({english})"),
                ),
                "info",
            ),
            EventOutcome::Refused => {
                let detail = result.detail.clone();
                let unsaid = || Refusal::plain(result.code.unwrap_or(Code::Internal)).detail;
                (detail.unwrap_or_else(unsaid), "danger")
            }
        }
    }
}

fn view(page: &Page<LogDevices>, step: &str, location: &str) -> ScanPage {
    let steps = steps();
    ScanPage {
        step: steps
            .iter()
            .find(|one| *one == step)
            .cloned()
            .unwrap_or_default(),
        steps,
        location: location.to_owned(),
        person: page.actor().person.to_string(),
        name: page.name(),
        offline: false,
    }
}

pub(crate) async fn show(page: Page<LogDevices>) -> PageResult {
    let (step, location) = (page.query("step"), page.query("location"));
    page.show_form(&view(&page, &step, &location), &FormView::empty()?)
}

/// One scan as a form.
pub(crate) async fn send(page: Page<LogDevices>, form: Form) -> PageResult {
    let line = Line::of(&form);
    let shown = view(&page, &line.step, &line.location);
    if line.device.is_empty() {
        let detail = Text::new("Scannez ou tapez un numéro.", "Scan or type a number.");
        let refusal = Refusal::field("/device", Code::Required, detail);
        return page.retry(&shown, &form, refusal.into());
    }
    let saved = page.write(&form, "post_device_events", move |tx, actor| {
        let answer = workshop::record_all(tx, actor, &[line.event()], &Operators::new())?;
        let saved = Saved::at(line.address());
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
struct Verdicts {
    results: Vec<Verdict>,
}

#[derive(Serialize)]
struct Verdict {
    client_id: String,
    status: EventOutcome,
    code: Option<&'static str>,
    /// For the person.
    text: String,
    kind: &'static str,
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
                Verdict {
                    client_id: line.client_id.clone(),
                    status: result.status,
                    code: result.code.map(Code::as_str),
                    text: say(&text, language),
                    kind,
                }
            });
        Answer::ok(&Verdicts {
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
    visit
        .into_nobody()
        .show_form(&empty_shell(), &FormView::empty()?)
}

fn empty_shell() -> ScanPage {
    ScanPage {
        steps: steps(),
        step: String::new(),
        location: String::new(),
        person: String::new(),
        name: String::new(),
        offline: true,
    }
}

/// The service worker. Its folder is the widest that it may serve; it asks for `/atelier/scan`.
pub(crate) async fn worker(_: Visit) -> PageResult {
    Ok(HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(WORKER))
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |step: &str, location: &str| ScanPage {
        step: step.to_owned(),
        location: location.to_owned(),
        person: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        name: "Rita Atelier".to_owned(),
        offline: false,
        ..empty_shell()
    };
    let wrong = |form: FormView| form.with_mistake("device", "123");
    vec![
        Sample::of("scan, no step yet", &page("", "")),
        Sample::of("scan", &page("graded.A", "")),
        Sample::of("scan, moved", &page("moved", "B-12")),
        Sample::of("scan, mistake", &page("ready", "")).with_form(wrong),
        Sample::of("scan without network", &empty_shell()),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_step_is_one_that_the_workshop_reads() {
        for step in steps() {
            let line = Line {
                device: "RS-00001-V".to_owned(),
                step: step.clone(),
                location: "B-12".to_owned(),
                client_id: "1".to_owned(),
                at: Some("2023-02-28T08:00:00Z".to_owned()),
            };
            assert!(workshop::read_event(&line.event()).is_ok(), "{step}");
        }
    }
}
