//! What the programme says, and how large a number may be.

use kernel::{Code, DeviceKind, Fields, Text};

/// What the programme says.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The kinds it gives.
    pub kinds: Vec<DeviceKind>,
    /// Its smallest lot.
    pub lot_min: u32,
    /// Its largest lot.
    pub lot_max: u32,
}

/// The largest lot or stock that is taken seriously.
const DEVICES_MAX: i64 = 10_000_000;

pub(super) fn out_of_range(fields: &mut Fields, pointer: &str, fr: String, en: String) {
    fields.push(pointer, Code::OutOfRange, Text::new(fr, en));
}

/// A number of devices, at least `least`; noted when it is not.
pub(super) fn number(fields: &mut Fields, pointer: &str, value: i64, least: i64) -> u64 {
    if !(least..=DEVICES_MAX).contains(&value) {
        out_of_range(
            fields,
            pointer,
            format!("De {least} à {DEVICES_MAX}."),
            format!("From {least} to {DEVICES_MAX}."),
        );
    }
    value.clamp(least, DEVICES_MAX).unsigned_abs()
}
