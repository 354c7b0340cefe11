//! Slows down who guesses passwords. Counted by account and caller's address together, so
//! that a stranger cannot lock somebody out; in this process only, which is enough to make
//! guessing hopeless and holds no state that nodes would have to share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use kernel::{Code, Instant, Refusal, Text};

/// Wrong passwords that are let pass.
const FAILURES: usize = 10;
/// Within so many seconds.
const WINDOW: i64 = 300;
/// Callers remembered at the most.
const REMEMBERED: usize = 20_000;

/// Where a caller is, and the account they try.
type Caller = (Option<IpAddr>, String);

/// Failed sign-ins of late.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Caller, Vec<Instant>>>);

impl Throttle {
    /// Refuses a caller who failed too often.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub fn check(
        &self,
        address: Option<IpAddr>,
        account: &str,
        now: Instant,
    ) -> Result<(), Refusal> {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (address, account.to_owned());
        let Some(of_late) = failures.get_mut(&key) else {
            return Ok(());
        };
        of_late.retain(|at| now.seconds_since(*at) < WINDOW);
        if of_late.len() < FAILURES {
            return Ok(());
        }
        Err(Refusal::new(
            Code::TooManyRequests,
            Text::new(
                "Trop de tentatives pour ce compte ; réessayez dans cinq minutes.",
                "Too many attempts at this account; try again in five minutes.",
            ),
        ))
    }

    /// Notes a wrong password.
    pub fn failed(&self, address: Option<IpAddr>, account: &str, now: Instant) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, of_late| {
                of_late
                    .last()
                    .is_some_and(|at| now.seconds_since(*at) < WINDOW)
            });
        }
        if failures.len() < REMEMBERED {
            failures
                .entry((address, account.to_owned()))
                .or_default()
                .push(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_requests() {
        let throttle = Throttle::default();
        let now: Instant = "2023-02-28T09:00:00Z".parse().expect("moment");
        for _ in 0..FAILURES {
            assert!(throttle.check(None, "a@b", now).is_ok());
            throttle.failed(None, "a@b", now);
        }
        let refusal = throttle.check(None, "a@b", now).expect_err("refused");
        assert_eq!(refusal.code.as_str(), "too_many_requests");
        let elsewhere = Some("192.0.2.1".parse().expect("address"));
        assert!(throttle.check(elsewhere, "a@b", now).is_ok());
        assert!(throttle.check(None, "c@d", now).is_ok());
        assert!(
            throttle
                .check(None, "a@b", now.plus_seconds(WINDOW))
                .is_ok()
        );
    }
}
