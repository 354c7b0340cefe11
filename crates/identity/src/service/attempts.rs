//! Slows down who guesses passwords, on every node and over restarts.
//!
//! An attempt is counted before anything slow is done, and taken back when it was right.
//! Three counts, so that guessing is hopeless and nobody is locked out by a stranger:
//! the account from one network address; the address over all accounts; and the account
//! over all addresses. None of them holds for a device that signed in before, known by the
//! token that it was given then: it has a count of its own, so neither strangers nor neighbors
//! behind the same address keep its owner out. What was tried against a password counts no more
//! once there is another one.

use std::net::IpAddr;

use db::{Result, Tx};
use kernel::{Code, PersonId, Refusal, SessionId, Text};

use crate::store;
use crate::token::{self, Signer256};

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
/// Links that are asked for from one network address, for whichever accounts.
const LINKS_FROM_HERE: Limit = Limit {
    attempts: 60,
    seconds: 3600,
};
/// Changes of address that somebody may ask for.
const EMAIL_CHANGES: Limit = Limit {
    attempts: 5,
    seconds: 3600,
};
/// Links that open nothing, from one network.
const WRONG_LINKS: Limit = Limit {
    attempts: 60,
    seconds: 3600,
};
/// The time over which registrations are counted.
const REGISTRATIONS_SECONDS: i64 = 3600;
/// Failures after which the owner of an account is told, in a day.
const FAILURES_TOLD: i32 = 10;
/// The time over which failures are counted, and the longest of all: what is older counts no
/// more.
const LONGEST: i64 = 86_400;

/// What somebody tries to open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tried<'a> {
    /// The address of the account, whether there is one or not.
    pub(super) account: &'a str,
    /// Whose it is.
    pub(super) person: Option<PersonId>,
    /// Of the password at hand.
    pub(super) password_hash: Option<&'a str>,
    /// What the device was given when it signed in before, as it says.
    pub(super) device_token: Option<&'a str>,
}

/// An attempt that was counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    buckets: Vec<Vec<u8>>,
    failures: Vec<u8>,
    /// The token of the device, where it signed in before.
    pub(super) known_device: Option<String>,
}

/// Counts an attempt at an account.
///
/// # Errors
/// `too_many_requests`, with the seconds to wait.
pub(super) fn count(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    tried: Tried<'_>,
    from: Option<IpAddr>,
) -> Result<Counted> {
    let account = tried.account;
    let password = tried.password_hash.unwrap_or_default();
    let failures = signer.pseudonym(&["failures", account, password]);
    let known_device = known_device(tx, tried)?;
    if let Some(device) = known_device {
        let bucket = signer.pseudonym(&["device", account, &device, password]);
        return Ok(Counted {
            known_device: Some(device),
            ..count_alone(tx, bucket, failures)?
        });
    }
    let here = network(from);
    let counts = [
        (
            signer.pseudonym(&["account here", account, &here, password]),
            ACCOUNT_FROM_HERE,
        ),
        (signer.pseudonym(&["here", &here]), ANY_ACCOUNT_FROM_HERE),
        (
            signer.pseudonym(&["account", account, password]),
            ACCOUNT_FROM_ELSEWHERE,
        ),
    ];
    let mut buckets = Vec::with_capacity(counts.len());
    for (bucket, limit) in counts {
        take(tx, &bucket, limit)?;
        buckets.push(bucket);
    }
    Ok(Counted {
        buckets,
        failures,
        known_device: None,
    })
}

/// Counts an attempt of somebody who is signed in and proves again who they are, by their
/// session: what others try from the same address is not in their way.
///
/// # Errors
/// `too_many_requests`, with the seconds to wait.
pub(super) fn count_proof(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    session: SessionId,
    tried: Tried<'_>,
) -> Result<Counted> {
    let password = tried.password_hash.unwrap_or_default();
    let failures = signer.pseudonym(&["failures", tried.account, password]);
    let bucket = signer.pseudonym(&["proof", &session.to_string()]);
    count_alone(tx, bucket, failures)
}

fn count_alone(tx: &mut Tx<'_>, bucket: Vec<u8>, failures: Vec<u8>) -> Result<Counted> {
    take(tx, &bucket, ACCOUNT_FROM_HERE)?;
    Ok(Counted {
        buckets: vec![bucket],
        failures,
        known_device: None,
    })
}

/// The token of a device, if the account's owner signed in with it before.
fn known_device(tx: &mut Tx<'_>, tried: Tried<'_>) -> Result<Option<String>> {
    let (Some(person), Some(device)) = (tried.person, tried.device_token) else {
        return Ok(None);
    };
    let known = store::is_known_device(tx, person, &token::hash(device))?;
    Ok(known.then(|| device.to_owned()))
}

/// Counts that an attempt failed, also for an account that nobody has; whether its owner is to
/// be told now.
pub(super) fn count_failure(tx: &mut Tx<'_>, counted: &Counted) -> Result<bool> {
    let now = tx.now();
    let (failures, since) = match store::attempts(tx, &counted.failures)? {
        Some((failures, since)) if now.seconds_since(since) < LONGEST => (failures, since),
        _ => (0, now),
    };
    store::set_attempts(tx, &counted.failures, failures + 1, since)?;
    Ok(failures + 1 == FAILURES_TOLD)
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

/// Counts that somebody asks for a link, by where they ask from: each invented address would
/// leave a count of its own behind.
///
/// # Errors
/// `too_many_requests`, with the seconds to wait.
pub(super) fn may_ask_for_link(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    from: Option<IpAddr>,
) -> Result<()> {
    let bucket = signer.pseudonym(&["links", &network(from)]);
    take(tx, &bucket, LINKS_FROM_HERE)
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

/// Counts that somebody came with a link that opens nothing, by where they come from.
///
/// # Errors
/// `too_many_requests`, with the seconds to wait.
pub fn count_wrong_link(tx: &mut Tx<'_>, signer: &Signer256, from: Option<IpAddr>) -> Result<()> {
    let bucket = signer.pseudonym(&["wrong link", &network(from)]);
    take(tx, &bucket, WRONG_LINKS)
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
