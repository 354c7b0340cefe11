//! What becomes of a message after an attempt. Pure: waits and jitter are computed from
//! what is passed in.

pub mod address;
pub(crate) mod pace;

use kernel::{Code, Refusal};

use crate::NotificationStatus;

/// Why an attempt did not deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server is away, busy, or asks to come back later (4xx).
    Temporary,
    /// The server says never (5xx), or the message cannot be made.
    Permanent,
}

/// What follows from a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again after so many seconds.
    RetryAfter(i64),
    /// Give up and show it to staff.
    GiveUp,
}

/// Attempts before a message is given up: with the waits below, some two days.
pub const ATTEMPTS: i32 = 14;
/// Seconds before the second attempt.
const FIRST_WAIT: i64 = 30;
/// The longest wait between two attempts.
const LONGEST_WAIT: i64 = 6 * 3600;

/// Decides after the failed attempt number `attempt`, the first being 1. `chance` is any
/// number: it spreads the wait over 75 % to 125 %, so that what failed together is not
/// tried again together.
pub fn after_failure(failure: Failure, attempt: i32, chance: u64) -> Next {
    if failure == Failure::Permanent || attempt >= ATTEMPTS {
        return Next::GiveUp;
    }
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let percent = 75 + i64::try_from(chance % 51).unwrap_or(0);
    Next::RetryAfter(wait * percent / 100)
}

/// Only what failed may be sent again by hand.
///
/// # Errors
/// `notification_not_retriable` for what was sent or waits for its turn.
pub fn may_retry(status: NotificationStatus) -> Result<(), Refusal> {
    match status {
        NotificationStatus::Failed | NotificationStatus::Dead => Ok(()),
        NotificationStatus::Queued | NotificationStatus::Sent => {
            Err(Refusal::plain(Code::NotificationNotRetriable))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_end() {
        // a chance of 25 is the middle: 100 %
        let waits: Vec<_> = (1..=ATTEMPTS)
            .map(|attempt| after_failure(Failure::Temporary, attempt, 25))
            .collect();
        let seconds = [
            30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 21_600, 21_600, 21_600,
        ];
        for (wait, expected) in waits.iter().zip(seconds) {
            assert_eq!(*wait, Next::RetryAfter(expected));
        }
        assert_eq!(waits.last(), Some(&Next::GiveUp));
    }

    #[test]
    fn the_wait_is_spread_by_a_quarter_either_way() {
        for chance in 0..200 {
            let Next::RetryAfter(wait) = after_failure(Failure::Temporary, 5, chance) else {
                panic!("gives up");
            };
            assert!((360..=600).contains(&wait), "{wait}");
        }
        assert_eq!(
            after_failure(Failure::Temporary, 5, 0),
            Next::RetryAfter(360)
        );
        assert_eq!(
            after_failure(Failure::Temporary, 5, 50),
            Next::RetryAfter(600)
        );
    }

    #[test]
    fn what_is_refused_for_good_is_not_hammered() {
        assert_eq!(after_failure(Failure::Permanent, 1, 7), Next::GiveUp);
    }

    #[test]
    fn notification_not_retriable() {
        assert!(may_retry(NotificationStatus::Failed).is_ok());
        assert!(may_retry(NotificationStatus::Dead).is_ok());
        for status in [NotificationStatus::Queued, NotificationStatus::Sent] {
            assert_eq!(
                may_retry(status).unwrap_err().code,
                Code::NotificationNotRetriable
            );
        }
    }
}
