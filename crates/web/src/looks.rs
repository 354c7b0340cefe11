//! What was looked at of late.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use identity::audit::{Deed, Subject};
use kernel::{Id, Instant, PersonId};

/// How long a second look at the same thing is part of the first, in seconds.
const SAME_LOOK: i64 = 3600;
/// Looks that are remembered at the most.
const REMEMBERED: usize = 50_000;

/// Who looked at what, and how.
type Look = (Option<PersonId>, Id<Subject>, String);

/// What was looked at of late, so that it is not written down again each time.
#[derive(Debug, Clone, Default)]
pub struct Looks(Arc<Mutex<HashMap<Look, Instant>>>);

impl Looks {
    /// Whether this is to be recorded.
    pub fn is_new(&self, deed: &Deed, now: Instant) -> bool {
        let look = (deed.actor, deed.subject, deed.action.clone());
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks
            .get(&look)
            .is_none_or(|at| now.seconds_since(*at) >= SAME_LOOK)
    }

    /// Notes that it was recorded.
    pub fn note(&self, deed: &Deed, now: Instant) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= REMEMBERED {
            looks.clear(); // some looks are recorded twice then
        }
        looks.insert((deed.actor, deed.subject, deed.action.clone()), now);
    }
}
