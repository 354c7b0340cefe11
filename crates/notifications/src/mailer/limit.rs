//! Not more mails a minute than the server takes from us.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long somebody who waits goes without looking whether to stop.
const LOOK: Duration = Duration::from_millis(200);

/// Hands out turns, evenly spread.
#[derive(Debug)]
pub(super) struct Limit {
    per_minute: u32,
    next: Mutex<Option<Instant>>,
}

impl Limit {
    /// So many a minute; 0 for no limit.
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            next: Mutex::default(),
        }
    }

    pub(super) fn per_minute(&self) -> u32 {
        self.per_minute
    }

    /// Waits for a turn, or until `stopping`.
    pub(super) async fn wait(&self, stopping: &AtomicBool) {
        let Some(turn) = self.take() else {
            return;
        };
        while Instant::now() < turn && !stopping.load(Ordering::Relaxed) {
            tokio::time::sleep_until(turn.min(Instant::now() + LOOK)).await;
        }
    }

    fn take(&self) -> Option<Instant> {
        let pause = Duration::from_secs(60).checked_div(self.per_minute)?;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.unwrap_or_else(Instant::now).max(Instant::now());
        *next = Some(turn + pause);
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn mails_are_spread_over_the_minute() {
        let never = AtomicBool::new(false);
        let limit = Limit::new(1200); // one in 50 ms
        let begin = Instant::now();
        for _ in 0..5 {
            limit.wait(&never).await;
        }
        assert!(begin.elapsed() >= Duration::from_millis(190));
        let free = Limit::new(0);
        let begin = Instant::now();
        for _ in 0..1000 {
            free.wait(&never).await;
        }
        assert!(begin.elapsed() < Duration::from_millis(100));
    }

    #[tokio::test]
    async fn who_has_to_stop_waits_no_longer() {
        let limit = Limit::new(1);
        let stopping = AtomicBool::new(true);
        let begin = Instant::now();
        for _ in 0..3 {
            limit.wait(&stopping).await;
        }
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
}
