//! SQLite has one writer. A thread owns its connection and groups the commands that
//! wait into one transaction, a savepoint each: one flush to the disk serves them all,
//! and each is answered only when it is durable. The first of a group needs no savepoint,
//! which would keep a copy of each page that it touches: a large use case would feel it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;

use crate::database::Shared;
use crate::transaction::Tx;
use crate::{Db, Error, Result};

/// How many commands share a commit at the most.
const GROUP: usize = 128;
/// How many may wait before others are sent away.
const LONGEST_QUEUE: usize = 10_000;

/// A use case that waits for its turn.
pub(crate) trait Command: Send {
    /// Does the work inside a savepoint and keeps the outcome; true to keep its writes.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers, once the transaction is committed or lost.
    fn answer(self: Box<Self>, commit: Result<()>);
}

/// The handle to the writer thread. Dropping it ends the thread when its queue is empty.
pub(crate) struct Writer {
    queue: Option<Sender<Box<dyn Command>>>,
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(db: Db, shared: Arc<Shared>) -> Result<Self> {
        let (queue, commands) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let commands = Queue {
            commands,
            waiting: Arc::clone(&waiting),
        };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || serve(db, &commands, &shared))
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

fn serve(mut db: Db, commands: &Queue, shared: &Shared) {
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
        if wake && failure.is_none() {
            shared.wake.notify_waiters();
            shared.wake.notify_one();
        }
    }
}

fn commit_group(
    db: &mut Db,
    first: Box<dyn Command>,
    commands: &Queue,
    shared: &Shared,
    group: &mut Vec<Box<dyn Command>>,
) -> (Result<()>, bool) {
    let mut wake = false;
    if let Err(cause) = db.batch_execute("BEGIN IMMEDIATE") {
        group.push(first);
        return (Err(cause.into()), false);
    }
    let mut next = Some(first);
    let mut outcome = Ok(());
    let mut empty = true;
    while let Some(mut command) = next.take() {
        let ran = match empty {
            true => run_alone(db, command.as_mut(), shared),
            false => run_beside(db, command.as_mut(), shared),
        };
        match ran {
            Ok(ran) => {
                empty &= !ran.kept;
                wake |= ran.wakes;
            }
            Err(cause) => outcome = Err(cause),
        }
        group.push(command);
        if outcome.is_ok() && group.len() < GROUP {
            next = commands.next_waiting();
        }
    }
    let end = match &outcome {
        Ok(()) => db.batch_execute("COMMIT"),
        Err(_) => db.batch_execute("ROLLBACK"),
    };
    if let Err(cause) = end {
        let _ = db.batch_execute("ROLLBACK");
        outcome = outcome.and(Err(cause.into()));
    }
    (outcome, wake)
}

/// What became of a command inside the transaction.
struct Ran {
    kept: bool,
    wakes: bool,
}

/// Runs a command in a transaction that holds nothing yet: what it wrote is undone by
/// starting the transaction again.
fn run_alone(db: &mut Db, command: &mut dyn Command, shared: &Shared) -> Result<Ran> {
    let ran = run(db, command, shared);
    if !ran.kept {
        db.batch_execute("ROLLBACK; BEGIN IMMEDIATE")?;
    }
    Ok(ran)
}

/// Runs a command in a transaction that holds what others wrote.
fn run_beside(db: &mut Db, command: &mut dyn Command, shared: &Shared) -> Result<Ran> {
    db.batch_execute("SAVEPOINT command")?;
    let ran = run(db, command, shared);
    if !ran.kept {
        db.batch_execute("ROLLBACK TO SAVEPOINT command")?;
    }
    db.batch_execute("RELEASE SAVEPOINT command")?;
    Ok(ran)
}

fn run(db: &mut Db, command: &mut dyn Command, shared: &Shared) -> Ran {
    let mut tx = Tx::new(db, shared.clock.now(), &shared.ids);
    let kept = catch_unwind(AssertUnwindSafe(|| command.run(&mut tx))).unwrap_or(false);
    Ran {
        kept,
        wakes: kept && tx.wakes(),
    }
}
