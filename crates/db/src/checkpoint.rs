//! SQLite's log is copied into the file beside the writer, not by it: on a large database the
//! pages of a second's commits lie far apart, and whoever had to write them all out before
//! their own answer would wait a hundred times as long as the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;

use crate::{Db, Error, Result};

/// How long commits are gathered before they are copied: what they have in common is copied
/// once.
const PAUSE: Duration = Duration::from_millis(50);

/// The handle to the thread. Dropping it ends the thread.
pub(crate) struct Checkpoints {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    /// Something was committed since the last copy began.
    written: AtomicBool,
    closing: AtomicBool,
}

impl Checkpoints {
    /// Starts copying, on a connection of its own.
    pub(crate) fn start(mut db: Db) -> Result<Self> {
        let state = Arc::new(State::default());
        let own = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("sqlite-log".to_owned())
            .spawn(move || {
                while own.wait() {
                    // passive: nobody waits for it, and what it cannot copy now it copies later
                    if let Err(cause) = db.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
                        tracing::debug!(%cause, "the log is not copied now");
                    }
                }
            })
            .map_err(Error::internal)?;
        Ok(Self {
            state,
            thread: Some(thread),
        })
    }

    /// There is something to copy.
    pub(crate) fn note(&self) {
        if !self.state.written.swap(true, Ordering::AcqRel)
            && let Some(thread) = &self.thread
        {
            thread.thread().unpark();
        }
    }
}

impl State {
    /// Waits until there is something to copy, and somewhat longer; false when it is time to end.
    fn wait(&self) -> bool {
        while !self.written.load(Ordering::Acquire) {
            if self.closing.load(Ordering::Acquire) {
                return false;
            }
            std::thread::park();
        }
        std::thread::park_timeout(PAUSE);
        self.written.store(false, Ordering::Release);
        !self.closing.load(Ordering::Acquire)
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.state.closing.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
