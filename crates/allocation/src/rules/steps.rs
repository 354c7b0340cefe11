//! Which step a wave may take, and by whom.

use kernel::{Code, Fields, PersonId, Refusal, Text, Verdict};

use crate::model::{Wave, WaveStatus};

fn not_now(status: WaveStatus) -> Refusal {
    Refusal::new(
        Code::WaveStepNotAllowed,
        Text::new(
            format!("Cette vague est dans l'état « {status} », qui ne permet pas cette étape."),
            format!("This wave is in the state `{status}`, which does not allow this step."),
        ),
    )
}

fn not_editable(status: WaveStatus) -> Refusal {
    let (fr, en) = if status == WaveStatus::Draft {
        (
            "Proposez d'abord un plan pour cette vague.",
            "Propose a plan for this wave first.",
        )
    } else {
        (
            "Cette vague n'est plus modifiable : elle est soumise ou décidée.",
            "This wave can no longer be changed: it is submitted or decided.",
        )
    };
    Refusal::new(Code::WaveNotEditable, Text::new(fr, en))
}

/// A plan can be computed until someone asks for approval.
///
/// # Errors
/// `wave_not_editable` afterwards.
pub fn may_propose(status: WaveStatus) -> Result<(), Refusal> {
    match status {
        WaveStatus::Draft | WaveStatus::Proposed | WaveStatus::Adjusted => Ok(()),
        other => Err(not_editable(other)),
    }
}

/// Lines are fixed in a plan that is there and not submitted.
///
/// # Errors
/// `wave_not_editable` else.
pub fn may_pin(status: WaveStatus) -> Result<(), Refusal> {
    if status.is_planned() {
        Ok(())
    } else {
        Err(not_editable(status))
    }
}

/// A plan is submitted once.
///
/// # Errors
/// `wave_step_not_allowed` when there is no plan, or someone else submitted it.
pub fn may_submit(wave: &Wave, actor: PersonId) -> Result<Verdict, Refusal> {
    match wave.status {
        WaveStatus::Proposed | WaveStatus::Adjusted => Ok(Verdict::Go),
        WaveStatus::Submitted if wave.submitted_by == Some(actor) => Ok(Verdict::AlreadyDone),
        other => Err(not_now(other)),
    }
}

/// Whoever decides about a plan says which one they read.
///
/// # Errors
/// `required` when nothing is said.
pub fn digest_named(digest: Option<&str>) -> Result<&str, Refusal> {
    let named = digest.map(str::trim).filter(|digest| !digest.is_empty());
    named.ok_or_else(|| {
        let help = Text::new(
            "Indiquez l'empreinte (« digest ») du plan que vous avez lu.",
            "Give the `digest` of the plan that you read.",
        );
        let field = Refusal::field("/digest", Code::Required, help.clone());
        Refusal {
            code: Code::Required,
            detail: help,
            ..field
        }
    })
}

/// The plan that was read is the one that the wave has.
///
/// # Errors
/// `wave_out_of_date` when it is another by now.
pub fn same_plan(wave: &Wave, digest: &str) -> Result<(), Refusal> {
    if wave.digest.as_deref() == Some(digest) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::WaveOutOfDate,
        Text::new(
            "Ce plan n'est plus celui que vous avez lu : relisez-le avant de décider.",
            "This is no longer the plan that you read: read it again before you decide.",
        ),
    ))
}

/// A wave is approved by someone who did not submit it, and never set or removed a pin in it.
///
/// # Errors
/// `same_person`; `wave_step_not_allowed` when it is not submitted, or someone else
/// approved it.
pub fn may_approve(wave: &Wave, actor: PersonId, pinned: bool) -> Result<Verdict, Refusal> {
    match wave.status {
        WaveStatus::Submitted if pinned => Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                "Vous avez fixé ou libéré une ligne de cette vague : une autre personne doit l'approuver.",
                "You pinned or released a line of this wave: another person must approve it.",
            ),
        )),
        WaveStatus::Submitted if wave.submitted_by == Some(actor) => Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                "Vous avez soumis cette vague : une autre personne doit l'approuver.",
                "You submitted this wave: another person must approve it.",
            ),
        )),
        WaveStatus::Submitted => Ok(Verdict::Go),
        status if status.is_decided() && wave.approved_by == Some(actor) => {
            Ok(Verdict::AlreadyDone)
        }
        other => Err(not_now(other)),
    }
}

/// A submitted wave can be sent back.
///
/// # Errors
/// `wave_step_not_allowed` else.
pub fn may_reject(status: WaveStatus) -> Result<(), Refusal> {
    if status == WaveStatus::Submitted {
        Ok(())
    } else {
        Err(not_now(status))
    }
}

/// A wave can be called off until every lot was handed over.
///
/// # Errors
/// `wave_step_not_allowed` when it is completed.
pub fn may_cancel(status: WaveStatus) -> Result<Verdict, Refusal> {
    match status {
        WaveStatus::Cancelled => Ok(Verdict::AlreadyDone),
        WaveStatus::Completed => Err(not_now(status)),
        _ => Ok(Verdict::Go),
    }
}

/// Lots are handed over once the wave is approved.
///
/// # Errors
/// `wave_step_not_allowed` before, or when it was called off.
pub fn may_hand_over(status: WaveStatus) -> Result<(), Refusal> {
    match status {
        WaveStatus::Approved | WaveStatus::HandingOver => Ok(()),
        other => Err(not_now(other)),
    }
}

/// A wave is completed by its last handover.
#[must_use]
pub fn may_complete(status: WaveStatus) -> bool {
    matches!(status, WaveStatus::Approved | WaveStatus::HandingOver)
}

/// What is said to whoever approves is not too long.
///
/// # Errors
/// `invalid_fields` when it is.
pub fn message_fits(message: Option<&str>) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    let said = message.filter(|text| !text.trim().is_empty());
    if let Some(message) = said {
        fields.text("/message", message, 2_000);
    }
    fields.check()
}

/// A rejection, a cancellation and a pin need a reason that those concerned can read.
///
/// # Errors
/// `invalid_fields` when it is empty or too long.
pub fn reason_given(reason: &str) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", reason, 2_000);
    fields.check()
}
