//! Mail that did not arrive is told to staff: once for many, not once for each.

use db::{Result, Tx};

use super::outbox::push_all;
use crate::store::failures as store;
use crate::{Message, Quantity, Recipient, events};

/// Seconds between two reports.
const PAUSE: i64 = 3600;
/// Messages that a report names.
const EXAMPLES: usize = 5;

/// Tells staff of what died since the last report; returns how many messages that were.
/// Its own mail is never reported.
///
/// # Errors
/// When the database fails.
pub fn report_failures(tx: &mut Tx<'_>, staff: &[Recipient]) -> Result<usize> {
    let report = Message::MailFailed {
        count: 0,
        examples: Vec::new(),
    }
    .kind();
    let failed = store::unreported(tx, report)?;
    let too_soon =
        store::last_report(tx, report)?.is_some_and(|last| tx.now().seconds_since(last) < PAUSE);
    if failed.is_empty() || staff.is_empty() || too_soon {
        return Ok(0);
    }
    let examples = failed
        .iter()
        .take(EXAMPLES)
        .map(|failed| {
            let title = events::of_kind(&failed.kind).map(events::Event::title);
            let (fr, en) = match &title {
                Some(title) => (title.fr.as_ref(), title.en.as_ref()),
                None => (failed.kind.as_str(), failed.kind.as_str()),
            };
            Quantity {
                fr: format!("{fr} ({})", failed.recipient),
                en: format!("{en} ({})", failed.recipient),
            }
        })
        .collect();
    let message = Message::MailFailed {
        count: i64::try_from(failed.len()).unwrap_or(i64::MAX),
        examples,
    };
    push_all(tx, staff, &message)?;
    let ids: Vec<_> = failed.iter().map(|failed| failed.id).collect();
    store::mark_reported(tx, &ids)?;
    Ok(failed.len())
}
