//! nwipe's text log, as the program itself and ShredOS keep it: a line for each drive that was
//! found, one for each method that was invoked, what went wrong, and at the end up to three tables
//! (`Error Summary` since 0.33, `Erasure Summary` since 0.41, `Drive Status`). No table alone says
//! how a drive ended: 0.30 leaves its own verification errors out of the last one. So whatever the
//! status says, a line of failure about a drive, or a mark on one of its rows, is no success.
//! nwipe overwrites: whatever the method, that is Clear.

use std::collections::BTreeMap;

use kernel::{Instant, Refusal};

use super::markers::{self, Marker};
use super::{media, time, unreadable};
use crate::model::{
    EraseMethod, EraseResult, ErasureReport, Ground, Integrity, Media, ReportedDrive,
};

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
    if !log.has_status {
        return Err(unreadable(
            "le journal de nwipe s'arrête avant son tableau « Drive Status »",
            "nwipe's log ends before its table `Drive Status`",
        ));
    }
    log.end_run();
    Ok(Some(ErasureReport {
        tool: "nwipe".to_owned(),
        tool_version: log.version,
        document_id: None,
        machine_serial: log.machine_serial,
        local_times: true,
        integrity: Integrity::None,
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
    grounds: Vec<Ground>,
    row: Option<Row>,
}

impl Seen {
    fn doubt(&mut self, ground: Ground) {
        if !self.grounds.contains(&ground) {
            self.grounds.push(ground);
        }
    }
}

/// A drive's row of the table `Drive Status`.
#[derive(Debug, Default, Clone)]
struct Row {
    state: String,
    seconds: Option<i64>,
    model: String,
    serial: String,
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
    has_status: bool,
    version: Option<String>,
    machine_serial: Option<String>,
    devices: BTreeMap<String, Seen>,
    /// What a line says of the run, without a device.
    of_all: Vec<Ground>,
    table: Table,
    drives: Vec<ReportedDrive>,
}

impl Log {
    fn line(&mut self, line: &str) {
        if let Some((at, level, message)) = stamped(line) {
            self.table = Table::None;
            self.message(at, message);
            self.marks(level, message);
        } else if line.contains('|') {
            let cells: Vec<_> = line.split('|').collect();
            match columns(&cells).unwrap_or(self.table) {
                table if columns(&cells).is_some() => self.table = table,
                Table::Errors => self.errors(&cells),
                Table::Erasure => self.erasure(&cells),
                Table::Status => self.status(&cells),
                Table::None => {
                    self.marks("", line);
                    if let Some((name, true)) = first(&cells)
                        && let Some(seen) = self.devices.get_mut(&name)
                    {
                        seen.doubt(Ground::MarkedRow);
                    }
                }
            }
        } else {
            self.table = title(line).unwrap_or(self.table);
            self.marks("", line);
        }
    }

    fn message(&mut self, at: Option<Instant>, message: &str) {
        if let Some(version) = message.strip_prefix("nwipe ")
            && version.starts_with(|c: char| c.is_ascii_digit())
        {
            if self.ran() {
                self.end_run();
                self.devices.clear();
            }
            self.is_nwipe = true;
            self.version = version.split_whitespace().next().map(str::to_owned);
        } else if let Some(rest) = message.strip_prefix("Found ") {
            self.found(rest);
        } else if let Some((device, serial)) = message.split_once(" has serial number ") {
            let serial = serial.trim().to_owned();
            let device = device.trim_start_matches("Device ");
            self.device(device).serial = Some(serial).filter(|serial| !serial.is_empty());
        } else if let Some(serial) = message.strip_prefix("system-serial-number = ") {
            self.machine_serial = Some(serial.trim().to_owned());
        } else if let Some(rest) = message.strip_prefix("Invoking method '")
            && let Some((method, device)) = rest.split_once("' on ")
        {
            self.is_nwipe = true;
            if self.device(device).row.is_some() {
                self.end_run(); // the program was started again
            }
            let seen = self.device(device);
            seen.method = Some(method.to_owned());
            seen.started_at = at;
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

    /// What a line says against drives: those that it names, by their device or their serial number;
    /// else all of the run.
    fn marks(&mut self, level: &str, message: &str) {
        let Some(Marker { ground, whole_run }) = markers::of_nwipe(level, message) else {
            return;
        };
        let words: Vec<_> = message
            .split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ',' | '=' | ';'))
            .map(|word| word.trim_end_matches(['.', ':', '!']))
            .collect();
        let names_device = words.iter().any(|word| word.starts_with("/dev/"));
        let mut known = false;
        for (name, seen) in &mut self.devices {
            let by_path = words.iter().any(|word| {
                word.strip_prefix("/dev/")
                    .is_some_and(|word| short(word) == *name)
            });
            let by_name = !names_device && words.iter().any(|word| word == name);
            let by_serial = seen
                .serial
                .as_deref()
                .is_some_and(|serial| words.contains(&serial));
            if by_path || by_name || by_serial {
                seen.doubt(ground);
                known = true;
            }
        }
        if known {
            return;
        }
        if let Some(path) = words.iter().find(|word| word.starts_with("/dev/")) {
            self.device(path).doubt(ground); // it may be found later
        } else if whole_run {
            self.of_all.push(ground);
        }
    }

    /// A method was invoked, or a table has its drives, since the program was started.
    fn ran(&self) -> bool {
        let mut seen = self.devices.values();
        seen.any(|seen| seen.row.is_some() || seen.method.is_some())
    }

    /// `!      sdc |          12 |                    0 |                    0`
    fn errors(&mut self, cells: &[&str]) {
        let Some((name, marked)) = first(cells) else {
            return;
        };
        let counted = cells.iter().skip(1).any(|cell| cell.trim() != "0");
        let seen = self.device(&name);
        if marked {
            seen.doubt(Ground::MarkedRow);
        }
        if counted {
            seen.doubt(Ground::Errors);
        }
    }

    /// `!      sdc |       21000000000 |      80026361856 |            26.24%`
    fn erasure(&mut self, cells: &[&str]) {
        let Some((name, marked)) = first(cells) else {
            return;
        };
        let number = |n: usize| {
            cells
                .get(n)
                .and_then(|cell| cell.trim().parse::<u64>().ok())
        };
        let whole = matches!((number(1), number(2)), (Some(erased), Some(total)) if total > 0 && erased >= total);
        let percent = cells.get(3).map_or("", |cell| cell.trim());
        let seen = self.device(&name);
        if marked || !whole || !matches!(percent, "100.00%" | "100%") {
            seen.doubt(Ground::NotAllErased);
        }
    }

    /// `!    sdb |-FAILED-|  120MB/s | 01:22:01 | WDC WD5000AAKX-6/WD-WCC2ETY84203`
    fn status(&mut self, cells: &[&str]) {
        let (Some((name, marked)), [_, state, throughput, duration, names @ ..]) =
            (first(cells), cells)
        else {
            return;
        };
        self.is_nwipe = true;
        self.has_status = true;
        let names = names.join("|");
        let (model, serial) = names.trim().rsplit_once('/').unwrap_or((names.trim(), ""));
        let row = Row {
            state: state.trim().trim_matches('-').trim().to_owned(),
            seconds: seconds(duration),
            model: model.trim().to_owned(),
            serial: serial.trim().to_owned(),
        };
        let written = throughput
            .trim()
            .trim_end_matches("/s")
            .trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
        let nothing = written.parse::<f64>().is_ok_and(|rate| rate <= 0.0);
        let seen = self.device(&name);
        if marked {
            seen.doubt(Ground::MarkedRow);
        }
        if nothing || row.seconds == Some(0) {
            seen.doubt(Ground::NothingDone);
        }
        match row.state.as_str() {
            "Erased" => {}
            "UABORTED" | "ABORTED" => seen.doubt(Ground::Unfinished),
            _ => seen.doubt(Ground::ReportedFailure),
        }
        seen.row = Some(row);
    }

    /// What a run of the program came to. What hides sectors hides them in the next run too.
    fn end_run(&mut self) {
        let explained = self
            .devices
            .values()
            .any(|seen| seen.row.is_some() && !seen.grounds.is_empty());
        let of_all = std::mem::take(&mut self.of_all);
        for seen in self.devices.values_mut() {
            if !explained || of_all.contains(&Ground::HiddenArea) {
                of_all.iter().for_each(|ground| seen.doubt(*ground));
            }
            if seen.row.is_some() || seen.method.is_some() {
                self.drives.push(reported(seen));
            }
            seen.row = None;
            seen.method = None;
            seen.started_at = None;
            seen.grounds.retain(|ground| *ground == Ground::HiddenArea);
        }
    }
}

fn reported(seen: &Seen) -> ReportedDrive {
    let row = seen.row.clone().unwrap_or_default();
    let standard = seen.method.clone().unwrap_or_else(|| "?".to_owned());
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut drive = ReportedDrive {
        serial: seen.serial.clone().or_else(|| some(&row.serial)),
        media: seen.media.or_else(|| media(&row.model)),
        model: seen.model.clone().or_else(|| some(&row.model)),
        size_bytes: None,
        method: EraseMethod::Clear,
        started_at: seen.started_at,
        finished_at: seen
            .started_at
            .zip(row.seconds)
            .map(|(began, seconds)| began.plus_seconds(seconds)),
        result: EraseResult::Success,
        state: row.state.clone(),
        grounds: Vec::new(),
        standard,
    };
    seen.grounds.iter().for_each(|ground| drive.doubt(*ground));
    if drive.standard.starts_with("Verify") {
        drive.doubt(Ground::VerificationOnly);
    } else if drive.standard == "?" || seen.row.is_none() {
        drive.doubt(Ground::Unfinished);
    }
    // the table cuts long numbers short
    if let Some(serial) = seen.serial.as_deref()
        && !row.serial.is_empty()
        && !serial.starts_with(row.serial.as_str())
        && !row.serial.starts_with(serial)
    {
        drive.doubt(Ground::ReportContradicts);
    }
    drive
}

/// `[2023/02/28 07:08:11]  notice: message`
fn stamped(line: &str) -> Option<(Option<Instant>, &str, &str)> {
    let rest = line.trim_start().strip_prefix('[')?;
    let (stamp, rest) = rest.split_once(']')?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("nwipe: ").unwrap_or(rest);
    let (level, message) = rest.split_once(':')?;
    let known = [
        "debug", "info", "notice", "warning", "error", "fatal", "sanity",
    ];
    let level = level.trim();
    known
        .contains(&level)
        .then(|| (time(stamp).map(|(at, _)| at), level, message.trim()))
}

/// Which table these are the columns of. 0.30 has but one, without a title.
fn columns(cells: &[&str]) -> Option<Table> {
    let name = cells.first()?.trim().trim_start_matches('!').trim();
    if name != "Device" {
        return None;
    }
    Some(match cells.get(1)?.trim() {
        "Pass Errors" => Table::Errors,
        "Bytes Erased" => Table::Erasure,
        "Status" => Table::Status,
        _ => Table::None,
    })
}

/// Which table a line of stars is the title of; without a title, it ends one.
fn title(line: &str) -> Option<Table> {
    let line = line.trim();
    line.starts_with("***")
        .then(|| match line.trim_matches('*').trim() {
            "Error Summary" => Table::Errors,
            "Erasure Summary" => Table::Erasure,
            "Drive Status" => Table::Status,
            _ => Table::None,
        })
}

/// The device of a row, and whether the row is marked.
fn first(cells: &[&str]) -> Option<(String, bool)> {
    let cell = cells.first()?.trim();
    let name = cell.trim_start_matches('!').trim();
    (!name.is_empty()).then(|| (name.to_owned(), cell.starts_with('!')))
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
