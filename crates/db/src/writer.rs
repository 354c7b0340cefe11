//! SQLite has one writer. A thread owns its connection and groups the commands that
//! wait into one transaction: one flush to the disk serves them all, and each is answered
//! only when it is durable.
//!
//! Nearly every command either does its work or is refused before it wrote anything, and then
//! nothing has to be undone. So a group runs without savepoints, which would keep a copy of
//! each page and have the search index written out at each of them. Where one command does
//! leave something to undo, it is undone if it was the first; else the group is run again, each
//! command in a savepoint of its own.
//!
//! FTS5 merges its segments in the commit of whoever comes at the wrong time, a thousand pages and
//! more at once. It is told not to (`automerge = 0`); the writer merges a little between groups,
//! once these are answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::checkpoint::Checkpoints;
use crate::shared::Shared;
use crate::transaction::Tx;
use crate::{Db, Error, Result};

/// How many commands share a commit at the most.
const GROUP: usize = 128;
/// A group that has run for so long takes in nobody else: it is not to be run twice for them.
const LONG: Duration = Duration::from_millis(50);
/// How many may wait before others are sent away.
const LONGEST_QUEUE: usize = 10_000;

/// The search indexes.
const INDEXES: [&str; 4] = [
    "device_search",
    "organisation_search",
    "batch_search",
    "application_search",
];
/// Groups between two merges: an index merges four segments or more, and a group adds one.
const GROUPS: u32 = 4;
/// Pages that a merge of one index writes at the most, about.
const PAGES: u32 = 128;

/// A use case that waits for its turn.
pub(crate) trait Command: Send {
    /// Does the work and keeps the outcome, of the last time if it is asked again.
    fn run(&mut self, tx: &mut Tx<'_>) -> Done;
    /// Answers, once the transaction is committed or lost.
    fn answer(self: Box<Self>, commit: Result<()>);
}

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// What it wrote is to be kept.
    Kept,
    /// A rule said no; what it wrote, if anything, is to be undone.
    Refused,
    /// It failed: whether the transaction still stands is not known.
    Failed,
}

/// The handle to the writer thread. Dropping it ends the thread when its queue is empty.
pub(crate) struct Writer {
    queue: Option<Sender<Box<dyn Command>>>,
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(db: Db, copying: Db, shared: Arc<Shared>) -> Result<Self> {
        let log = Checkpoints::start(copying)?;
        let (queue, commands) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let commands = Queue {
            commands,
            waiting: Arc::clone(&waiting),
        };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || serve(db, &commands, &shared, &log))
            .map_err(Error::internal)?;
        Ok(Self {
            queue: Some(queue),
            waiting,
            thread: Some(thread),
        })
    }

    pub(crate) fn submit(&self, command: Box<dyn Command>) -> Result<()> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= LONGEST_QUEUE {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::Unavailable("too many writes wait".to_owned()));
        }
        self.queue
            .as_ref()
            .and_then(|queue| queue.send(command).ok())
            .ok_or_else(|| Error::Unavailable("the writer has stopped".to_owned()))
    }

    /// How many commands wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// The writer's end of the queue.
struct Queue {
    commands: Receiver<Box<dyn Command>>,
    waiting: Arc<AtomicUsize>,
}

impl Queue {
    /// The next command, as soon as there is one; none when the queue is closed.
    fn next(&self) -> Option<Box<dyn Command>> {
        self.taken(self.commands.recv().ok())
    }

    /// The next command, if one waits.
    fn next_waiting(&self) -> Option<Box<dyn Command>> {
        self.taken(self.commands.try_recv().ok())
    }

    fn taken(&self, command: Option<Box<dyn Command>>) -> Option<Box<dyn Command>> {
        if command.is_some() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        command
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut db: Db, commands: &Queue, shared: &Shared, log: &Checkpoints) {
    let merge = merge();
    let mut groups: u32 = 0;
    while let Some(first) = commands.next() {
        let mut group = Vec::with_capacity(8);
        let (outcome, wake) = commit_group(&mut db, first, commands, shared, &mut group);
        let failure = outcome.err().map(|error| error.to_string());
        for command in group {
            command.answer(match &failure {
                None => Ok(()),
                Some(cause) => Err(Error::Unavailable(cause.clone())),
            });
        }
        if failure.is_none() {
            log.note();
        }
        if wake && failure.is_none() {
            shared.wake.notify_waiters();
            shared.wake.notify_one();
        }
        groups = groups.wrapping_add(1);
        if failure.is_none() && groups.is_multiple_of(GROUPS) {
            // what cannot be merged now is merged later; an older schema has other indexes
            if db.batch_execute(&merge).is_err() {
                let _ = db.batch_execute("ROLLBACK");
            }
        }
    }
}

/// Merges a little of each search index.
fn merge() -> String {
    let each = INDEXES
        .map(|index| format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', {PAGES});"));
    format!("BEGIN IMMEDIATE; {} COMMIT", each.concat())
}

fn commit_group(
    db: &mut Db,
    first: Box<dyn Command>,
    commands: &Queue,
    shared: &Shared,
    group: &mut Vec<Box<dyn Command>>,
) -> (Result<()>, bool) {
    group.push(first);
    if let Err(cause) = db.batch_execute("BEGIN IMMEDIATE") {
        // those behind it have waited with it, and would wait as long again, one by one
        group.extend(std::iter::from_fn(|| commands.next_waiting()));
        return (Err(cause.into()), false);
    }
    let ran = match run_straight(db, commands, shared, group) {
        Ok(Some(wakes)) => Ok(wakes),
        Ok(None) => run_apart(db, shared, group),
        Err(cause) => Err(cause),
    };
    let outcome = ran.and_then(|wakes| {
        db.batch_execute("COMMIT")?;
        Ok(wakes)
    });
    match outcome {
        Ok(wakes) => (Ok(()), wakes),
        Err(cause) => {
            let _ = db.batch_execute("ROLLBACK");
            (Err(cause), false)
        }
    }
}

/// Runs the commands that wait, one after the other; whether the worker is to be woken, or
/// none when one of them left something to undo.
fn run_straight(
    db: &mut Db,
    commands: &Queue,
    shared: &Shared,
    group: &mut Vec<Box<dyn Command>>,
) -> Result<Option<bool>> {
    let started = Instant::now();
    let (mut wakes, mut written) = (false, changes(db)?);
    let mut at = 0;
    while let Some(command) = group.get_mut(at) {
        let (done, wake) = run(db, command.as_mut(), shared);
        let undo = match done {
            Done::Kept => false,
            Done::Refused => changes(db)? != written,
            Done::Failed => true,
        };
        match (undo, at) {
            (false, _) => {}
            (true, 0) => db.batch_execute("ROLLBACK; BEGIN IMMEDIATE")?,
            (true, _) => return Ok(None),
        }
        written = changes(db)?;
        wakes |= wake;
        at += 1;
        if group.len() < GROUP && started.elapsed() < LONG {
            group.extend(commands.next_waiting());
        }
    }
    Ok(Some(wakes))
}

/// Starts again with the same commands, each of which can be undone by itself.
fn run_apart(db: &mut Db, shared: &Shared, group: &mut [Box<dyn Command>]) -> Result<bool> {
    db.batch_execute("ROLLBACK; BEGIN IMMEDIATE")?;
    let mut wakes = false;
    for command in group {
        db.batch_execute("SAVEPOINT command")?;
        let (done, wake) = run(db, command.as_mut(), shared);
        if done != Done::Kept {
            db.batch_execute("ROLLBACK TO SAVEPOINT command")?;
        }
        db.batch_execute("RELEASE SAVEPOINT command")?;
        wakes |= wake;
    }
    Ok(wakes)
}

fn run(db: &mut Db, command: &mut dyn Command, shared: &Shared) -> (Done, bool) {
    let mut tx = Tx::new(db, shared);
    let done = catch_unwind(AssertUnwindSafe(|| command.run(&mut tx))).unwrap_or(Done::Failed);
    (done, done == Done::Kept && tx.wakes())
}

diesel::define_sql_function! {
    /// Rows that this connection has changed since it was opened.
    fn total_changes() -> BigInt;
}

fn changes(db: &mut Db) -> Result<i64> {
    Ok(diesel::select(total_changes()).get_result(db)?)
}
