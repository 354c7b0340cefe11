//! Rows of `session_cookies`.

use db::schema::{organisations as o, people as p, session_cookies as c, sessions as s};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Instant, Language, OrganisationId, PersonId, Role, SessionId};

/// A session that stands, found by its cookie, with what every page says of whose it is.
pub(crate) struct CookieRow {
    pub session: SessionId,
    pub person: PersonId,
    pub role: Role,
    pub organisation: OrganisationId,
    pub name: String,
    pub language: Language,
    pub organisation_name: String,
    pub began: Instant,
    pub expires_at: Instant,
}

pub(crate) fn insert_cookie(
    db: &mut Db,
    token_hash: &[u8],
    session: SessionId,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(c::table)
        .values((
            c::token_hash.eq(token_hash),
            c::session_id.eq(session),
            c::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

pub(crate) fn delete_cookie(db: &mut Db, token_hash: &[u8]) -> Result<()> {
    diesel::delete(c::table.find(token_hash)).execute(db)?;
    Ok(())
}

pub(crate) fn cookie_of(db: &mut Db, token_hash: &[u8], now: Instant) -> Result<Option<CookieRow>> {
    type Row = (
        (SessionId, Instant, Instant),
        (PersonId, Role, OrganisationId, String, Language),
        String,
    );
    let standing = c::table
        .inner_join(s::table.inner_join(p::table.inner_join(o::table)))
        .filter(c::token_hash.eq(token_hash))
        .filter(s::ended_at.is_null())
        .filter(s::expires_at.gt(now))
        .filter(p::disabled.eq(false))
        .select((
            (s::id, s::created_at, s::expires_at),
            (p::id, p::role, p::organisation_id, p::name, p::language),
            o::name,
        ));
    // asked by each page: on the engine's own connection, which is faster
    let row: Option<Row> = db::on!(db, c => standing.first(c).optional())?;
    Ok(row.map(
        |((session, began, expires_at), (person, role, organisation, name, language), of)| {
            CookieRow {
                session,
                person,
                role,
                organisation,
                name,
                language,
                organisation_name: of,
                began,
                expires_at,
            }
        },
    ))
}
