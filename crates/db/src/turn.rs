//! A use case that waits for the one place to write: it is run, or given up by whoever asked, and never
//! both.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant as Timer;

use tokio::sync::oneshot;
use tracing::Span;

use crate::pulse::{self, note};
use crate::shared::Shared;
use crate::transaction::Tx;
use crate::writer::{Command, Done};
use crate::{Error, Result};

/// Whether a use case in the queue waits, has begun, or was given up before.
#[derive(Debug, Default)]
pub(crate) struct Turn(AtomicU8);

impl Turn {
    const WAITS: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    fn pass(&self, to: u8) -> Result<u8, u8> {
        let (done, seen) = (Ordering::AcqRel, Ordering::Acquire);
        self.0.compare_exchange(Self::WAITS, to, done, seen)
    }

    /// Whoever waits goes away; false when it has begun.
    pub(crate) fn give_up(&self) -> bool {
        self.pass(Self::GIVEN_UP).is_ok()
    }

    /// It is to be run, for the first time or again; false when it was given up.
    fn begin(&self) -> bool {
        self.pass(Self::BEGUN) != Err(Self::GIVEN_UP)
    }
}

/// A use case in the writer's queue.
pub(crate) struct Waiting<T, F> {
    work: F,
    /// Under which name its hold is noted.
    use_case: Arc<str>,
    shared: Arc<Shared>,
    turn: Arc<Turn>,
    /// The request that it belongs to, for the log.
    span: Span,
    outcome: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Waiting<T, F> {
    /// With its turn, to give it up, and what becomes of it.
    pub(crate) fn new(
        work: F,
        shared: Arc<Shared>,
    ) -> (Self, Arc<Turn>, oneshot::Receiver<Result<T>>) {
        let (answer, outcome) = oneshot::channel();
        let turn = Arc::new(Turn::default());
        let waiting = Self {
            work,
            use_case: pulse::use_case(),
            shared,
            turn: Arc::clone(&turn),
            span: Span::current(),
            outcome: None,
            answer,
        };
        (waiting, turn, outcome)
    }
}

impl<T, F> Command for Waiting<T, F>
where
    T: Send,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Done {
        let _in_span = self.span.enter();
        // a panic leaves none
        self.outcome = None;
        if !self.turn.begin() {
            return Done::Refused;
        }
        let started = Timer::now();
        let outcome = (self.work)(tx);
        self.shared.pulse.held(&self.use_case, started.elapsed());
        note(&outcome);
        let done = match &outcome {
            Ok(_) => Done::Kept,
            Err(Error::Refused(_)) => Done::Refused,
            Err(_) => Done::Failed,
        };
        self.outcome = Some(outcome);
        done
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        let answer = match (self.outcome, commit) {
            // what was refused stays refused, whether or not the others were committed
            (Some(Err(refused)), _) => Err(refused),
            (_, Err(lost)) => Err(lost),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::internal("a use case panicked")),
        };
        // the client may have gone; what was committed stays committed
        let _ = self.answer.send(answer);
    }
}
