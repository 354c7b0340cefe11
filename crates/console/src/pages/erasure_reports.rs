//! `/atelier/rapports`: reports of erasure tools, dropped by the dozen. Each is matched to the
//! drives that it names; the answer says of each file what it proved, and what it did not and why.

use ::web::access::LogDevices;
use ::web::{Answer, ApiError, files};
use actix_web::http::StatusCode;
use kernel::{Code, DeviceId, Refusal, Text};
use serde::{Deserialize, Serialize};
use workshop::{AttachedReport, DeviceFilter, ErasureReport, EventOutcome, NewFile};

use crate::form::SentFile;
use crate::language::say;
use crate::{Form, FormView, Page, PageResult, Sample, View};

/// Files of one submit at the most.
const FILES: usize = 60;
/// Devices of one report at the most: a rack of drives from that many machines.
const DEVICES: usize = 50;

#[derive(Serialize)]
struct ReportsPage {
    /// What became of each file that was sent now.
    files: Vec<FileVerdict>,
    proven: usize,
}

impl View for ReportsPage {
    const TEMPLATE: &'static str = "erasure_reports.html";
}

/// What became of a file.
#[derive(Serialize)]
struct FileVerdict {
    name: String,
    /// `success` when all that it says is proven, `warning`, `danger`.
    kind: &'static str,
    /// Which tool wrote it.
    tool: Option<String>,
    /// What is to be said about the whole file.
    text: Option<String>,
    machines: Vec<Machine>,
}

/// What a report is about in one machine.
#[derive(Debug, Serialize, Deserialize)]
struct Machine {
    id: String,
    tag: String,
    /// It was taken before.
    known: bool,
    drives: Vec<DriveVerdict>,
    /// Why the machine did not take it.
    refused: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct DriveVerdict {
    name: String,
    proven: bool,
    /// `clear`, `purge`, `destroy`.
    method: String,
    /// What the tool itself called it.
    standard: String,
    doubts: Vec<String>,
}

pub(crate) async fn show(page: Page<LogDevices>) -> PageResult {
    let view = ReportsPage {
        files: Vec::new(),
        proven: 0,
    };
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn send(page: Page<LogDevices>, form: Form) -> PageResult {
    let nothing = ReportsPage {
        files: Vec::new(),
        proven: 0,
    };
    let sent = form.files();
    if sent.is_empty() || sent.len() > FILES {
        let detail = Text::new(
            format!("Choisissez de 1 à {FILES} fichiers."),
            format!("Choose 1 to {FILES} files."),
        );
        let refusal = Refusal::field("/reports", Code::Required, detail);
        return page.retry(&nothing, &form, refusal.into());
    }
    let machine = match named(&page, form.get("device")).await {
        Ok(machine) => machine,
        Err(cause) => return page.retry(&nothing, &form, cause),
    };
    let mut verdicts = Vec::with_capacity(sent.len());
    for file in sent {
        verdicts.push(take(&page, file, machine).await?);
    }
    let machines = verdicts.iter().flat_map(|file| &file.machines);
    let drives = machines.flat_map(|machine| &machine.drives);
    let view = ReportsPage {
        proven: drives.filter(|drive| drive.proven).count(),
        files: verdicts,
    };
    page.show_with(StatusCode::OK, &view, &FormView::empty()?)
}

/// The machine that all the files are about, where it is said.
async fn named(page: &Page<LogDevices>, scanned: &str) -> Result<Option<DeviceId>, ApiError> {
    if scanned.is_empty() {
        return Ok(None);
    }
    let filter = DeviceFilter {
        scan: Some(scanned.to_owned()),
        ..DeviceFilter::default()
    };
    let one = kernel::PageRequest::new(Some(1), None)?;
    let found = page
        .read(move |db, actor| workshop::devices(db, actor, &filter, &one))
        .await?;
    match found.items.first() {
        Some(device) => Ok(Some(device.id)),
        None => Err(Refusal::field(
            "/device",
            Code::UnknownDevice,
            Text::new(
                "Aucun de vos appareils ne porte ce numéro.",
                "None of your devices has this number.",
            ),
        )
        .into()),
    }
}

/// One file: a refusal of it is its verdict, and stops no other.
async fn take(
    page: &Page<LogDevices>,
    file: &SentFile,
    machine: Option<DeviceId>,
) -> Result<FileVerdict, ApiError> {
    let mut verdict = FileVerdict {
        name: file.name.clone(),
        kind: "danger",
        tool: None,
        text: None,
        machines: Vec::new(),
    };
    let (media_type, report) = match files::read_report(&file.bytes).await {
        Ok(read) => read,
        Err(cause) => {
            verdict.text = Some(reason(page, cause)?);
            return Ok(verdict);
        }
    };
    verdict.tool = report.as_ref().map(|report| {
        let version = report.tool_version.as_deref().unwrap_or_default();
        format!("{} {version}", report.tool).trim().to_owned()
    });
    let devices = match (machine, &report) {
        (Some(machine), _) => vec![machine],
        (None, None) => Vec::new(),
        (None, Some(report)) => {
            let report = report.clone();
            page.read(move |db, actor| workshop::devices_of_report(db, actor, &report))
                .await?
        }
    };
    if devices.is_empty() {
        verdict.text = Some(page.say(&without_a_machine(report.as_ref())));
        return Ok(verdict);
    }
    let name = files::report_name(&file.name, media_type);
    let kept = files::keep_evidence(page.state(), file.bytes.clone(), media_type, Some(name)).await;
    let kept = match kept {
        Ok(kept) => kept,
        Err(cause) => {
            verdict.text = Some(reason(page, cause)?);
            return Ok(verdict);
        }
    };
    for device in devices.into_iter().take(DEVICES) {
        let machine = attach(page, device, &kept, report.as_ref()).await?;
        verdict.machines.push(machine);
    }
    verdict.kind = kind_of(&verdict.machines);
    if report.is_none() {
        verdict.kind = "warning";
        verdict.text = Some(page.say(&unread()));
    }
    Ok(verdict)
}

fn kind_of(machines: &[Machine]) -> &'static str {
    let refused = machines.iter().any(|machine| machine.refused.is_some());
    let mut drives = machines.iter().flat_map(|machine| &machine.drives);
    match () {
        () if refused => "danger",
        () if drives.all(|drive| drive.proven) => "success",
        () => "warning",
    }
}

/// Attaches it to a machine, in a transaction of its own.
async fn attach(
    page: &Page<LogDevices>,
    device: DeviceId,
    kept: &NewFile,
    report: Option<&ErasureReport>,
) -> Result<Machine, ApiError> {
    let who = page.who().clone().without_repeat();
    let who = who.named("post_devices_id_erasure_reports");
    let language = page.language();
    let (file, report) = (kept.clone(), report.cloned());
    let answer = page.state().write(&who, move |tx, actor| {
        let attached = workshop::attach_report(tx, actor, device, &file, report.as_ref())?;
        let say = |text: &Text| say(text, language);
        Answer::ok(&machine(attached, say))
    });
    match answer.await {
        Ok(answer) => Ok(serde_json::from_slice(answer.body()).map_err(db::Error::from)?),
        Err(cause) => {
            let refused = reason(page, cause)?;
            let view = page
                .read(move |db, actor| workshop::device(db, actor, device))
                .await?;
            Ok(Machine {
                id: device.to_string(),
                tag: view.tag,
                known: false,
                drives: Vec::new(),
                refused: Some(refused),
            })
        }
    }
}

fn machine(attached: AttachedReport, say: impl Fn(&Text) -> String) -> Machine {
    let drives = attached.drives.into_iter().map(|drive| {
        let names = [drive.reported.model, drive.reported.serial];
        DriveVerdict {
            name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            proven: drive.proven,
            method: drive.reported.method.as_str().to_owned(),
            standard: drive.reported.standard,
            doubts: drive
                .doubts
                .iter()
                .map(|doubt| say(&doubt.detail))
                .collect(),
        }
    });
    Machine {
        id: attached.device.id.to_string(),
        tag: attached.device.tag,
        known: attached.status == EventOutcome::AlreadyApplied,
        drives: drives.collect(),
        refused: None,
    }
}

/// A refusal in words; what is no refusal stops everything.
fn reason(page: &Page<LogDevices>, cause: ApiError) -> Result<String, ApiError> {
    match cause.refused() {
        Some(refusal) => {
            let first = refusal.errors.first().map(|error| &error.detail);
            Ok(page.say(first.unwrap_or(&refusal.detail)))
        }
        None => Err(cause),
    }
}

fn without_a_machine(report: Option<&ErasureReport>) -> Text {
    let Some(report) = report else {
        return Text::new(
            "Ce fichier ne se lit pas : l’outil n’est pas connu. Il ne prouve rien. Pour le garder quand même, renvoyez-le en disant de quelle machine il est.",
            "This file cannot be read: its tool is not known. It proves nothing. To keep it anyway, send it again and say which machine it is about.",
        );
    };
    let serials: Vec<&str> = report
        .drives
        .iter()
        .filter_map(|drive| drive.serial.as_deref())
        .collect();
    let serials = match serials.is_empty() {
        true => "–".to_owned(),
        false => serials.join(", "),
    };
    Text::new(
        format!(
            "Aucune de vos machines n’a été vue avec ce disque : {serials}. Rien n’est enregistré. Renvoyez le fichier en disant de quelle machine il est."
        ),
        format!(
            "None of your machines was seen with this drive: {serials}. Nothing is saved. Send the file again and say which machine it is about."
        ),
    )
}

fn unread() -> Text {
    Text::new(
        "Gardé, mais pas lu : l’outil n’est pas connu. Il ne prouve rien par lui-même.",
        "Kept, but not read: its tool is not known. It proves nothing by itself.",
    )
}

pub(crate) fn samples() -> Vec<Sample> {
    let drive = |proven: bool| DriveVerdict {
        name: "WDC WD5000 WD-1234".to_owned(),
        proven,
        method: "clear".to_owned(),
        standard: "NIST".to_owned(),
        doubts: if proven {
            vec![]
        } else {
            vec!["123".to_owned()]
        },
    };
    let machine = |known, refused: Option<&str>| Machine {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        tag: "RS-00042-K".to_owned(),
        known,
        drives: match refused {
            None => vec![drive(true), drive(false)],
            Some(_) => vec![],
        },
        refused: refused.map(str::to_owned),
    };
    let file = |kind, machines| FileVerdict {
        name: "nwipe.log".to_owned(),
        kind,
        tool: Some("nwipe 0.36".to_owned()),
        text: Some("123".to_owned()),
        machines,
    };
    let all = ReportsPage {
        files: vec![
            file("success", vec![machine(false, None), machine(true, None)]),
            file("danger", vec![machine(false, Some("123"))]),
            file("warning", vec![]),
        ],
        proven: 2,
    };
    let none = ReportsPage {
        files: vec![],
        proven: 0,
    };
    let wrong = |form: FormView| form.with_mistake("reports", "123");
    vec![
        Sample::of("reports", &none),
        Sample::of("reports, none chosen", &none).with_form(wrong),
        Sample::of("reports, answered", &all),
    ]
}
