//! nwipe's text log, as the program itself and ShredOS keep it: a line for each drive that was
//! found, one for each method that was invoked, and at the end three tables (`Error Summary`,
//! `Erasure Summary`, `Drive Status`), of which only the last says how a drive ended. nwipe
//! overwrites: whatever the method, that is Clear.

use std::collections::BTreeMap;

use kernel::{Instant, Refusal};

use super::{media, time, unreadable};
use crate::model::{EraseMethod, EraseResult, ErasureReport, Media, ReportedDrive};

/// Reads a log; none when the text is something else.
///
/// # Errors
/// `report_unreadable` for a log that ends before its table of results.
pub(super) fn read(text: &str) -> Result<Option<ErasureReport>, Refusal> {
    let mut log = Log::default();
    for line in text.lines() {
        log.line(&plain(line));
    }
    if !log.is_nwipe {
        return Ok(None);
    }
    if log.drives.is_empty() {
        return Err(unreadable(
            "le journal de nwipe s'arrête avant son tableau « Drive Status »",
            "nwipe's log ends before its table `Drive Status`",
        ));
    }
    Ok(Some(ErasureReport {
        tool: "nwipe".to_owned(),
        tool_version: log.version,
        document_id: None,
        machine_serial: log.machine_serial,
        local_times: true,
        drives: log.drives,
    }))
}

/// Without the colors of a terminal.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character != '\x1b' {
            text.push(character);
        } else if characters.next() == Some('[') {
            let _ = characters.find(char::is_ascii_alphabetic);
        }
    }
    text
}

/// What a log said of a device so far.
#[derive(Debug, Default, Clone)]
struct Seen {
    serial: Option<String>,
    model: Option<String>,
    media: Option<Media>,
    method: Option<String>,
    started_at: Option<Instant>,
    /// Not all of it was reached.
    incomplete: bool,
}

/// The tables at the end of a log.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Table {
    #[default]
    None,
    Errors,
    Erasure,
    Status,
}

#[derive(Debug, Default)]
struct Log {
    is_nwipe: bool,
    version: Option<String>,
    machine_serial: Option<String>,
    devices: BTreeMap<String, Seen>,
    table: Table,
    drives: Vec<ReportedDrive>,
}

impl Log {
    fn line(&mut self, line: &str) {
        if let Some((at, message)) = stamped(line) {
            self.table = Table::None;
            self.message(at, message);
        } else if let Some(table) = heading(line) {
            self.table = table;
        } else if line.contains('|') {
            let cells: Vec<_> = line.split('|').collect();
            match self.table {
                Table::Errors | Table::Erasure => self.summary(&cells),
                Table::Status => self.status(&cells),
                Table::None => {}
            }
        }
    }

    fn message(&mut self, at: Option<Instant>, message: &str) {
        if let Some(version) = message.strip_prefix("nwipe ")
            && version.starts_with(|c: char| c.is_ascii_digit())
        {
            self.is_nwipe = true;
            self.version = version.split_whitespace().next().map(str::to_owned);
        } else if let Some(rest) = message.strip_prefix("Found ") {
            self.found(rest);
        } else if let Some((device, serial)) = message.split_once(" has serial number ") {
            let serial = serial.trim().to_owned();
            self.device(device).serial = Some(serial).filter(|serial| !serial.is_empty());
        } else if let Some(serial) = message.strip_prefix("system-serial-number = ") {
            self.machine_serial = Some(serial.trim().to_owned());
        } else if let Some(rest) = message.strip_prefix("Invoking method '")
            && let Some((method, device)) = rest.split_once("' on ")
        {
            self.is_nwipe = true;
            let seen = self.device(device);
            seen.method = Some(method.to_owned());
            seen.started_at = at;
            seen.incomplete = false;
        }
    }

    /// `/dev/sda, ATA, WDC WD5000AAKX, 500GB, S/N=WD-1`
    fn found(&mut self, rest: &str) {
        let Some((head, serial)) = rest.rsplit_once("S/N=") else {
            return;
        };
        let parts: Vec<_> = head.split(',').map(str::trim).collect();
        let [device, kind, model @ ..] = parts.as_slice() else {
            return;
        };
        let model = model.first().copied().unwrap_or_default().to_owned();
        let seen = self.device(device);
        let serial = serial.trim().to_owned();
        seen.serial = Some(serial).filter(|serial| !serial.is_empty());
        seen.media = media(&format!("{kind} {device} {model}"));
        seen.model = Some(model).filter(|model| !model.is_empty());
    }

    fn device(&mut self, name: &str) -> &mut Seen {
        self.devices.entry(short(name)).or_default()
    }

    /// A row of the first two tables: a mark says that something is missing.
    fn summary(&mut self, cells: &[&str]) {
        let row = cells.first().copied().unwrap_or_default().trim();
        if let Some(device) = row.strip_prefix('!')
            && device.trim() != "Device"
        {
            self.device(device).incomplete = true;
        }
    }

    /// `!    sdb |-FAILED-|  120MB/s | 01:22:01 | WDC WD5000AAKX-6/WD-WCC2ETY84203`
    fn status(&mut self, cells: &[&str]) {
        let [first, state, _, duration, names] = cells else {
            return;
        };
        let name = first.trim().trim_start_matches('!').trim();
        if name == "Device" {
            return;
        }
        self.is_nwipe = true;
        let seen = self.devices.get(&short(name)).cloned().unwrap_or_default();
        let (model, serial) = names.trim().rsplit_once('/').unwrap_or((names.trim(), ""));
        let serial = seen.serial.or_else(|| Some(serial.trim().to_owned()));
        let state = state.trim().trim_matches('-').to_owned();
        let standard = seen.method.unwrap_or_else(|| "?".to_owned());
        let erases = standard != "?" && !standard.starts_with("Verify");
        let success = state == "Erased" && erases && !seen.incomplete;
        self.drives.push(ReportedDrive {
            serial: serial.filter(|serial| !serial.is_empty()),
            media: seen.media.or_else(|| media(&format!("{name} {model}"))),
            model: seen
                .model
                .or_else(|| Some(model.trim().to_owned()).filter(|model| !model.is_empty())),
            size_bytes: None,
            method: EraseMethod::Clear,
            standard,
            started_at: seen.started_at,
            finished_at: seen
                .started_at
                .zip(seconds(duration))
                .map(|(at, seconds)| at.plus_seconds(seconds)),
            result: if success {
                EraseResult::Success
            } else {
                EraseResult::Failure
            },
            state,
        });
    }
}

/// `[2023/03/01 10:00:00]  notice: …`, in older versions with the program's name.
fn stamped(line: &str) -> Option<(Option<Instant>, &str)> {
    let (stamp, rest) = line.trim().strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("nwipe: ").unwrap_or(rest);
    let (level, message) = rest.split_once(':')?;
    let known = [
        "debug", "info", "notice", "warning", "error", "fatal", "sanity",
    ];
    known
        .contains(&level.trim())
        .then(|| (time(stamp).map(|(at, _)| at), message.trim()))
}

fn heading(line: &str) -> Option<Table> {
    let title = line.trim().trim_matches('*').trim();
    let starred = line.trim().starts_with("***");
    match title {
        _ if !starred => None,
        "Error Summary" => Some(Table::Errors),
        "Erasure Summary" => Some(Table::Erasure),
        "Drive Status" => Some(Table::Status),
        _ => Some(Table::None),
    }
}

/// `/dev/sda`, `device '/dev/sda'.` and `   sda` are one.
fn short(name: &str) -> String {
    let name = name.trim().trim_start_matches("device ");
    let name = name.trim_matches(|c: char| c == '\'' || c == '.' || c.is_whitespace());
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// `01:22:01`
fn seconds(duration: &str) -> Option<i64> {
    let mut total = 0_i64;
    for part in duration.trim().split(':') {
        let part: u32 = part.trim().parse().ok()?;
        total = total.checked_mul(60)?.checked_add(i64::from(part))?;
    }
    (0..10_000_000).contains(&total).then_some(total)
}
