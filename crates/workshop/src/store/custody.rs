//! The append-only log.

use std::collections::{HashMap, HashSet};

use db::schema::{custody_events as e, devices as d};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{
    ApiKeyId, CustodyEventId, DeviceId, Instant, Mark, OrganisationId, Page, PageRequest, PersonId,
};

use super::LOOKUP_CHUNK;
use crate::custody::{Line, Link};
use crate::model::Stage;
use crate::rules::{CorrectedLine, LastEvent};

/// A line as the table has it.
#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = e, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    device_id: DeviceId,
    seq: i32,
    id: CustodyEventId,
    event_type: String,
    at: Instant,
    recorded_at: Instant,
    actor_id: PersonId,
    organisation_id: OrganisationId,
    from_stage: Stage,
    to_stage: Stage,
    client_id: Option<String>,
    evidence: String,
    note: Option<String>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
    state: Option<String>,
    chain_key: Option<String>,
    mac: Option<Vec<u8>>,
    epoch: i64,
    api_key_id: Option<ApiKeyId>,
    operated_by: Option<PersonId>,
}

impl From<Link> for EventRow {
    fn from(link: Link) -> Self {
        let line = link.line;
        let (chain_key, mac) = link.mark.map(|mark| (mark.key, mark.mac)).unzip();
        Self {
            device_id: line.device,
            seq: line.seq,
            id: line.id,
            event_type: line.event_type,
            at: line.at,
            recorded_at: line.recorded_at,
            actor_id: line.actor,
            organisation_id: line.organisation,
            from_stage: line.from_stage,
            to_stage: line.to_stage,
            client_id: line.client_id,
            evidence: line.evidence,
            note: line.note,
            prev_hash: link.prev_hash,
            hash: link.hash,
            state: line.state,
            chain_key,
            mac,
            epoch: link.epoch,
            api_key_id: line.key,
            operated_by: line.operated_by,
        }
    }
}

impl From<EventRow> for Link {
    fn from(row: EventRow) -> Self {
        Self {
            line: Line {
                device: row.device_id,
                seq: row.seq,
                id: row.id,
                event_type: row.event_type,
                at: row.at,
                recorded_at: row.recorded_at,
                actor: row.actor_id,
                organisation: row.organisation_id,
                key: row.api_key_id,
                operated_by: row.operated_by,
                from_stage: row.from_stage,
                to_stage: row.to_stage,
                client_id: row.client_id,
                evidence: row.evidence,
                note: row.note,
                state: row.state,
            },
            prev_hash: row.prev_hash,
            hash: row.hash,
            // a key without a mark, or a mark without a key, is none that holds
            mark: match (row.chain_key, row.mac) {
                (None, None) => None,
                (key, mac) => Some(Mark {
                    key: key.unwrap_or_default(),
                    mac: mac.unwrap_or_default(),
                }),
            },
            epoch: row.epoch,
        }
    }
}

/// Appends lines. The key of device and number makes sure that no two follow the same one.
pub(crate) fn append(tx: &mut Tx<'_>, links: Vec<Link>) -> Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    let epoch = tx.epoch()?;
    let of_epoch = |link| EventRow {
        epoch,
        ..EventRow::from(link)
    };
    let rows: Vec<EventRow> = links.into_iter().map(of_epoch).collect();
    db::insert_many!(&mut **tx, e::table, &rows);
    Ok(())
}

/// The same of copies.
pub(crate) fn append_copies(tx: &mut Tx<'_>, links: &[Link]) -> Result<()> {
    append(tx, links.to_vec())
}

/// The senders' numbers that are in the logs of these devices.
pub(crate) fn client_ids(db: &mut Db, devices: &[DeviceId]) -> Result<Vec<(DeviceId, String)>> {
    let mut found = Vec::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let rows: Vec<(DeviceId, Option<String>)> = e::table
            .filter(e::device_id.eq_any(chunk))
            .filter(e::client_id.is_not_null())
            .select((e::device_id, e::client_id))
            .load(db)?;
        found.extend(
            rows.into_iter()
                .filter_map(|(device, client)| Some((device, client?))),
        );
    }
    Ok(found)
}

/// What these devices' logs have under these senders' numbers.
pub(crate) fn under_client_ids(
    db: &mut Db,
    known: &[(DeviceId, String)],
) -> Result<Vec<(DeviceId, String, LastEvent)>> {
    let mut devices: Vec<DeviceId> = known.iter().map(|(device, _)| *device).collect();
    devices.sort_unstable();
    devices.dedup();
    let wanted: HashSet<(DeviceId, &str)> = (known.iter())
        .map(|(device, client_id)| (*device, client_id.as_str()))
        .collect();
    let mut found = Vec::with_capacity(known.len());
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        type Row = (
            (DeviceId, Option<String>, String, String),
            (PersonId, Option<ApiKeyId>, Option<PersonId>),
        );
        let rows: Vec<Row> = e::table
            .filter(e::device_id.eq_any(chunk))
            .filter(e::client_id.is_not_null())
            .select((
                (e::device_id, e::client_id, e::event_type, e::evidence),
                (e::actor_id, e::api_key_id, e::operated_by),
            ))
            .load(db)?;
        for ((device, client_id, event_type, evidence), (actor, key, operated_by)) in rows {
            let client_id = client_id.unwrap_or_default();
            if wanted.contains(&(device, client_id.as_str())) {
                let event = LastEvent {
                    event_type,
                    evidence,
                    actor,
                    key,
                    operated_by,
                };
                found.push((device, client_id, event));
            }
        }
    }
    Ok(found)
}

/// When each of these devices was last counted in, which began its cycle.
pub(crate) fn last_receptions(
    db: &mut Db,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, Instant>> {
    let began = [Stage::Expected, Stage::Returned, Stage::Missing];
    let mut found = HashMap::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let rows: Vec<(DeviceId, Instant)> = e::table
            .filter(e::device_id.eq_any(chunk))
            .filter(e::event_type.eq("received"))
            .filter(e::from_stage.eq_any(began))
            .order((e::device_id, e::seq))
            .select((e::device_id, e::at))
            .load(db)?;
        found.extend(rows); // of several, the last stands
    }
    Ok(found)
}

/// The last line of each of these devices' logs.
pub(crate) fn last_events(
    db: &mut Db,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, LastEvent>> {
    let mut found = HashMap::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let last = e::table
            .inner_join(d::table.on(d::id.eq(e::device_id).and(d::custody_seq.eq(e::seq))))
            .select((
                (e::device_id, e::event_type, e::evidence),
                (e::actor_id, e::api_key_id, e::operated_by),
            ));
        type Row = (
            (DeviceId, String, String),
            (PersonId, Option<ApiKeyId>, Option<PersonId>),
        );
        let rows: Vec<Row> = match chunk {
            // a statement with a list of values is prepared anew each time on SQLite
            [device] => last.filter(d::id.eq(device)).load(db)?,
            _ => last.filter(d::id.eq_any(chunk)).load(db)?,
        };
        for ((device, event_type, evidence), (actor, key, operated_by)) in rows {
            found.insert(
                device,
                LastEvent {
                    event_type,
                    evidence,
                    actor,
                    key,
                    operated_by,
                },
            );
        }
    }
    Ok(found)
}

/// A page of a device's log, in order.
pub(crate) fn events_of(
    db: &mut Db,
    device: DeviceId,
    request: &PageRequest,
    after: Option<i32>,
) -> Result<Page<Link>> {
    let rows: Vec<EventRow> = e::table
        .filter(e::device_id.eq(device))
        .filter(e::seq.gt(after.unwrap_or(0)))
        .order(e::seq)
        .limit(request.fetch())
        .load(db)?;
    let links = rows.into_iter().map(Link::from).collect();
    Ok(Page::from_rows(links, request, |link: &Link| {
        link.line.seq.to_string()
    }))
}

/// A line of a device's log by its id, and whether a later one moved the device to another stage.
pub(crate) fn line(
    db: &mut Db,
    device: DeviceId,
    id: CustodyEventId,
) -> Result<Option<CorrectedLine>> {
    let found: Option<(i32, String, Stage, Stage, String)> = e::table
        .filter(e::device_id.eq(device))
        .filter(e::id.eq(id))
        .select((
            e::seq,
            e::event_type,
            e::from_stage,
            e::to_stage,
            e::evidence,
        ))
        .first(db)
        .optional()?;
    let Some((seq, event_type, from, to, evidence)) = found else {
        return Ok(None);
    };
    let moves: i64 = e::table
        .filter(e::device_id.eq(device))
        .filter(e::seq.gt(seq))
        .filter(e::from_stage.ne(e::to_stage))
        .count()
        .get_result(db)?;
    Ok(Some(CorrectedLine {
        event_type,
        from,
        to,
        evidence,
        moved_since: moves > 0,
    }))
}

/// The numbers of a device's lines, in order.
pub(crate) fn line_numbers(db: &mut Db, device: DeviceId) -> Result<Vec<i32>> {
    Ok(e::table
        .filter(e::device_id.eq(device))
        .order(e::seq)
        .select(e::seq)
        .load(db)?)
}

/// Whether a line can be read at all: an altered byte may leave no text, time or stage.
pub(crate) fn is_readable(db: &mut Db, device: DeviceId, seq: i32) -> bool {
    e::table.find((device, seq)).first::<EventRow>(db).is_ok()
}

/// The whole logs of the devices from one id to another, in order.
pub(crate) fn events_between(db: &mut Db, first: DeviceId, last: DeviceId) -> Result<Vec<Link>> {
    let rows: Vec<EventRow> = e::table
        .filter(e::device_id.ge(first))
        .filter(e::device_id.le(last))
        .order((e::device_id, e::seq))
        .load(db)?;
    Ok(rows.into_iter().map(Link::from).collect())
}
