//! SQLite has one writer. A thread owns its connection and groups the commands that
//! wait into one transaction, a savepoint each: one flush to the disk serves them all,
//! and each is answered only when it is durable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;

use crate::database::Shared;
use crate::transaction::Tx;
use crate::{Db, Error, Result};

/// How many commands share a commit at the most.
const GROUP: usize = 128;

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
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(db: Db, shared: Arc<Shared>) -> Result<Self> {
        let (queue, commands) = channel();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || serve(db, &commands, &shared))
            .map_err(Error::internal)?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    pub(crate) fn submit(&self, command: Box<dyn Command>) -> Result<()> {
        self.queue
            .as_ref()
            .and_then(|queue| queue.send(command).ok())
            .ok_or_else(|| Error::Unavailable("the writer has stopped".to_owned()))
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

fn serve(mut db: Db, commands: &Receiver<Box<dyn Command>>, shared: &Shared) {
    while let Ok(first) = commands.recv() {
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
    commands: &Receiver<Box<dyn Command>>,
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
    while let Some(mut command) = next.take() {
        match run_one(db, command.as_mut(), shared) {
            Ok(woken) => wake |= woken,
            Err(cause) => outcome = Err(cause),
        }
        group.push(command);
        if outcome.is_ok() && group.len() < GROUP {
            next = commands.try_recv().ok();
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

fn run_one(db: &mut Db, command: &mut dyn Command, shared: &Shared) -> Result<bool> {
    db.batch_execute("SAVEPOINT command")?;
    let mut tx = Tx::new(db, shared.clock.now(), &shared.ids);
    let kept = catch_unwind(AssertUnwindSafe(|| command.run(&mut tx))).unwrap_or(false);
    let wake = kept && tx.wakes();
    if !kept {
        db.batch_execute("ROLLBACK TO SAVEPOINT command")?;
    }
    db.batch_execute("RELEASE SAVEPOINT command")?;
    Ok(wake)
}
