//! Calls receivers of what is in the outbox of webhooks: taken in a short transaction,
//! called outside of any, the outcome written in another.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use db::{Database, Result};
use tokio::task::JoinSet;

use super::caller::{Answer, Caller};
use super::model::Call;
use crate::service::calls;
use crate::store::webhooks as store;

/// Calls at the same time.
const CALLS: i64 = 8;
/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Seconds that a delivery stays in hand beyond the longest call.
const GRACE: i64 = 30;

/// Calls until `stop` is ready; what is under way is finished.
pub async fn run_webhooks(database: Arc<Database>, caller: Caller, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    loop {
        let mut pass = pin!(kernel::contained(pass(&database, &caller)));
        let outcome = tokio::select! {
            outcome = &mut pass => outcome,
            () = &mut stop => {
                let _ = pass.await;
                return;
            }
        };
        match outcome {
            Ok(Ok(0)) => {}
            Ok(Ok(_)) => continue,
            Ok(Err(cause)) => tracing::error!(%cause, "the outbox of webhooks cannot be read"),
            Err(panic) => tracing::error!(panic, "a pass over the webhooks broke off"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = &mut stop => return,
        }
    }
}

/// Calls for everything that is due now; returns how many calls that were.
///
/// # Errors
/// When the database fails.
pub async fn drain_webhooks(database: &Arc<Database>, caller: &Caller) -> Result<usize> {
    let mut all = 0;
    loop {
        match pass(database, caller).await? {
            0 => return Ok(all),
            calls => all += calls,
        }
    }
}

async fn pass(database: &Arc<Database>, caller: &Caller) -> Result<usize> {
    let hold = caller.longest() + GRACE;
    let claimed = database
        .write_queue(move |tx| store::claim(tx, CALLS, tx.now().plus_seconds(hold)))
        .await?;
    let calls = claimed.len();
    let mut tasks = JoinSet::new();
    for call in claimed {
        let (database, caller) = (Arc::clone(database), caller.clone());
        tasks.spawn(async move { deliver(&database, caller, call).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        match outcome {
            Ok(Ok(())) => {}
            // it is taken again when its time in hand is over, under the same id
            Ok(Err(cause)) => tracing::error!(%cause, "a webhook's outcome was not written"),
            Err(cause) => tracing::error!(%cause, "a call broke off"),
        }
    }
    Ok(calls)
}

async fn deliver(database: &Arc<Database>, caller: Caller, call: Call) -> Result<()> {
    let now = database.now();
    let disable_after = i64::from(caller.settings().disable_after_hours) * 3600;
    let called = call.clone();
    let outcome = tokio::task::spawn_blocking(move || caller.call(&called, now)).await;
    let answer = outcome.unwrap_or_else(|cause| {
        tracing::error!(webhook = %call.webhook, event = %call.id, %cause, "an event broke its call");
        Answer::Broken
    });
    if let Answer::Failed { status, .. } = &answer {
        tracing::warn!(webhook = %call.webhook, event = %call.id, ?status, "a webhook did not take an event");
    }
    database
        .write(move |tx| calls::record(tx, &call, &answer, disable_after))
        .await
}
