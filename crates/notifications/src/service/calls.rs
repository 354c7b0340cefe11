//! What came of calls of webhooks.

use db::{Result, Tx};
use kernel::Instant;

use super::outbox::push_all;
use crate::rules::{self, Failure, Next};
use crate::store::webhooks as store;
use crate::webhooks::caller::Answer;
use crate::webhooks::model::Call;
use crate::{Message, NotificationStatus};

/// Characters kept of what came of a call.
const ERROR_LENGTH: usize = 300;

/// What is said of a call that was our own mistake.
const BROKEN: &str = "this event cannot be sent: a mistake within the program, which is in its log";

/// Writes what came of a call. A webhook that failed for `disable_after` seconds, or says
/// that it is gone, is disabled, and whoever set it up is told.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    call: &Call,
    answer: &Answer,
    disable_after: i64,
) -> Result<()> {
    let now = tx.now();
    let (status, error) = match answer {
        Answer::Taken(status) => {
            let outcome = store::Outcome {
                status: NotificationStatus::Sent,
                due_at: now,
                answer: Some(i32::from(*status)),
                error: None,
                sent_at: Some(now),
            };
            store::finish(tx, call, &outcome)?;
            return store::note(tx, call.webhook, None, None);
        }
        Answer::Broken => {
            let outcome = store::Outcome {
                status: NotificationStatus::Dead,
                due_at: now,
                answer: None,
                error: Some(BROKEN),
                sent_at: None,
            };
            return store::finish(tx, call, &outcome);
        }
        Answer::Gone => (Some(410), "HTTP 410".to_owned()),
        Answer::Failed { status, error } => {
            let error = error.chars().take(ERROR_LENGTH).collect();
            (status.map(i32::from), error)
        }
    };
    let since = store::failing_since(tx, call.webhook)?.unwrap_or(now);
    store::note(tx, call.webhook, Some(since), Some(&error))?;
    let next = rules::after_failure(Failure::Temporary, call.attempts, chance(call));
    let (fate, due_at) = match next {
        Next::RetryAfter(seconds) => (NotificationStatus::Failed, now.plus_seconds(seconds)),
        Next::GiveUp => (NotificationStatus::Dead, now),
    };
    let outcome = store::Outcome {
        status: fate,
        due_at,
        answer: status,
        error: Some(&error),
        sent_at: None,
    };
    store::finish(tx, call, &outcome)?;
    store::put_off(tx, call.webhook, due_at)?;
    if *answer == Answer::Gone || now.seconds_since(since) >= disable_after {
        disable(tx, call, since, &error)?;
    }
    Ok(())
}

fn disable(tx: &mut Tx<'_>, call: &Call, since: Instant, error: &str) -> Result<()> {
    if !store::disable(tx, call.webhook)? {
        return Ok(());
    }
    let owners = store::owners(tx, call.webhook)?;
    let message = Message::WebhookDisabled {
        url: call.url.clone(),
        failing_since: since,
        error: error.to_owned(),
    };
    push_all(tx, &owners, &message)
}

/// The random part of the event's id, other bits of it at each attempt.
fn chance(call: &Call) -> u64 {
    let (_, low) = call.id.uuid().as_u64_pair();
    low >> (call.attempts.unsigned_abs() % 32)
}
