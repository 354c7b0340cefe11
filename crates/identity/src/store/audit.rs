//! Rows of `audit_chains` and `audit_events`.

use data_encoding::HEXLOWER;
use db::schema::{audit_chains as c, audit_events as e, people as p};
use db::{Db, Error, Result};
use diesel::prelude::*;
use kernel::{
    ApiKeyId, AuditEventId, Id, Instant, Mark, OrganisationId, Page, PageRequest, PersonId,
};

use crate::audit::{AuditHead, AuditLine, AuditLink, Deed, Subject};
use crate::model::{AuditEvent, AuditFilter};

pub(crate) fn audit_head(db: &mut Db, subject: Id<Subject>) -> Result<Option<AuditHead>> {
    let row: Option<ChainRow> = c::table.find(subject).first(db).optional()?;
    Ok(row.map(to_head))
}

type ChainRow = (Id<Subject>, i32, Vec<u8>, Option<Vec<u8>>);

fn to_head((subject, seq, hash, seal): ChainRow) -> AuditHead {
    AuditHead {
        subject,
        seq,
        hash,
        seal,
    }
}

/// Seals a chain that was written before there were keys.
pub(crate) fn seal_chain(db: &mut Db, head: &AuditHead) -> Result<()> {
    diesel::update(c::table.find(head.subject).filter(c::seal.is_null()))
        .set(c::seal.eq(head.seal.as_deref()))
        .execute(db)?;
    Ok(())
}

/// Appends a line, and moves the head of its chain to it.
pub(crate) fn append(db: &mut Db, link: &AuditLink, head: &AuditHead) -> Result<()> {
    let AuditLink {
        line,
        prev_hash,
        hash,
        mark,
        epoch,
    } = link;
    let seal = head.seal.as_deref();
    let deed = &line.deed;
    if line.seq == 1 {
        diesel::insert_into(c::table)
            .values((
                c::subject_id.eq(deed.subject),
                c::seq.eq(1),
                c::head.eq(hash),
                c::seal.eq(seal),
            ))
            .execute(db)?;
    } else {
        let rows = diesel::update(c::table.find(deed.subject))
            .filter(c::seq.eq(line.seq - 1))
            .set((c::seq.eq(line.seq), c::head.eq(hash), c::seal.eq(seal)))
            .execute(db)?;
        if rows != 1 {
            return Err(Error::Inconsistent(format!("audit chain {}", deed.subject)));
        }
    }
    diesel::insert_into(e::table)
        .values((
            e::subject_id.eq(deed.subject),
            e::seq.eq(line.seq),
            e::id.eq(line.id),
            e::at.eq(line.at),
            e::action.eq(&deed.action),
            e::actor_id.eq(deed.actor),
            e::organisation_id.eq(deed.organisation),
            e::api_key_id.eq(deed.key),
            e::network.eq(deed.network.as_deref()),
            e::detail.eq(&deed.detail),
            e::prev_hash.eq(prev_hash),
            e::hash.eq(hash),
            e::chain_key.eq(mark.as_ref().map(|mark| mark.key.as_str())),
            e::mac.eq(mark.as_ref().map(|mark| mark.mac.as_slice())),
            e::epoch.eq(epoch),
        ))
        .execute(db)?;
    Ok(())
}

type Row = (
    (Id<Subject>, i32, AuditEventId, Instant, String),
    (
        Option<PersonId>,
        Option<OrganisationId>,
        Option<ApiKeyId>,
        Option<String>,
        String,
    ),
    (Vec<u8>, Vec<u8>, Option<String>, Option<Vec<u8>>, i64),
);

macro_rules! columns {
    () => {
        (
            (e::subject_id, e::seq, e::id, e::at, e::action),
            (
                e::actor_id,
                e::organisation_id,
                e::api_key_id,
                e::network,
                e::detail,
            ),
            (e::prev_hash, e::hash, e::chain_key, e::mac, e::epoch),
        )
    };
}

fn to_link((what, who, hashes): Row) -> AuditLink {
    let (subject, seq, id, at, action) = what;
    let (actor, organisation, key, network, detail) = who;
    let (prev_hash, hash, key_id, mac, epoch) = hashes;
    let mark = match (key_id, mac) {
        (None, None) => None,
        (key, mac) => Some(Mark {
            key: key.unwrap_or_default(),
            mac: mac.unwrap_or_default(),
        }),
    };
    let deed = Deed {
        action,
        subject,
        actor,
        organisation,
        key,
        network,
        detail,
    };
    AuditLink {
        line: AuditLine { deed, seq, id, at },
        prev_hash,
        hash,
        mark,
        epoch,
    }
}

/// The chains after one, by subject.
pub(crate) fn audit_heads(
    db: &mut Db,
    after: Option<Id<Subject>>,
    limit: i64,
) -> Result<Vec<AuditHead>> {
    let mut query = c::table.order(c::subject_id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(c::subject_id.gt(after));
    }
    let rows: Vec<ChainRow> = query.load(db)?;
    Ok(rows.into_iter().map(to_head).collect())
}

/// The lines of some chains, in their order.
pub(crate) fn audit_links(db: &mut Db, of: &[Id<Subject>]) -> Result<Vec<AuditLink>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = e::table
        .filter(e::subject_id.eq_any(of))
        .order((e::subject_id, e::seq))
        .select(columns!())
        .load(db)?;
    Ok(rows.into_iter().map(to_link).collect())
}

/// A page of events, the newest first, each with the name of who did it.
pub(crate) fn audit_events(
    db: &mut Db,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditEvent>> {
    let mut query = e::table
        .left_join(p::table.on(e::actor_id.eq(p::id.nullable())))
        .order(e::id.desc())
        .limit(page.fetch())
        .select((columns!(), p::name.nullable()))
        .into_boxed();
    if let Some(subject) = filter.subject {
        query = query.filter(e::subject_id.eq(subject));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(e::actor_id.eq(actor));
    }
    if let Some(after) = page.after::<AuditEventId>()? {
        query = query.filter(e::id.lt(after));
    }
    let rows: Vec<(Row, Option<String>)> = query.load(db)?;
    let events = rows
        .into_iter()
        .map(|(row, name)| to_event(to_link(row), name));
    Ok(Page::from_rows(
        events.collect(),
        page,
        |event: &AuditEvent| event.id.to_string(),
    ))
}

fn to_event(link: AuditLink, actor_name: Option<String>) -> AuditEvent {
    let AuditLine { deed, seq, id, at } = link.line;
    AuditEvent {
        id,
        subject_id: deed.subject,
        seq,
        at,
        action: deed.action,
        actor_id: deed.actor,
        actor_name,
        organisation_id: deed.organisation,
        api_key_id: deed.key,
        network: deed.network,
        detail: serde_json::from_str(&deed.detail).unwrap_or_default(),
        prev_hash: HEXLOWER.encode(&link.prev_hash),
        hash: HEXLOWER.encode(&link.hash),
    }
}
