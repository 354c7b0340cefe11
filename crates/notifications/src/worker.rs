//! Sends what is in the outbox. A message is taken in a short transaction, sent outside of
//! any, and its outcome written in another: a crash between the two sends it again, under
//! the same Message-ID; nothing is ever lost.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use db::{Database, Result};
use kernel::Instant;
use tokio::task::JoinSet;

use crate::mailer::Undelivered;
use crate::model::Claimed;
use crate::recorder::Recorder;
use crate::rules::{self, Next};
use crate::store::{self, Outcome};
use crate::{Mailer, Message, NotificationStatus};

/// Messages taken at once.
const BATCH: i64 = 100;
/// How often the outbox is looked at when nothing wakes the worker: for what is to be
/// tried again, and what another node wrote.
const LOOK: Duration = Duration::from_secs(5);
/// Seconds that a message stays in hand beyond the longest attempt.
const GRACE: i64 = 60;
/// Characters kept of what a mail server said.
const ERROR_LENGTH: usize = 500;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Messages that left.
    pub sent: u64,
    /// Messages that are tried again later.
    pub failed: u64,
    /// Messages that are given up.
    pub dead: u64,
}

impl std::ops::AddAssign for Stats {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.failed += other.failed;
        self.dead += other.dead;
    }
}

/// Sends until `stop` is ready; what is under way is finished, the rest let go.
pub async fn run_worker(database: Arc<Database>, mailer: Mailer, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let stopping = Arc::new(AtomicBool::new(false));
    loop {
        let mut pass = pin!(pass(&database, &mailer, &stopping));
        let outcome = tokio::select! {
            outcome = &mut pass => outcome,
            () = &mut stop => {
                stopping.store(true, Ordering::Relaxed);
                let _ = pass.await;
                return;
            }
        };
        match outcome {
            Ok(Some(stats)) => {
                tracing::info!(
                    sent = stats.sent,
                    failed = stats.failed,
                    dead = stats.dead,
                    "mail"
                );
                continue;
            }
            Ok(None) => {}
            Err(cause) => tracing::error!(%cause, "the outbox cannot be read"),
        }
        tokio::select! {
            () = database.woken() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = &mut stop => return,
        }
    }
}

/// Sends everything that is due now, and returns.
///
/// # Errors
/// When the database fails.
pub async fn drain(database: &Arc<Database>, mailer: &Mailer) -> Result<Stats> {
    let mut all = Stats::default();
    let stopping = Arc::new(AtomicBool::new(false));
    while let Some(stats) = pass(database, mailer, &stopping).await? {
        all += stats;
    }
    Ok(all)
}

/// Takes one batch and sends it; `None` when nothing was due.
async fn pass(
    database: &Arc<Database>,
    mailer: &Mailer,
    stopping: &Arc<AtomicBool>,
) -> Result<Option<Stats>> {
    let hold = i64::try_from(mailer.longest().as_secs()).unwrap_or(GRACE) + GRACE;
    let claimed = database
        .write_queue(move |tx| store::claim(tx, BATCH, tx.now().plus_seconds(hold)))
        .await?;
    if claimed.is_empty() {
        return Ok(None);
    }
    let senders = mailer.connections().min(claimed.len());
    let queue = Arc::new(Mutex::new(VecDeque::from(claimed)));
    let (recorder, recording) = Recorder::new(Arc::clone(database), senders);
    let mut tasks = JoinSet::new();
    tasks.spawn(async {
        recording.await;
        Stats::default()
    });
    for _ in 0..senders {
        let sender = Sender {
            database: Arc::clone(database),
            mailer: mailer.clone(),
            queue: Arc::clone(&queue),
            stopping: Arc::clone(stopping),
            recorder: recorder.clone(),
        };
        tasks.spawn(sender.run());
    }
    drop(recorder);
    let mut all = Stats::default();
    while let Some(stats) = tasks.join_next().await {
        match stats {
            Ok(stats) => all += stats,
            // its message is taken again when its time in hand is over
            Err(cause) => tracing::error!(%cause, "a sender broke off"),
        }
    }
    Ok(Some(all))
}

/// One of those who share a batch.
struct Sender {
    database: Arc<Database>,
    mailer: Mailer,
    queue: Arc<Mutex<VecDeque<Claimed>>>,
    stopping: Arc<AtomicBool>,
    recorder: Recorder,
}

impl Sender {
    async fn run(self) -> Stats {
        let mut stats = Stats::default();
        while let Some(row) = self.next() {
            if self.stopping.load(Ordering::Relaxed) || self.too_late(&row) {
                self.release(&row).await;
                continue;
            }
            match self.deliver(row).await {
                NotificationStatus::Sent => stats.sent += 1,
                NotificationStatus::Dead => stats.dead += 1,
                NotificationStatus::Failed | NotificationStatus::Queued => stats.failed += 1,
            }
        }
        stats
    }

    fn next(&self) -> Option<Claimed> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// Another worker may take it before an attempt would end.
    fn too_late(&self, row: &Claimed) -> bool {
        let longest = i64::try_from(self.mailer.longest().as_secs()).unwrap_or(i64::MAX);
        row.locked_until.seconds_since(self.database.now()) < longest
    }

    async fn release(&self, row: &Claimed) {
        let (id, until) = (row.id, row.locked_until);
        if let Err(cause) = self
            .database
            .write_queue(move |tx| store::release(tx, id, until))
            .await
        {
            tracing::warn!(message = %id, %cause, "a message could not be let go; it waits");
        }
    }

    async fn deliver(&self, row: Claimed) -> NotificationStatus {
        let now = self.database.now();
        let sent = self.mailer.send(&row, now).await;
        let message_id = self.mailer.message_id(&row);
        let outcome = outcome(&row, sent, message_id, self.database.now());
        if let Some(error) = &outcome.error {
            // what the server says may name the address: it goes to staff, not to the log
            tracing::warn!(message = %row.id, status = %outcome.status, length = error.len(), "a message did not leave");
        }
        let status = outcome.status;
        self.recorder.record(row, outcome).await;
        status
    }
}

/// What an attempt at `row` came to.
fn outcome(
    row: &Claimed,
    sent: std::result::Result<(), Undelivered>,
    message_id: String,
    now: Instant,
) -> Outcome {
    let base = Outcome {
        status: NotificationStatus::Sent,
        due_at: now,
        error: None,
        message_id,
        data: row.data.clone(),
        sent_at: None,
    };
    let Err(undelivered) = sent else {
        return Outcome {
            data: without_token(&row.data),
            sent_at: Some(now),
            ..base
        };
    };
    let error = Some(undelivered.error.chars().take(ERROR_LENGTH).collect());
    match rules::after_failure(undelivered.failure, row.attempts + 1, chance(row)) {
        Next::RetryAfter(seconds) => Outcome {
            status: NotificationStatus::Failed,
            due_at: now.plus_seconds(seconds),
            error,
            ..base
        },
        Next::GiveUp => Outcome {
            status: NotificationStatus::Dead,
            error,
            ..base
        },
    }
}

/// The random part of the message's id, other bits of it at each attempt.
fn chance(row: &Claimed) -> u64 {
    let (_, low) = row.id.uuid().as_u64_pair();
    low >> (row.attempts.unsigned_abs() % 32)
}

fn without_token(data: &str) -> String {
    let mut message: Message = match serde_json::from_str(data) {
        Ok(message) => message,
        Err(_) => return data.to_owned(),
    };
    message.forget_token();
    serde_json::to_string(&message).unwrap_or_else(|_| data.to_owned())
}
