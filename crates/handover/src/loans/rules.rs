//! When a loan is extended, and what may come back of it.

use kernel::{Code, Fields, Instant, Refusal, Text, Verdict};

use super::model::{Extension, Loan, Return};
use crate::model::{Handover, HandoverStatus};
use crate::rules::not_now;

/// Days ahead to which a loan is extended at the most: ten years.
const MOST_DAYS: i64 = 3_653;

/// A loan is extended, or shortened, while something of it is with the association: to a day to come.
///
/// # Errors
/// `invalid_fields`; `handover_step_not_allowed` for a lot that is given, or is back.
pub fn may_extend(
    handover: &Handover,
    loan: Option<&Loan>,
    body: &Extension,
    now: Instant,
) -> Result<Verdict, Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", &body.reason, 2_000);
    if body.due_at <= now {
        fields.push("/due_at", Code::DateInPast, Code::DateInPast.help());
    } else if body.due_at > now.plus_days(MOST_DAYS) {
        let detail = Text::new("Dans les dix ans qui viennent.", "Within ten years.");
        fields.push("/due_at", Code::OutOfRange, detail);
    }
    fields.check()?;
    let loan = running(handover, loan)?;
    Ok(match loan.due_at == body.due_at {
        true => Verdict::AlreadyDone,
        false => Verdict::Go,
    })
}

/// Devices come back while the loan runs, early or late.
///
/// # Errors
/// `invalid_fields` without devices; `handover_step_not_allowed` for a lot that is given, or is back.
pub fn may_return(handover: &Handover, loan: Option<&Loan>, body: &Return) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if body.devices.is_empty() {
        fields.push("/devices", Code::Required, Code::Required.help());
    }
    if let Some(note) = body.note.as_deref().filter(|note| !note.trim().is_empty()) {
        fields.text("/note", note, 2_000);
    }
    fields.check()?;
    running(handover, loan).map(drop)
}

fn running<'a>(handover: &Handover, loan: Option<&'a Loan>) -> Result<&'a Loan, Refusal> {
    if handover.status != HandoverStatus::Completed {
        return Err(not_now(handover.status));
    }
    let refused = |french: &'static str, english: &'static str| {
        Refusal::new(Code::HandoverStepNotAllowed, Text::new(french, english))
    };
    match loan {
        None => Err(refused(
            "Ce lot est donné, et non prêté.",
            "This lot is given, and not lent.",
        )),
        Some(loan) if loan.returned_at.is_some() => Err(refused(
            "Ce lot est déjà revenu.",
            "This lot has come back already.",
        )),
        Some(loan) => Ok(loan),
    }
}
