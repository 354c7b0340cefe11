//! Work that takes long has few places of its own and a short queue, so that what is quick never
//! waits behind it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Result};

/// What one person may have under way and in the queue of all, so that nobody fills it alone.
const EACH: usize = 8;
/// What one person may have here at all: what is more than `EACH` waits behind their own.
const EACH_IN_ALL: usize = 64;
/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// A few places, and a bounded queue for them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lane {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    longest_queue: usize,
    each: Arc<Mutex<HashMap<u128, Own>>>,
}

/// What somebody has here, and whose turn it is of theirs.
#[derive(Debug)]
struct Own {
    here: usize,
    turns: Arc<Semaphore>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    _own: Option<(OwnedSemaphorePermit, Share)>,
}

/// What somebody has under way or waiting, until it is dropped.
#[derive(Debug)]
struct Share {
    who: u128,
    each: Arc<Mutex<HashMap<u128, Own>>>,
}

impl Share {
    fn of(who: u128, each: &Arc<Mutex<HashMap<u128, Own>>>) -> Result<(Self, Arc<Semaphore>)> {
        let mut shares = each.lock().unwrap_or_else(PoisonError::into_inner);
        let own = shares.entry(who).or_insert_with(|| Own {
            here: 0,
            turns: Arc::new(Semaphore::new(EACH)),
        });
        if own.here >= EACH_IN_ALL {
            return Err(Error::Unavailable("one's own long work waits".to_owned()));
        }
        own.here += 1;
        let turns = Arc::clone(&own.turns);
        let each = Arc::clone(each);
        Ok((Self { who, each }, turns))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = shares.get_mut(&self.who) {
            own.here -= 1;
            if own.here == 0 {
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
        let own = match who.map(|who| Share::of(who, &self.each)).transpose()? {
            Some((share, turns)) => Some((in_time(turns).await?, share)),
            None => None,
        };
        let place = |permit| Place {
            _permit: permit,
            _own: own,
        };
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place(permit));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _queued = Queued(&self.waiting);
        if before >= self.longest_queue {
            return Err(Error::Unavailable("too much long work waits".to_owned()));
        }
        Ok(place(in_time(Arc::clone(&self.places)).await?))
    }
}

/// A turn, unless it takes too long.
async fn in_time(turns: Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    match tokio::time::timeout(PATIENCE, turns.acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(Error::Unavailable("long work is under way".to_owned())),
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
        // one more of theirs waits for one of theirs, and others do not wait for it
        let mut more = Box::pin(lane.place(Some(7)));
        assert!(
            tokio::time::timeout(Duration::ZERO, &mut more)
                .await
                .is_err()
        );
        assert_eq!(lane.waiting.load(Ordering::Relaxed), 0);
        assert!(lane.place(Some(8)).await.is_ok());
        held.pop();
        held.push(more.await.unwrap());
        // and not without end
        let mut waiting = Vec::new();
        for _ in EACH..EACH_IN_ALL {
            let mut one = Box::pin(lane.place(Some(7)));
            assert!(
                tokio::time::timeout(Duration::ZERO, &mut one)
                    .await
                    .is_err()
            );
            waiting.push(one);
        }
        assert!(matches!(
            lane.place(Some(7)).await,
            Err(Error::Unavailable(_))
        ));
        drop((waiting, held));
        assert!(lane.each.lock().unwrap().is_empty());
    }
}
