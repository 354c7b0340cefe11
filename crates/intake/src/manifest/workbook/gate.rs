//! One at a time: a workbook takes memory for as long as it is read, and several at once would
//! take it several times.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use kernel::{Code, Refusal};

/// How long one waits for those before.
const WAIT: Duration = Duration::from_secs(10);

/// Workbooks that are read.
pub(super) static WORKBOOKS: Gate = Gate::new(WAIT);

/// Lets one in at a time.
#[derive(Debug)]
pub(super) struct Gate {
    busy: Mutex<bool>,
    free: Condvar,
    wait: Duration,
}

impl Gate {
    const fn new(wait: Duration) -> Self {
        Self {
            busy: Mutex::new(false),
            free: Condvar::new(),
            wait,
        }
    }

    /// Goes in, and out again when the pass is dropped.
    ///
    /// # Errors
    /// `unavailable` when those before take too long.
    pub(super) fn enter(&self) -> Result<Pass<'_>, Refusal> {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut busy, late) = self
            .free
            .wait_timeout_while(busy, self.wait, |busy| *busy)
            .unwrap_or_else(PoisonError::into_inner);
        if late.timed_out() {
            return Err(Refusal::plain(Code::Unavailable));
        }
        *busy = true;
        Ok(Pass(self))
    }
}

/// Somebody is in.
#[derive(Debug)]
pub(super) struct Pass<'a>(&'a Gate);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn one_is_in_at_a_time() {
        let gate = Gate::new(Duration::from_secs(60));
        let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _pass = gate.enter().unwrap();
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
    }

    #[test]
    fn unavailable_when_those_before_take_too_long() {
        let gate = Gate::new(Duration::ZERO);
        let pass = gate.enter().unwrap();
        assert_eq!(gate.enter().unwrap_err().code, Code::Unavailable);
        drop(pass);
        assert!(gate.enter().is_ok());
    }
}
