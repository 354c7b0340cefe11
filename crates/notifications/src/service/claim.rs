//! What a worker takes into its hand: letters, made up of what is due, without what is over
//! and without who left.

use std::collections::HashSet;

use db::{Result, Tx};
use kernel::{Instant, MessageId};

use crate::Message;
use crate::model::{Ended, Letter};
use crate::rules::ATTEMPTS;
use crate::rules::pace::{self, Windows};
use crate::store::claim::{self, Row};
use crate::store::keys;

/// Messages in one mail at the most.
const MOST_IN_A_LETTER: i64 = 100;

/// What was found.
#[derive(Debug)]
pub(crate) struct Claim {
    /// In this worker's hand.
    pub(crate) letters: Vec<Letter>,
    /// There may be more to take at once.
    pub(crate) more: bool,
    /// When to look again at the latest, when there is nothing more.
    pub(crate) next_due: Option<Instant>,
    /// Signs the links that turn mails off.
    pub(crate) key: String,
}

/// Takes up to `limit` letters until `until`.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    limit: i64,
    until: Instant,
    windows: Windows,
) -> Result<Claim> {
    claim::take_turn(tx)?;
    let key = keys::ensure(tx)?;
    let mut due = claim::due(tx, limit)?;
    let mut more = i64::try_from(due.len()).unwrap_or(limit) == limit;
    if due.is_empty() {
        // by itself: if it ends the program again, it takes no other letter along
        due = claim::broken_off(tx)?;
        more = !due.is_empty();
    }
    let due = without_who_left(tx, due)?;
    let due = without_who_never_returns(tx, due)?;
    let mut groups = bundles(tx, &due, windows)?;
    groups.extend(made_up(tx, due)?);
    let mut letters = Vec::new();
    for group in groups {
        let group = without_the_past(tx, group)?;
        claim::make_up(tx, &group)?;
        letters.extend(claim::letter(group, until));
    }
    let ids: Vec<_> = letters.iter().map(|letter| letter.id).collect();
    claim::hold(tx, &ids, until)?;
    Ok(Claim {
        letters,
        more,
        next_due: if more { None } else { claim::next_due(tx)? },
        key,
    })
}

fn without_who_left(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Row>> {
    let people: Vec<_> = rows.iter().filter_map(|row| row.person).collect();
    let left = claim::who_left(tx, &people)?;
    let (gone, here): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.person.is_some_and(|person| left.contains(&person)));
    let mut gone = gone;
    let carriers: Vec<_> = gone.iter().map(|row| row.id).collect();
    gone.extend(claim::parts(tx, &carriers)?);
    end(tx, &gone, Ended::Left, "not sent: this person has left")?;
    Ok(here)
}

/// Ends what broke off at every attempt.
fn without_who_never_returns(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Row>> {
    let (spent, rest): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.attempts >= ATTEMPTS);
    let mut spent = spent;
    let carriers: Vec<_> = spent.iter().map(|row| row.id).collect();
    spent.extend(claim::parts(tx, &carriers)?);
    end(
        tx,
        &spent,
        Ended::GivenUp,
        "not sent: every attempt broke off",
    )?;
    Ok(rest)
}

/// The bundles that are ready; the others are put off.
fn bundles(tx: &mut Tx<'_>, due: &[Row], windows: Windows) -> Result<Vec<Vec<Row>>> {
    let mut groups = Vec::new();
    let mut seen = HashSet::new();
    for row in due {
        let Some(name) = row.bundle.as_deref() else {
            continue;
        };
        if !seen.insert((row.recipient.as_str(), name)) {
            continue;
        }
        let rows = claim::bundle(tx, &row.recipient, name, MOST_IN_A_LETTER)?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            continue;
        };
        let ready_at = pace::ready_at(name, first.created_at, last.created_at, windows);
        if ready_at <= tx.now() {
            groups.push(rows);
        } else {
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            claim::put_off(tx, &ids, ready_at)?;
        }
    }
    Ok(groups)
}

/// What travels alone, or in a letter that an earlier attempt made up.
fn made_up(tx: &mut Tx<'_>, due: Vec<Row>) -> Result<Vec<Vec<Row>>> {
    let mut groups: Vec<Vec<Row>> = due
        .into_iter()
        .filter(|row| row.bundle.is_none())
        .map(|row| vec![row])
        .collect();
    let carriers: Vec<_> = groups.iter().flatten().map(|row| row.id).collect();
    for part in claim::parts(tx, &carriers)? {
        let carrier = groups
            .iter_mut()
            .find(|group| group.first().map(|row| row.id) == part.part_of);
        if let Some(group) = carrier {
            group.push(part);
        }
    }
    Ok(groups)
}

/// Ends what is over: nobody hears of an appointment that was yesterday.
fn without_the_past(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Row>> {
    let now = tx.now();
    let over = |row: &Row| {
        serde_json::from_str::<Message>(&row.data)
            .ok()
            .and_then(|message| message.useless_from())
            .is_some_and(|moment| moment <= now)
    };
    let (past, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(over);
    end(tx, &past, Ended::Past, "not sent: what it is about is over")?;
    Ok(rest)
}

fn end(tx: &mut Tx<'_>, rows: &[Row], because: Ended, said: &str) -> Result<()> {
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    claim::end(tx, &ids, because, said)
}
