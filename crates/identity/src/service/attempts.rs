//! Slows down who guesses passwords, on every node and over restarts.
//!
//! An attempt is counted before anything slow is done, and taken back when it was right.
//! Three counts, so that guessing is hopeless and nobody is locked out by a stranger:
//! the account from one network address; the address over all accounts; and the account
//! over all addresses, which does not hold for places where its owner signed in before.

use std::net::IpAddr;

use db::{Result, Tx};
use kernel::{Code, PersonId, Refusal, Text};

use crate::store;
use crate::token::Signer256;

/// So many attempts in so many seconds.
#[derive(Debug, Clone, Copy)]
struct Limit {
    attempts: i32,
    seconds: i64,
}

const ACCOUNT_FROM_HERE: Limit = Limit {
    attempts: 10,
    seconds: 300,
};
const ANY_ACCOUNT_FROM_HERE: Limit = Limit {
    attempts: 300,
    seconds: 900,
};
const ACCOUNT_FROM_ELSEWHERE: Limit = Limit {
    attempts: 60,
    seconds: 3600,
};
/// Links to set a new password, an account.
const LINKS: Limit = Limit {
    attempts: 5,
    seconds: 3600,
};
/// Changes of address that somebody may ask for.
const EMAIL_CHANGES: Limit = Limit {
    attempts: 5,
    seconds: 3600,
};
/// The time over which registrations are counted.
const REGISTRATIONS_SECONDS: i64 = 3600;
/// The longest of them: what is older counts no more.
const LONGEST: i64 = 3600;

/// An attempt that was counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    buckets: Vec<Vec<u8>>,
    pub(super) place: Vec<u8>,
}

/// Counts an attempt at an account.
///
/// # Errors
/// `too_many_requests`, with the seconds to wait.
pub(super) fn count(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    account: &str,
    person: Option<PersonId>,
    from: Option<IpAddr>,
) -> Result<Counted> {
    let here = network(from);
    let place = signer.pseudonym(&["place", account, &here]);
    let known = match person {
        Some(person) => store::is_place_of(tx, person, &place)?,
        None => false,
    };
    let mut counts = vec![
        (
            signer.pseudonym(&["account here", account, &here]),
            ACCOUNT_FROM_HERE,
        ),
        (signer.pseudonym(&["here", &here]), ANY_ACCOUNT_FROM_HERE),
    ];
    if !known {
        counts.push((
            signer.pseudonym(&["account", account]),
            ACCOUNT_FROM_ELSEWHERE,
        ));
    }
    let mut buckets = Vec::with_capacity(counts.len());
    for (bucket, limit) in counts {
        take(tx, &bucket, limit)?;
        buckets.push(bucket);
    }
    Ok(Counted { buckets, place })
}

/// Takes an attempt back that was not wrong.
pub(super) fn take_back(tx: &mut Tx<'_>, counted: &Counted) -> Result<()> {
    for bucket in &counted.buckets {
        store::take_back_attempt(tx, bucket)?;
    }
    Ok(())
}

/// Takes an attempt back that was right: what was tried wrongly at this account from here
/// before is forgiven, too.
pub(super) fn forgive(tx: &mut Tx<'_>, counted: &Counted) -> Result<()> {
    take_back(tx, counted)?;
    match counted.buckets.first() {
        Some(account_from_here) => store::forget_attempts(tx, account_from_here),
        None => Ok(()),
    }
}

/// Whether another link may be mailed to an account; counts it.
pub(super) fn may_mail_link(tx: &mut Tx<'_>, signer: &Signer256, account: &str) -> Result<bool> {
    let bucket = signer.pseudonym(&["link", account]);
    match take(tx, &bucket, LINKS) {
        Ok(()) => Ok(true),
        Err(db::Error::Refused(_)) => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// Counts that somebody asks for another address: mails leave for it.
pub(super) fn count_email_change(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    person: PersonId,
) -> Result<()> {
    let bucket = signer.pseudonym(&["email change", &person.to_string()]);
    take(tx, &bucket, EMAIL_CHANGES)
}

/// Counts an association that wants to register, by where it comes from; so many an hour,
/// none counted when that is 0. Before anything else is looked at, in a transaction of its
/// own: what is refused counts, too.
///
/// # Errors
/// `too_many_requests`, with the seconds to wait.
pub fn may_register(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    from: Option<IpAddr>,
    an_hour: u32,
) -> Result<()> {
    if an_hour == 0 {
        return Ok(());
    }
    let bucket = signer.pseudonym(&["registration", &network(from)]);
    let limit = Limit {
        attempts: i32::try_from(an_hour).unwrap_or(i32::MAX),
        seconds: REGISTRATIONS_SECONDS,
    };
    take(tx, &bucket, limit)
}

/// Forgets counts that are over.
///
/// # Errors
/// When the database fails.
pub fn forget_old_attempts(tx: &mut Tx<'_>) -> Result<usize> {
    let before = tx.now().plus_seconds(-LONGEST);
    store::forget_attempts_before(tx, before)
}

fn take(tx: &mut Tx<'_>, bucket: &[u8], limit: Limit) -> Result<()> {
    let now = tx.now();
    let (attempts, since) = match store::attempts(tx, bucket)? {
        Some((attempts, since)) if now.seconds_since(since) < limit.seconds => (attempts, since),
        _ => (0, now),
    };
    if attempts >= limit.attempts {
        return Err(too_many(limit.seconds - now.seconds_since(since)).into());
    }
    store::set_attempts(tx, bucket, attempts + 1, since)
}

fn too_many(seconds: i64) -> Refusal {
    let seconds = seconds.max(1);
    let minutes = (seconds + 59) / 60;
    Refusal::new(
        Code::TooManyRequests,
        Text::new(
            format!("Trop de tentatives ; réessayez dans {minutes} min."),
            format!("Too many attempts; try again in {minutes} min."),
        ),
    )
    .with_extra(serde_json::json!({ "retry_after_seconds": seconds }))
}

/// What counts as one place: an IPv4 address, or the network of an IPv6 one.
fn network(from: Option<IpAddr>) -> String {
    match from {
        None => String::new(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => format!("{:?}", &address.segments()[..4]),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_the_network_of_a_long_one() {
        let of = |text: &str| network(Some(text.parse().expect("address")));
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8::1"), of("2001:db8::2:3:4:5"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    }

    #[test]
    fn too_many_requests_says_when_to_come_back() {
        let refusal = too_many(61);
        assert_eq!(refusal.code.as_str(), "too_many_requests");
        assert!(refusal.detail.fr.contains("2 min"));
        assert_eq!(refusal.extra.expect("extra")["retry_after_seconds"], 61);
    }
}
