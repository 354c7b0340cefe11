//! What a donor may say to the count at the dock, and when.

use kernel::{Code, Fields, Refusal, Text, Verdict};

use super::{LINES_MAX, english, french};
use crate::model::{BatchStatus, DonorAnswer, ReceptionAnswer};

/// The count is answered when it has ended. What was contested may be confirmed, once it
/// is explained; what was confirmed stays so.
///
/// # Errors
/// `batch_step_not_allowed` before the count has ended, `reception_confirmed`.
pub fn answer(
    status: BatchStatus,
    known: Option<&ReceptionAnswer>,
    new: &ReceptionAnswer,
) -> Result<Verdict, Refusal> {
    if status != BatchStatus::Closed {
        return Err(Refusal::new(
            Code::BatchStepNotAllowed,
            Text::new(
                format!(
                    "Ce lot est {} ; sa réception se confirme ou se conteste une fois le comptage terminé.",
                    french(status)
                ),
                format!(
                    "This batch is {}; its reception is confirmed or contested once the count has ended.",
                    english(status)
                ),
            ),
        ));
    }
    match known {
        Some(known) if known.answer == DonorAnswer::Confirmed => match new.answer {
            DonorAnswer::Confirmed => Ok(Verdict::AlreadyDone),
            DonorAnswer::Contested => Err(Refusal::plain(Code::ReceptionConfirmed)),
        },
        Some(known)
            if known.answer == new.answer
                && known.comment == new.comment
                && known.devices == new.devices =>
        {
            Ok(Verdict::AlreadyDone)
        }
        _ => Ok(Verdict::Go),
    }
}

/// Who contests says what is wrong.
///
/// # Errors
/// `required` or `too_long` at `/comment`.
pub fn check_comment(new: DonorAnswer, comment: Option<&str>) -> Result<Option<String>, Refusal> {
    let visible = |c: &char| !kernel::is_unprintable(*c) || matches!(c, '\n' | '\t');
    let said: String = comment
        .unwrap_or_default()
        .chars()
        .filter(visible)
        .collect();
    let said = said.trim();
    let mut fields = Fields::default();
    if new == DonorAnswer::Contested || !said.is_empty() {
        fields.text("/comment", said, 2000);
    }
    fields.check()?;
    Ok(Some(said.to_owned()).filter(|said| !said.is_empty()))
}

/// Devices that are contested one by one are not too many to look at.
///
/// # Errors
/// `out_of_range` at `/devices`.
pub fn check_named(devices: &[String]) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if devices.len() > LINES_MAX {
        fields.push(
            "/devices",
            Code::OutOfRange,
            Text::new(
                format!("{LINES_MAX} appareils au plus ; pour davantage, contestez le tout."),
                format!("At most {LINES_MAX} devices; for more, contest the whole."),
            ),
        );
    }
    for (at, name) in devices.iter().enumerate() {
        fields.text(&format!("/devices/{at}"), name, 100);
    }
    fields.check()
}
