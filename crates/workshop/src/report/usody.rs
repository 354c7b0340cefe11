//! usody-sanitize's export: the steps with their commands, the check of sectors before and after,
//! the device, the method. `result` alone is not enough: each command has to have succeeded.
//! Source: the project's `schemas/` and its examples.

use kernel::Instant;
use serde_json::Value;

use super::media;
use crate::model::{
    EraseMethod, EraseResult, ErasureReport, Ground, Integrity, Media, ReportedDrive,
};

/// Reads an export; none when the JSON is something else.
pub(super) fn read(root: &Value) -> Option<ErasureReport> {
    let (steps, method) = (root.get("steps")?.as_array()?, root.get("method")?);
    let (check, device) = (root.get("validation")?, root.get("device_info")?);
    let text = |value: &Value, name: &str| {
        let text = value.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.chars().take(200).collect::<String>())
    };
    let block = device.pointer("/export_data/block");
    let serial =
        text(device, "serial_number").or_else(|| block.and_then(|block| text(block, "serial")));
    let flash = block.and_then(|block| block.get("rota")?.as_bool()) == Some(false);
    let medium = text(device, "storage_medium").and_then(|word| media(&word));
    let moment = |name: &str, last: bool| {
        let times = steps.iter().filter_map(|step| step.get(name)?.as_f64());
        let one = if last {
            times.reduce(f64::max)
        } else {
            times.reduce(f64::min)
        };
        one.and_then(instant)
    };
    let mut drive = ReportedDrive {
        serial,
        model: text(device, "model"),
        media: match medium {
            Some(medium) if flash && !medium.is_flash() => Some(Media::Ssd),
            None if flash => Some(Media::Ssd),
            medium => medium,
        },
        size_bytes: None,
        method: method_of(method, steps),
        standard: text(method, "name").unwrap_or_else(|| "?".to_owned()),
        started_at: moment("start_time", false),
        finished_at: moment("end_time", true),
        result: EraseResult::Success,
        state: format!("result: {}", root.get("result").unwrap_or(&Value::Null)),
        grounds: Vec::new(),
    };
    let says_yes =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_bool) == Some(true);
    if !says_yes(root, "result") {
        drive.doubt(Ground::ReportedFailure);
    }
    if !says_yes(check, "result") {
        drive.doubt(Ground::NestedFailure);
    }
    if steps.is_empty() || drive.finished_at <= drive.started_at {
        drive.doubt(Ground::NothingDone);
    }
    let failed = |command: &Value| {
        !says_yes(command, "success")
            || command.get("return_code").and_then(Value::as_i64) != Some(0)
    };
    for step in steps {
        let commands = step.get("commands").and_then(Value::as_array);
        if !says_yes(step, "success")
            || commands.is_none_or(|all| all.is_empty() || all.iter().any(failed))
        {
            drive.doubt(Ground::NestedFailure);
        }
    }
    let checks = check.get("commands").and_then(Value::as_array);
    if checks.is_none_or(|all| all.is_empty()) {
        drive.doubt(Ground::VerificationMissing);
    } else if checks.into_iter().flatten().any(failed) {
        drive.doubt(Ground::NestedFailure);
    }
    Some(ErasureReport {
        tool: "usody-sanitize".to_owned(),
        tool_version: text(root, "version"),
        document_id: None,
        machine_serial: None,
        local_times: false,
        integrity: Integrity::None,
        drives: vec![drive],
    })
}

/// The drive's own commands purge, everything that writes sectors clears.
fn method_of(method: &Value, steps: &[Value]) -> EraseMethod {
    let tools = method.get("overwriting_steps").and_then(Value::as_array);
    let own = |name: &str| matches!(name, "hdparm" | "nvme");
    let by_tool = tools.is_some_and(|all| {
        !all.is_empty()
            && all
                .iter()
                .all(|step| step.get("tool").and_then(Value::as_str).is_some_and(own))
    });
    let lines = steps
        .iter()
        .filter_map(|step| step.get("commands")?.as_array())
        .flatten()
        .filter_map(|command| command.get("command")?.as_str());
    let mut erases = lines.filter(|line| {
        line.contains("--security-erase")
            || line.contains("nvme format")
            || line.contains("nvme sanitize")
    });
    match by_tool && erases.next().is_some() {
        true => EraseMethod::Purge,
        false => EraseMethod::Clear,
    }
}

/// Seconds since 1970.
fn instant(seconds: f64) -> Option<Instant> {
    if !(0.0..=32_503_680_000.0).contains(&seconds) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)] // within the years 1970 to 3000
    Instant::from_micros((seconds * 1_000_000.0) as i64)
}
