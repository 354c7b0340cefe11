//! Work that takes long has few places of its own and a short queue, so that what is quick never
//! waits behind it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Result};

/// What one person may have under way and waiting, so that nobody fills the queue alone.
const EACH: usize = 8;
/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// A few places, and a bounded queue for them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lane {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    longest_queue: usize,
    each: Arc<Mutex<HashMap<u128, usize>>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    _share: Option<Share>,
}

/// What somebody has under way or waiting, until it is dropped.
#[derive(Debug)]
struct Share {
    who: u128,
    each: Arc<Mutex<HashMap<u128, usize>>>,
}

impl Share {
    fn of(who: u128, each: &Arc<Mutex<HashMap<u128, usize>>>) -> Result<Self> {
        let mut shares = each.lock().unwrap_or_else(PoisonError::into_inner);
        let share = shares.entry(who).or_default();
        if *share >= EACH {
            return Err(Error::Unavailable("one's own long work waits".to_owned()));
        }
        *share += 1;
        let each = Arc::clone(each);
        Ok(Self { who, each })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get_mut(&self.who) {
            *share -= 1;
            if *share == 0 {
                shares.remove(&self.who);
            }
        }
    }
}

/// Counted as waiting, until it is dropped.
struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lane {
    /// So many places; so many may wait for one.
    pub fn new(places: usize, longest_queue: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: Arc::new(AtomicUsize::new(0)),
            longest_queue,
            each: Arc::default(),
        }
    }

    /// A place, when it is one's turn; `who` asks, if it is somebody.
    ///
    /// # Errors
    /// `Unavailable` when too many wait or this person has too much under way, or it takes too
    /// long.
    pub async fn place(&self, who: Option<u128>) -> Result<Place> {
        let share = who.map(|who| Share::of(who, &self.each)).transpose()?;
        let place = |permit| Place {
            _permit: permit,
            _share: share,
        };
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place(permit));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _queued = Queued(&self.waiting);
        if before >= self.longest_queue {
            return Err(Error::Unavailable("too much long work waits".to_owned()));
        }
        let turn = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(PATIENCE, turn).await {
            Ok(Ok(permit)) => Ok(place(permit)),
            _ => Err(Error::Unavailable("long work is under way".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn few_work_some_wait_and_the_others_are_sent_away() {
        let lane = Lane::new(1, 1);
        let first = lane.place(None).await.unwrap();
        let (waits, refused) = tokio::join!(lane.place(None), async {
            let refused = lane.place(None).await;
            drop(first);
            refused
        });
        assert!(matches!(refused, Err(Error::Unavailable(_))));
        drop(waits.unwrap());
        // who gave up waiting leaves the queue
        let held = lane.place(None).await.unwrap();
        let gave_up = tokio::time::timeout(Duration::ZERO, lane.place(None)).await;
        assert!(gave_up.is_err());
        drop(held);
        assert!(lane.place(None).await.is_ok());
        assert_eq!(lane.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobody_fills_the_queue_alone() {
        let lane = Lane::new(EACH + 1, 1);
        let mut held = Vec::new();
        for _ in 0..EACH {
            held.push(lane.place(Some(7)).await.unwrap());
        }
        assert!(lane.place(Some(7)).await.is_err());
        assert!(lane.place(Some(8)).await.is_ok());
        held.pop();
        assert!(lane.place(Some(7)).await.is_ok());
    }
}
