//! Sends what is in the outbox. A letter is taken in a short transaction, sent outside of
//! any, and its outcome written in another: a crash between the two sends it again, under
//! the same Message-ID; nothing is ever lost.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use db::{Database, Result};
use kernel::{Instant, MessageId};
use tokio::task::JoinSet;

use crate::mailer::Undelivered;
use crate::model::{Ended, Letter, Part};
use crate::recorder::Recorder;
use crate::rules::{self, Failure, Next};
use crate::service::claim::{Claim, claim};
use crate::store::claim::{self as store, Outcome};
use crate::{Mailer, Message, NotificationStatus};

/// Letters taken at once.
const BATCH: i64 = 100;
/// How often the outbox is looked at when nothing wakes the worker: for what is to be
/// tried again, and what another node wrote.
const LOOK: Duration = Duration::from_secs(5);
/// The shortest pause, so that a clock that stands still makes no busy loop.
const SHORTEST: Duration = Duration::from_millis(50);
/// Characters kept of what a mail server said.
const ERROR_LENGTH: usize = 500;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Mails that left.
    pub sent: u64,
    /// Mails that are tried again later.
    pub failed: u64,
    /// Mails that are given up.
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
        let mut pass = pin!(kernel::contained(pass(&database, &mailer, &stopping)));
        let outcome = tokio::select! {
            outcome = &mut pass => outcome,
            () = &mut stop => {
                stopping.store(true, Ordering::Relaxed);
                let _ = pass.await;
                return;
            }
        };
        let pause = match outcome {
            Ok(Ok(pass)) => {
                if pass.stats != Stats::default() {
                    let Stats { sent, failed, dead } = pass.stats;
                    tracing::info!(sent, failed, dead, "mail");
                }
                match pass.pause {
                    None => continue,
                    Some(pause) => pause,
                }
            }
            Ok(Err(cause)) => {
                tracing::error!(%cause, "the outbox cannot be read");
                LOOK
            }
            Err(panic) => {
                tracing::error!(panic, "a pass over the outbox broke off");
                LOOK
            }
        };
        tokio::select! {
            () = database.woken() => {}
            () = tokio::time::sleep(pause) => {}
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
    loop {
        let pass = pass(database, mailer, &stopping).await?;
        all += pass.stats;
        if pass.pause.is_some() {
            return Ok(all);
        }
    }
}

/// What one look at the outbox came to.
struct Pass {
    stats: Stats,
    /// How long there is nothing to do; none when more may be due.
    pause: Option<Duration>,
}

/// Takes one batch and sends it.
async fn pass(
    database: &Arc<Database>,
    mailer: &Mailer,
    stopping: &Arc<AtomicBool>,
) -> Result<Pass> {
    let hold = (mailer.longest() + mailer.grace()).as_secs();
    let hold = i64::try_from(hold).unwrap_or(i64::MAX);
    let (limit, windows) = (mailer.at_once(BATCH), mailer.windows());
    let taken = database
        .write_queue(move |tx| claim(tx, limit, tx.now().plus_seconds(hold), windows))
        .await?;
    if taken.letters.is_empty() && !taken.more {
        return Ok(Pass {
            stats: Stats::default(),
            pause: Some(pause(taken.next_due, database.now())),
        });
    }
    Ok(Pass {
        stats: send(database, mailer, stopping, taken).await,
        pause: None,
    })
}

/// Until the next letter is due, but never long: another node may write one.
fn pause(next_due: Option<Instant>, now: Instant) -> Duration {
    let left = next_due.map_or(i64::MAX, |due| due.micros().saturating_sub(now.micros()));
    Duration::from_micros(u64::try_from(left).unwrap_or(0)).clamp(SHORTEST, LOOK)
}

/// Sends letters over several connections.
async fn send(
    database: &Arc<Database>,
    mailer: &Mailer,
    stopping: &Arc<AtomicBool>,
    taken: Claim,
) -> Stats {
    let claimed = taken.letters;
    let key: Arc<str> = taken.key.into();
    if claimed.is_empty() {
        return Stats::default();
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
            key: Arc::clone(&key),
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
    all
}

/// One of those who share a batch.
struct Sender {
    database: Arc<Database>,
    mailer: Mailer,
    queue: Arc<Mutex<VecDeque<Letter>>>,
    key: Arc<str>,
    stopping: Arc<AtomicBool>,
    recorder: Recorder,
}

impl Sender {
    async fn run(self) -> Stats {
        let mut stats = Stats::default();
        while let Some(letter) = self.next() {
            self.mailer.wait_for_turn(&self.stopping).await;
            if self.stopping.load(Ordering::Relaxed) || self.too_late(&letter) {
                self.release(&letter).await;
                continue;
            }
            match self.deliver(letter).await {
                NotificationStatus::Sent => stats.sent += 1,
                NotificationStatus::Dead => stats.dead += 1,
                NotificationStatus::Failed | NotificationStatus::Queued => stats.failed += 1,
            }
        }
        stats
    }

    fn next(&self) -> Option<Letter> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// Another worker may take it before an attempt would end.
    fn too_late(&self, letter: &Letter) -> bool {
        let longest = i64::try_from(self.mailer.longest().as_secs()).unwrap_or(i64::MAX);
        letter.locked_until.seconds_since(self.database.now()) < longest
    }

    async fn release(&self, letter: &Letter) {
        let (id, until) = (letter.id, letter.locked_until);
        if let Err(cause) = self
            .database
            .write_queue(move |tx| store::release(tx, id, until))
            .await
        {
            tracing::warn!(message = %id, %cause, "a message could not be let go; it waits");
        }
    }

    async fn deliver(&self, letter: Letter) -> NotificationStatus {
        let now = self.database.now();
        let sent = kernel::contained(self.mailer.send(&letter, &self.key, now)).await;
        let sent = sent.unwrap_or_else(|panic| {
            tracing::error!(message = %letter.id, panic, "a message broke its sender");
            Err(Undelivered::broken())
        });
        let message_id = self.mailer.message_id(&letter);
        let outcome = outcome(&letter, sent, message_id, self.database.now());
        if let Some(error) = &outcome.error {
            // what the server says may name the address: it goes to staff, not to the log
            tracing::warn!(message = %letter.id, status = %outcome.status, length = error.len(), "a message did not leave");
        }
        let status = outcome.status;
        self.recorder.record(letter, outcome).await;
        status
    }
}

/// What an attempt at a letter came to.
fn outcome(
    letter: &Letter,
    sent: std::result::Result<(), Undelivered>,
    message_id: String,
    now: Instant,
) -> Outcome {
    let base = Outcome {
        status: NotificationStatus::Sent,
        ended_because: None,
        due_at: now,
        error: None,
        message_id,
        remains: Vec::new(),
        sent_at: None,
    };
    let Err(undelivered) = sent else {
        return Outcome {
            remains: letter.parts.iter().filter_map(without_what_left).collect(),
            sent_at: Some(now),
            ..base
        };
    };
    let error = Some(undelivered.error.chars().take(ERROR_LENGTH).collect());
    match rules::after_failure(undelivered.failure, letter.attempts, chance(letter)) {
        Next::RetryAfter(seconds) => Outcome {
            status: NotificationStatus::Failed,
            due_at: now.plus_seconds(seconds),
            error,
            ..base
        },
        Next::GiveUp => Outcome {
            status: NotificationStatus::Dead,
            ended_because: Some(match undelivered.failure {
                Failure::Permanent => Ended::Refused,
                Failure::Temporary => Ended::GivenUp,
            }),
            error,
            ..base
        },
    }
}

/// The random part of the message's id, other bits of it at each attempt.
fn chance(letter: &Letter) -> u64 {
    let (_, low) = letter.id.uuid().as_u64_pair();
    low >> (letter.attempts.unsigned_abs() % 32)
}

/// A message without what lets somebody in and without the page that travelled along, when it
/// had either: they are blanked once they have left.
fn without_what_left(part: &Part) -> Option<(MessageId, String)> {
    let mut message: Message = serde_json::from_str(&part.data).ok()?;
    if !message.forget_what_left() {
        return None;
    }
    Some((part.id, serde_json::to_string(&message).ok()?))
}
