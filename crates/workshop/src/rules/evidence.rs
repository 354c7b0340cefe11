//! What all statements about a drive come to. Time decides, not the order in which they were
//! told: a success proves when every statement that speaks against it certainly came before.

use kernel::Instant;

use super::Facts;
use crate::Settings;
use crate::model::{
    Drive, DriveErasure, EraseMethod, EraseResult, Ground, History, Media, Proof, Statement,
};

/// Statements kept of a drive; of more, those with the latest times.
const STATEMENTS: usize = 64;

/// How far a station's clock without a zone may be from UTC when it is compared with one that has
/// a zone: stations here show UTC or the time of Paris.
const ZONE_SECONDS: i64 = 2 * 3600;

/// Tools that overwrite and do nothing else, whatever is told of them.
const OVERWRITERS: [&str; 7] = [
    "nwipe",
    "shredos",
    "dban",
    "shred",
    "badblocks",
    "dd ",
    "scrub",
];

/// What was done: a tool that overwrites purges nothing.
pub(super) fn method_of(entry: &DriveErasure) -> EraseMethod {
    let tool = entry.tool.as_deref().unwrap_or_default().to_lowercase();
    let overwrites = OVERWRITERS
        .iter()
        .any(|name| format!("{tool} ").starts_with(name));
    if entry.method == EraseMethod::Purge && overwrites {
        EraseMethod::Clear
    } else {
        entry.method
    }
}

/// A statement with what its dates come to in this cycle of the device.
pub(super) fn statement(
    facts: &Facts<'_>,
    entry: &DriveErasure,
    at: Instant,
    settings: &Settings,
) -> Statement {
    let mut statement = Statement::of(entry, method_of(entry), at);
    let tolerance = settings.evidence_tolerance_seconds;
    let received = facts.cycle_started_at;
    let ground = match statement.clock {
        None => Some(Ground::Undated),
        Some(clock) if clock > at.plus_seconds(tolerance) => Some(Ground::InFuture),
        Some(clock)
            if received.is_some_and(|received| clock < received.plus_seconds(-tolerance)) =>
        {
            Some(Ground::BeforeReception)
        }
        Some(_) => None,
    };
    statement.proof.grounds.extend(ground);
    statement
}

/// Adds a statement to what was said about a drive, and says what all come to.
pub(super) fn tell(drive: &mut Drive, mut statement: Statement) {
    keep_the_past(drive);
    contradict(&drive.history, &mut statement);
    let known = &mut drive.history.statements;
    // the same words again say nothing new
    known.retain(|one| (one.clock, &one.proof) != (statement.clock, &statement.proof));
    known.push(statement);
    known.sort_by_key(|one| (when(one), one.told_at));
    let beyond = known.len().saturating_sub(STATEMENTS);
    known.drain(..beyond);
    settle(drive);
}

/// What was stored before statements were kept is one of them.
pub(super) fn keep_the_past(drive: &mut Drive) {
    if drive.history.statements.is_empty()
        && let Some(proof) = &drive.proof
    {
        drive.history.statements.push(Statement::kept(proof));
    }
}

/// A success that is told by hand, and names a report that was read, says no more than that.
fn contradict(history: &History, statement: &mut Statement) {
    let success = statement.by_hand && statement.proof.result == EraseResult::Success;
    let Some(report) = statement.proof.report.as_ref().filter(|_| success) else {
        return;
    };
    let otherwise = history.statements.iter().any(|known| {
        !known.by_hand
            && known.proof.report.as_ref() == Some(report)
            && known.open().any(|ground| ground != Ground::Undated)
    });
    if otherwise {
        statement.proof.grounds.push(Ground::ReportContradicts);
    }
}

/// What a reader is shown as its time.
fn when(statement: &Statement) -> Instant {
    statement.clock.unwrap_or(statement.told_at)
}

/// The verdict: the strongest success that nothing speaks against, or what keeps the drive from
/// being proven.
pub(super) fn settle(drive: &mut Drive) {
    let statements = &drive.history.statements;
    let told = || statements.iter().enumerate();
    let proving = told()
        .filter(|(_, one)| one.proves() && counts_on(drive.media, one))
        .filter(|success| {
            told()
                .filter(|(_, one)| one.speaks_against())
                .all(|failure| before(failure, *success))
        })
        .map(|(_, success)| success)
        .filter(|success| is_here(success, statements))
        .max_by_key(|one| (strength(one.proof.method), when(one), one.told_at));
    if let Some(success) = proving {
        drive.proven = true;
        drive.proof = Some(success_of(success));
        return;
    }
    let latest = |against: bool| {
        statements
            .iter()
            .filter(|one| !against || one.speaks_against())
            .max_by_key(|one| (when(one), one.told_at))
    };
    let deciding = latest(true).or_else(|| latest(false));
    drive.proven = false;
    drive.proof = deciding.map(|one| doubtful(one, drive.media));
}

/// What two people accepted counts as the success that it would have been.
fn success_of(statement: &Statement) -> Proof {
    let mut proof = statement.proof.clone();
    proof.result = EraseResult::Success;
    proof
}

fn doubtful(statement: &Statement, media: Media) -> Proof {
    let mut proof = statement.proof.clone();
    if proof.grounds.is_empty() && !counts_on(media, statement) {
        proof.grounds.push(Ground::Overwritten);
    }
    proof
}

/// The medium may turn out to be flash after it was overwritten.
fn counts_on(media: Media, statement: &Statement) -> bool {
    statement.proof.method != EraseMethod::Clear || !media.is_flash()
}

/// That a drive was absent says nothing any more once it was dealt with.
fn is_here(success: &Statement, statements: &[Statement]) -> bool {
    success.proof.method != EraseMethod::Absent
        || !statements.iter().any(|other| {
            matches!(other.proof.method, EraseMethod::Clear | EraseMethod::Purge)
                && other.told_at > success.told_at
                && when(other) > when(success)
        })
}

const fn strength(method: EraseMethod) -> u8 {
    match method {
        EraseMethod::Destroy => 3,
        EraseMethod::Absent => 2,
        EraseMethod::Purge => 1,
        EraseMethod::Clear => 0,
    }
}

/// Whether a failure certainly came before a success. A failure without a time is as late as it
/// may be: when it was told. What may hide sectors is not put right by a word.
fn before((n, failure): (usize, &Statement), (m, success): (usize, &Statement)) -> bool {
    if physical(success) {
        return when(failure) <= when(success) || failure.told_at <= success.told_at;
    }
    if success.by_hand && failure.open().any(|ground| ground == Ground::HiddenArea) {
        return false;
    }
    let Some(done) = success.clock else {
        return failure.told_at < success.told_at; // two people accepted it without a date
    };
    let zone = |local: bool| if local { ZONE_SECONDS } else { 0 };
    let earliest = done.plus_seconds(-zone(success.local));
    // a success may be dated ahead; it was not told ahead
    if failure.told_at < earliest.min(success.told_at) {
        return true;
    }
    match failure.clock {
        None => false,
        // at one instant, people speak one after the other
        Some(failed) if failed == done && failure.by_hand && success.by_hand => n < m,
        Some(failed) if failure.local == success.local => failed < done,
        Some(failed) => failed.plus_seconds(zone(failure.local)) < earliest,
    }
}

/// No report read later undoes that a drive was destroyed, or is not there.
pub(super) const fn physical(statement: &Statement) -> bool {
    matches!(
        statement.proof.method,
        EraseMethod::Destroy | EraseMethod::Absent
    )
}
