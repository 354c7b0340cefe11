//! What the drive's own commands print, as a terminal or a script keeps it: `hdparm` and `nvme`.
//! The command alone proves nothing: a secure erase leaves security disabled (`hdparm -I`: `not
//! enabled`), a sanitize leaves its status (`hdparm --sanitize-status`, `nvme sanitize-log`), and a
//! format says how it erased (`nvme format --ses=1`). Sources: hdparm's `hdparm.c` and
//! `identify.c`; nvme-cli's manual of `sanitize-log`, `sanitize`, `format`; the NVM Express base
//! specification, sanitize status log.

use std::collections::BTreeMap;

use kernel::Instant;

use super::time;
use crate::model::{
    EraseMethod, EraseResult, ErasureReport, Ground, Integrity, Media, ReportedDrive,
};

/// What was seen of a device.
#[derive(Debug, Default, Clone)]
struct Seen {
    serial: Option<String>,
    model: Option<String>,
    command: Option<&'static str>,
    erased_at: Option<(Instant, bool)>,
    verified: bool,
    finished: Option<(Instant, bool)>,
    grounds: Vec<Ground>,
}

impl Seen {
    fn doubt(&mut self, ground: Ground) {
        if !self.grounds.contains(&ground) {
            self.grounds.push(ground);
        }
    }
}

#[derive(Debug, Default)]
struct Transcript {
    devices: BTreeMap<String, Seen>,
    current: Option<String>,
    clock: Option<(Instant, bool)>,
    /// A format that says how it erases was given.
    secure_format: bool,
    sprog: Option<u64>,
    version: Option<String>,
}

/// Reads a transcript; none when neither program erased in it.
pub(super) fn read(text: &str) -> Option<ErasureReport> {
    let lower = text.to_lowercase();
    let hdparm = [
        "security_erase",
        "security-erase",
        "sanitize_status",
        "sanitize-status",
    ];
    let nvme = [
        "sanitize-log",
        "(sstat)",
        "nvme sanitize",
        "nvme format",
        "success formatting",
    ];
    let is_hdparm = hdparm.iter().any(|word| lower.contains(word));
    let is_nvme = nvme.iter().any(|word| lower.contains(word));
    if !is_hdparm && !is_nvme {
        return None;
    }
    let mut transcript = Transcript::default();
    text.lines().for_each(|line| transcript.line(line));
    let (mut drives, mut local_times) = (Vec::new(), false);
    for seen in transcript.devices.into_values() {
        if seen.command.is_none() && !seen.verified && seen.grounds.is_empty() {
            continue;
        }
        local_times |= seen
            .finished
            .or(seen.erased_at)
            .is_some_and(|(_, local)| local);
        drives.push(reported(seen));
    }
    drives.retain(|drive| drive.serial.is_some());
    (!drives.is_empty()).then(|| ErasureReport {
        tool: if is_nvme { "nvme-cli" } else { "hdparm" }.to_owned(),
        tool_version: transcript.version,
        document_id: None,
        machine_serial: None,
        local_times,
        integrity: Integrity::None,
        drives,
    })
}

fn reported(seen: Seen) -> ReportedDrive {
    let nvme = seen
        .command
        .is_some_and(|command| command.starts_with("nvme"));
    let mut drive = ReportedDrive {
        serial: seen.serial,
        media: if nvme { Some(Media::Nvme) } else { None },
        model: seen.model,
        size_bytes: None,
        method: EraseMethod::Purge,
        standard: seen.command.unwrap_or("?").to_owned(),
        started_at: seen.erased_at.map(|(at, _)| at),
        finished_at: seen.finished.or(seen.erased_at).map(|(at, _)| at),
        result: EraseResult::Success,
        state: if seen.verified { "verified" } else { "?" }.to_owned(),
        grounds: Vec::new(),
    };
    seen.grounds.iter().for_each(|ground| drive.doubt(*ground));
    if seen.command.is_none() || !seen.verified {
        drive.doubt(Ground::VerificationMissing);
    }
    drive
}

impl Transcript {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        let lower = line.to_lowercase();
        if let Some(at) = stamp(line) {
            self.clock = Some(at);
            // what comes after the erasure tells when it had ended
            for seen in self
                .devices
                .values_mut()
                .filter(|seen| seen.command.is_some())
            {
                seen.finished = Some(at);
            }
        }
        if let Some(version) = lower
            .strip_prefix("hdparm v")
            .or_else(|| lower.strip_prefix("nvme version "))
        {
            self.version = Some(version.chars().take(40).collect());
        }
        self.name_device(line, &lower);
        self.identity(line);
        self.commands(&lower);
        self.ata(&lower);
        self.nvme(&lower);
        self.trouble(&lower);
    }

    /// `/dev/sda:` heads what hdparm prints; a command names its device.
    fn name_device(&mut self, line: &str, lower: &str) {
        let words = line.split(|c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\'' | ','));
        let path = words
            .filter_map(|word| word.strip_prefix("/dev/"))
            .find(|name| !name.starts_with("ng") && *name != "null")
            .map(|name| whole(name.trim_end_matches('.')));
        let Some(name) = path else { return };
        // a row of `nvme list`, in newer versions with the generic device beside it
        let cells: Vec<_> = line
            .split_whitespace()
            .filter(|word| !word.starts_with("/dev/ng"))
            .collect();
        if let [first, serial, model, ..] = cells.as_slice()
            && first.starts_with("/dev/nvme")
            && !lower.contains("format")
        {
            let seen = self.devices.entry(name.clone()).or_default();
            seen.serial.get_or_insert_with(|| (*serial).to_owned());
            seen.model.get_or_insert_with(|| (*model).to_owned());
        }
        self.devices.entry(name.clone()).or_default();
        self.current = Some(name);
    }

    fn seen(&mut self) -> Option<&mut Seen> {
        let name = self.current.as_ref()?;
        self.devices.get_mut(name)
    }

    /// `Serial Number:      WD-1` of `hdparm -I`, `sn        : S4` of `nvme id-ctrl`.
    fn identity(&mut self, line: &str) {
        let Some((label, value)) = line.split_once(':') else {
            return;
        };
        let value = value.trim().to_owned();
        if value.is_empty() {
            return;
        }
        let label = label.trim().to_lowercase();
        let Some(seen) = self.seen() else { return };
        match label.as_str() {
            "serial number" | "sn" => {
                // two numbers for one device: nobody can tell which drive it was
                if seen.serial.as_ref().is_some_and(|known| *known != value) {
                    seen.doubt(Ground::ReportContradicts);
                }
                seen.serial = Some(value);
            }
            "model number" | "mn" => seen.model = Some(value),
            _ => {}
        }
    }

    fn commands(&mut self, line: &str) {
        let name = if line.contains("issuing security_erase") || line.contains("--security-erase") {
            "ATA secure erase"
        } else if [
            "issuing block_erase_ext",
            "issuing crypto_scramble_ext",
            "issuing overwrite_ext",
        ]
        .iter()
        .any(|word| line.contains(word))
        {
            "ATA sanitize"
        } else if line.contains("nvme sanitize ") {
            "nvme sanitize"
        } else if line.contains("nvme format ") {
            self.secure_format = secure(line);
            "nvme format"
        } else {
            return;
        };
        let clock = self.clock;
        if let Some(seen) = self.seen() {
            seen.command = Some(name);
            seen.erased_at = clock;
            seen.verified = false;
            seen.finished = None;
        }
    }

    /// After a secure erase, `hdparm -I` says that security is not enabled; after a sanitize, its
    /// status is idle without an error.
    fn ata(&mut self, line: &str) {
        let words: Vec<_> = line.split_whitespace().collect();
        let Some(seen) = self.seen() else { return };
        match (seen.command, words.as_slice()) {
            (Some("ATA secure erase"), ["not", "enabled"]) => seen.verified = true,
            (Some("ATA secure erase"), ["enabled" | "locked"]) => {
                seen.verified = false;
                seen.doubt(Ground::FailureLine);
            }
            (Some("ATA sanitize"), _) if line.contains("completed without error") => {
                seen.verified = true;
            }
            (Some("ATA sanitize"), _)
                if line.contains("completed with error") || line.contains("sd3") =>
            {
                seen.doubt(Ground::FailureLine);
            }
            (Some("ATA sanitize"), _) if line.contains("in process") || line.contains("sd2") => {
                seen.verified = false;
            }
            _ => {}
        }
    }

    fn nvme(&mut self, line: &str) {
        if line.contains("(sprog)") || line.starts_with("sprog") {
            self.sprog = value(line);
        }
        if line.contains("(sstat)") || line.starts_with("sstat") {
            let (sprog, status) = (self.sprog, value(line));
            if let Some(seen) = self.seen() {
                seen.command.get_or_insert("nvme sanitize");
                sanitize_status(seen, status, sprog);
            }
        }
        if (line.contains("(scdw10)") || line.starts_with("scdw10"))
            && let Some(dword) = value(line)
            && let Some(seen) = self.seen()
            && !matches!(dword & 7, 2..=4)
        {
            seen.doubt(Ground::VerificationMissing); // it erased nothing
        }
        if line.contains("success formatting") {
            let secure = self.secure_format;
            if let Some(seen) = self
                .seen()
                .filter(|seen| seen.command == Some("nvme format"))
            {
                seen.verified = secure;
            }
        }
    }

    fn trouble(&mut self, line: &str) {
        let bad = [
            "input/output error",
            "invalid argument",
            "operation not permitted",
            "bad/missing sense data",
            "no such device",
            "command failed",
            "sanitize command failed",
            "sanitize failed",
            "operation failed",
            "completed failed",
            "nvme status:",
            "nvme status :",
            "[failure]",
            "errors on",
            "hidden sectors detected",
            "hidden area detected",
            "exited with fatal errors",
            "aborted",
            "timed out",
            "timeout expired",
        ]
        .iter()
        .any(|word| line.contains(word));
        let code = ["exit status", "exit code", "return code", "rc=", "result="]
            .iter()
            .filter_map(|word| line.split_once(word))
            .filter_map(|(_, rest)| {
                let digits = rest.trim_start_matches([' ', '=', ':']);
                digits
                    .split(|c: char| !(c.is_ascii_digit() || c == '-'))
                    .next()?
                    .parse::<i64>()
                    .ok()
            })
            .any(|code| code != 0);
        if !bad && !code {
            return;
        }
        let ground = if line.contains("hidden") {
            Ground::HiddenArea
        } else {
            Ground::FailureLine
        };
        match self.seen() {
            Some(seen) => seen.doubt(ground),
            None => {
                // before any drive is named, it may be about the first
                self.current = Some("?".to_owned());
                self.devices
                    .entry("?".to_owned())
                    .or_default()
                    .doubt(ground);
            }
        }
    }
}

/// The status of the most recent sanitize operation: 1 and 4 succeeded, 65535 of 65536 is done.
fn sanitize_status(seen: &mut Seen, status: Option<u64>, sprog: Option<u64>) {
    match status.map(|status| status & 7) {
        Some(1 | 4) if sprog.is_none_or(|sprog| sprog == 65_535) => seen.verified = true,
        Some(3) => seen.doubt(Ground::FailureLine),
        Some(1 | 2 | 4) => {
            seen.verified = false;
            seen.doubt(Ground::Unfinished);
        }
        _ => seen.doubt(Ground::VerificationMissing),
    }
}

/// `nvme0n1` and `nvme0` are one drive; so are `sda` and `sda1`.
fn whole(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("nvme") {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return format!("nvme{digits}");
    }
    name.trim_end_matches(|c: char| c.is_ascii_digit())
        .to_owned()
}

/// Whether a format erases: `--ses=1`, `-s 2`.
fn secure(line: &str) -> bool {
    let spaced = line.replace('=', " ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    words.windows(2).any(|pair| {
        matches!(pair[0], "--ses" | "-s") && matches!(pair[1], "1" | "2" | "0x1" | "0x2")
    }) || words.iter().any(|word| matches!(*word, "-s1" | "-s2"))
}

/// The number behind the last colon, decimal or hexadecimal.
fn value(line: &str) -> Option<u64> {
    let (_, value) = line.rsplit_once([':', '='])?;
    let word = value
        .split_whitespace()
        .next()?
        .trim_end_matches([',', '%']);
    match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

/// A time on a line of its own, or that begins it: what `date` prints, or a logger.
fn stamp(line: &str) -> Option<(Instant, bool)> {
    let line = line.trim_start_matches(['#', ' ']).trim();
    if let Some((stamp, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return time(stamp);
    }
    let after = [
        "date:",
        "finished:",
        "ended:",
        "started:",
        "script done on ",
        "script started on ",
    ]
    .iter()
    .find_map(|word| {
        let head = line.get(..word.len())?;
        head.eq_ignore_ascii_case(word).then(|| &line[word.len()..])
    });
    let text = after.unwrap_or(line).trim();
    let text = text.split(" [").next().unwrap_or(text);
    (text.len() <= 40).then(|| time(text)).flatten()
}
