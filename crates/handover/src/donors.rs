//! What donors are told once their batch is counted: that erasure is proven, and what
//! becomes of their devices. A job asks again and again; each thing is told once.

use db::schema::{batches as b, devices as d, donor_news as n, wave_devices, wave_lines};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{BatchId, Instant, OrganisationId};
use notifications::Message;
use workshop::EraseMethod;

use crate::certificate::{self, Verifying};
use crate::progress::{Count, count};

/// Days between two letters about what becomes of a batch.
const NEWS_DAYS: i64 = 30;
/// Batches in one go.
const MOST: i64 = 100;
/// Bytes of a certificate that travels with the mail; a longer one is only linked.
const ATTACHED_MOST: usize = 1 << 20;

/// A closed batch whose donor may have something to hear.
#[derive(Debug, Queryable)]
struct Open {
    id: BatchId,
    donor: OrganisationId,
    reference: String,
    title: String,
    closed_at: Instant,
    erasure_told_at: Option<Instant>,
    news_told_at: Option<Instant>,
    handed_over: Option<i64>,
}

/// What one go came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    /// Letters that were written.
    pub letters: usize,
    /// Where the next go begins; none when all batches were looked at.
    pub next: Option<BatchId>,
}

/// Tells donors what is new since they were told last, for some batches after `after`. Certificates
/// that travel along say where they are verified: below `base_url`.
///
/// # Errors
/// When the database fails.
pub fn tell_donors(tx: &mut Tx<'_>, after: Option<BatchId>, base_url: &str) -> Result<News> {
    let batches = open(tx, after)?;
    let next = batches.last().map(|batch| batch.id);
    let letters = tell(tx, batches, base_url)?;
    Ok(News { letters, next })
}

fn tell(tx: &mut Tx<'_>, batches: Vec<Open>, base_url: &str) -> Result<usize> {
    let mut told = 0;
    for batch in batches {
        let count = count(tx, batch.id)?;
        let erasure = batch.erasure_told_at.is_none() && count.is_proven();
        let news = news_is_due(&batch, count, tx.now());
        if !erasure && !news {
            continue;
        }
        let people = identity::contacts(tx, batch.donor)?;
        if erasure {
            let keys = tx.chain_keys();
            let verifying = Verifying { keys, base_url };
            let message = erasure_proven(tx, &batch, count, verifying)?;
            notifications::push_all(tx, &people, &message)?;
            told += 1;
        }
        if news {
            let message = donation_news(tx, &batch, count)?;
            notifications::push_all(tx, &people, &message)?;
            told += 1;
        }
        remember(tx, &batch, count, (erasure, news))?;
    }
    Ok(told)
}

/// Something was handed over since, and the last letter is a month old; or everything has
/// found its place.
fn news_is_due(batch: &Open, count: Count, now: Instant) -> bool {
    let changed = count.handed_over > batch.handed_over.unwrap_or(0);
    let settled = count.received > 0 && count.waiting() == 0;
    let last = batch.news_told_at.unwrap_or(batch.closed_at);
    settled || (changed && now >= last.plus_days(NEWS_DAYS))
}

fn open(db: &mut Db, after: Option<BatchId>) -> Result<Vec<Open>> {
    let mut open = b::table
        .left_join(n::table)
        .filter(b::status.eq("closed"))
        .filter(n::settled.is_null().or(n::settled.eq(false)))
        .into_boxed();
    if let Some(after) = after {
        open = open.filter(b::id.gt(after));
    }
    Ok(open
        .order(b::id)
        .limit(MOST)
        .select((
            b::id,
            b::donor_id,
            b::reference,
            b::title,
            b::closed_at.assume_not_null(),
            n::erasure_told_at.nullable(),
            n::news_told_at.nullable(),
            n::handed_over.nullable(),
        ))
        .load(db)?)
}

fn erasure_proven(
    db: &mut Db,
    batch: &Open,
    count: Count,
    verifying: Verifying<'_>,
) -> Result<Message> {
    let drives = certificate::drives_of(db, batch.id)?;
    let destroyed = drives
        .iter()
        .filter(|drive| drive.method == Some(EraseMethod::Destroy))
        .count();
    let certificate = certificate::write(db, batch.id, verifying)?;
    Ok(Message::ErasureProven {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        devices: count.proven,
        drives: i64::try_from(drives.len()).unwrap_or(i64::MAX),
        destroyed: i64::try_from(destroyed).unwrap_or(i64::MAX),
        certificate: match certificate.len() <= ATTACHED_MOST {
            true => certificate,
            false => String::new(),
        },
    })
}

fn donation_news(db: &mut Db, batch: &Open, count: Count) -> Result<Message> {
    let associations: i64 = wave_devices::table
        .inner_join(d::table)
        .inner_join(wave_lines::table.on(wave_lines::id.eq(wave_devices::line_id)))
        .filter(d::batch_id.eq(batch.id))
        .filter(d::stage.eq("handed_over"))
        .filter(wave_devices::released_at.is_null())
        .filter(wave_devices::cycle.eq(d::cycle))
        .select(diesel::dsl::count(wave_lines::association_id).aggregate_distinct())
        .get_result(db)?;
    Ok(Message::DonationNews {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        handed_over: count.handed_over,
        associations,
        recycled: count.recycled,
        waiting: count.waiting(),
    })
}

fn remember(
    tx: &mut Tx<'_>,
    batch: &Open,
    count: Count,
    (erasure, news): (bool, bool),
) -> Result<()> {
    let now = tx.now();
    let told = if news {
        count.handed_over
    } else {
        batch.handed_over.unwrap_or(0)
    };
    diesel::delete(n::table.find(batch.id)).execute(&mut **tx)?;
    diesel::insert_into(n::table)
        .values((
            n::batch_id.eq(batch.id),
            n::erasure_told_at.eq(if erasure {
                Some(now)
            } else {
                batch.erasure_told_at
            }),
            n::news_told_at.eq(if news { Some(now) } else { batch.news_told_at }),
            n::handed_over.eq(told),
            n::settled.eq(news && count.waiting() == 0),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const NOW: &str = "2023-04-10T09:00:00Z";

    fn batch(news_told_at: Option<&str>, handed_over: Option<i64>) -> Open {
        Open {
            id: "01869837-33c0-7210-b247-306c44e88c95".parse().unwrap(),
            donor: "01869837-33c0-7210-b247-306c44e88c96".parse().unwrap(),
            reference: "LOT-7".to_owned(),
            title: "Siège".to_owned(),
            closed_at: "2023-03-01T09:00:00Z".parse().unwrap(),
            erasure_told_at: None,
            news_told_at: news_told_at.map(|text| text.parse().unwrap()),
            handed_over,
        }
    }

    fn count(received: i64, proven: i64, handed_over: i64, recycled: i64) -> Count {
        Count {
            received,
            proven,
            handed_over,
            recycled,
        }
    }

    #[test]
    fn erasure_is_told_when_every_device_that_came_has_its_proof() {
        assert!(!count(0, 0, 0, 0).is_proven());
        assert!(!count(10, 9, 0, 0).is_proven());
        assert!(count(10, 10, 0, 0).is_proven());
    }

    #[test]
    fn what_becomes_of_it_is_told_once_a_month_and_in_the_end() {
        let now: Instant = NOW.parse().unwrap();
        let due = |batch: Open, count| news_is_due(&batch, count, now);
        assert!(
            !due(batch(None, None), count(10, 10, 0, 0)),
            "nothing happened"
        );
        assert!(due(batch(None, None), count(10, 10, 3, 0)));
        let lately = Some("2023-04-01T09:00:00Z");
        assert!(
            !due(batch(lately, Some(3)), count(10, 10, 6, 0)),
            "a month is not over"
        );
        assert!(
            due(batch(lately, Some(3)), count(10, 10, 6, 4)),
            "all found their place"
        );
        let before = Some("2023-03-05T09:00:00Z");
        assert!(
            !due(batch(before, Some(3)), count(10, 10, 3, 0)),
            "nothing new"
        );
        assert!(due(batch(before, Some(3)), count(10, 10, 4, 0)));
    }
}
