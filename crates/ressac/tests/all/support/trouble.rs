//! What tests of trouble ask of a server, and what it has to say.

use std::time::{Duration, Instant};

use super::server::Answer;
use super::{Cast, load};

/// A donor offers a batch, under a key of that name.
pub fn post(cast: &Cast, address: &str, title: &str) -> Option<Answer> {
    let body = load::offer(title).to_string();
    cast.donor.send(
        address,
        ("POST", "/batches"),
        Some(title),
        ("application/json", &body),
    )
}

/// The donor asks for what was offered last.
pub fn list(cast: &Cast, address: &str) -> Answer {
    cast.donor
        .send(address, ("GET", "/batches?limit=10"), None, ("", ""))
        .expect("an answer")
}

/// Told to come back, in a problem document.
#[track_caller]
pub fn is_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    let head = answer.head.to_lowercase();
    assert!(head.contains("retry-after: 2"), "{head}");
    assert!(head.contains("application/problem+json"), "{head}");
    assert_eq!(answer.json()["code"], "unavailable");
}

/// Asks until it is answered so; fails after a while.
#[track_caller]
pub fn until(status: u16, mut ask: impl FnMut() -> Option<Answer>) -> Answer {
    let mut last = None;
    wait_for(|| {
        last = ask();
        last.as_ref().is_some_and(|answer| answer.status == status)
    });
    last.unwrap()
}

/// Looks again and again until it is so; fails after a while.
#[track_caller]
pub fn wait_for(mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < PATIENCE, "it does not come about");
        std::thread::sleep(Duration::from_millis(100));
    }
}

const PATIENCE: Duration = Duration::from_secs(90);
