//! Rows of `reception_answers` and `reception_links`.

use db::schema::{devices as d, reception_answers as a, reception_links as l};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, DeviceKind, Instant, PersonId};

use crate::model::{Differing, DonorAnswer, ReceptionAnswer};

/// A link that was mailed, as it was found.
pub(crate) struct LinkRow {
    pub batch_id: BatchId,
    pub person_id: PersonId,
    pub expires_at: Instant,
}

/// Keeps the hash of a link.
pub(crate) fn insert_link(
    db: &mut Db,
    token_hash: &[u8],
    batch: BatchId,
    person: PersonId,
    (created_at, expires_at): (Instant, Instant),
) -> Result<()> {
    diesel::insert_into(l::table)
        .values((
            l::token_hash.eq(token_hash),
            l::batch_id.eq(batch),
            l::person_id.eq(person),
            l::created_at.eq(created_at),
            l::expires_at.eq(expires_at),
        ))
        .execute(db)?;
    Ok(())
}

pub(crate) fn link(db: &mut Db, token_hash: &[u8]) -> Result<Option<LinkRow>> {
    let row: Option<(BatchId, PersonId, Instant)> = l::table
        .find(token_hash)
        .select((l::batch_id, l::person_id, l::expires_at))
        .first(db)
        .optional()?;
    Ok(row.map(|(batch_id, person_id, expires_at)| LinkRow {
        batch_id,
        person_id,
        expires_at,
    }))
}

/// Writes an answer in place of an earlier one. The batch's version was guarded before.
pub(crate) fn put_answer(db: &mut Db, batch: BatchId, said: &ReceptionAnswer) -> Result<()> {
    diesel::delete(a::table.find(batch)).execute(db)?;
    diesel::insert_into(a::table)
        .values((
            a::batch_id.eq(batch),
            a::answer.eq(said.answer),
            a::comment.eq(said.comment.as_deref()),
            a::answered_by.eq(said.answered_by),
            a::answered_at.eq(said.answered_at),
            a::devices.eq(match said.devices.is_empty() {
                true => None,
                false => Some(serde_json::to_string(&said.devices)?),
            }),
        ))
        .execute(db)?;
    Ok(())
}

/// The answers to these batches.
pub(super) fn answers(db: &mut Db, batches: &[BatchId]) -> Result<Vec<(BatchId, ReceptionAnswer)>> {
    type Row = (
        BatchId,
        DonorAnswer,
        Option<String>,
        Instant,
        PersonId,
        Option<String>,
    );
    let rows: Vec<Row> = a::table
        .filter(a::batch_id.eq_any(batches))
        .select((
            a::batch_id,
            a::answer,
            a::comment,
            a::answered_at,
            a::answered_by,
            a::devices,
        ))
        .load(db)?;
    let told = |(batch, answer, comment, answered_at, answered_by, devices): Row| {
        let said = ReceptionAnswer {
            answer,
            comment,
            devices: match devices {
                Some(json) => serde_json::from_str(&json)?,
                None => Vec::new(),
            },
            answered_at,
            answered_by,
        };
        Ok((batch, said))
    };
    rows.into_iter().map(told).collect()
}

/// The devices of a batch that did not come though announced, or came without, by serial
/// number; so many at the most.
///
/// # Errors
/// When the database fails.
pub fn differing(db: &mut Db, batch: BatchId, most: i64) -> Result<Vec<Differing>> {
    type Row = (
        String,
        Option<String>,
        DeviceKind,
        Option<String>,
        Option<String>,
        Option<i32>,
    );
    let rows: Vec<Row> = d::table
        .filter(d::batch_id.eq(batch))
        .filter(d::received_at.is_null().or(d::manifest_line.is_null()))
        .order((d::serial.asc(), d::id.asc()))
        .limit(most)
        .select((
            d::tag,
            d::serial,
            d::kind,
            d::manufacturer,
            d::model,
            d::manifest_line,
        ))
        .load(db)?;
    let told = |(tag, serial, kind, manufacturer, model, line): Row| Differing {
        tag,
        serial,
        kind,
        manufacturer,
        model,
        unexpected: line.is_none(),
    };
    Ok(rows.into_iter().map(told).collect())
}

/// The tags of a batch's devices that are named so, by tag or by serial number.
pub(crate) fn tags_of(
    db: &mut Db,
    batch: BatchId,
    names: &[String],
) -> Result<Vec<(String, Option<String>)>> {
    let tags: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
    Ok(d::table
        .filter(d::batch_id.eq(batch))
        .filter(d::tag.eq_any(&tags).or(d::serial.eq_any(names)))
        .select((d::tag, d::serial))
        .load(db)?)
}
