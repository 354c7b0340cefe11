//! Rows of `invitations`, `sessions` and `refresh_tokens`.

use db::schema::{
    invitations, organisations as o, people as p, refresh_tokens, second_factors as f, sessions,
};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Code, Instant, InvitationId, OrganisationId, PersonId, Role, SessionId};

use crate::model::{Claimed, LinkPurpose, OpenSession, OrganisationStatus};

/// A token that was mailed, as it was found.
pub(crate) struct LinkRow {
    pub person: PersonId,
    pub email: String,
    pub name: String,
    pub organisation: String,
    pub expires_at: Instant,
    pub used: bool,
    /// The address to be, of a link that changes it.
    pub new_email: Option<String>,
    /// The session in which it was asked for.
    pub session: Option<SessionId>,
}

/// A token that is mailed.
#[derive(Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub(crate) struct NewLink<'a> {
    pub id: InvitationId,
    pub person_id: PersonId,
    pub purpose: LinkPurpose,
    pub token_hash: &'a [u8],
    pub created_at: Instant,
    pub expires_at: Instant,
    pub email: Option<&'a str>,
    pub session_id: Option<SessionId>,
}

pub(crate) fn insert_link(db: &mut Db, link: &NewLink<'_>) -> Result<()> {
    diesel::insert_into(invitations::table)
        .values(link)
        .execute(db)?;
    Ok(())
}

pub(crate) fn link(
    db: &mut Db,
    purpose: LinkPurpose,
    token_hash: &[u8],
) -> Result<Option<LinkRow>> {
    type Row = (
        (PersonId, String, String, String),
        (Instant, Option<Instant>),
        (Option<String>, Option<SessionId>),
    );
    let row: Option<Row> = invitations::table
        .inner_join(p::table.inner_join(o::table))
        .filter(invitations::token_hash.eq(token_hash))
        .filter(invitations::purpose.eq(purpose))
        .filter(p::disabled.eq(false))
        .select((
            (p::id, p::email, p::name, o::name),
            (invitations::expires_at, invitations::used_at),
            (invitations::email, invitations::session_id),
        ))
        .first(db)
        .optional()?;
    Ok(row.map(
        |((person, email, name, organisation), (expires_at, used_at), (new_email, session))| {
            LinkRow {
                person,
                email,
                name,
                organisation,
                expires_at,
                used: used_at.is_some(),
                new_email,
                session,
            }
        },
    ))
}

/// Uses up every link of somebody: the one at hand, and others that were mailed before.
pub(crate) fn use_links(db: &mut Db, person: PersonId, now: Instant) -> Result<()> {
    diesel::update(invitations::table.filter(invitations::person_id.eq(person)))
        .filter(invitations::used_at.is_null())
        .set(invitations::used_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Uses up the links of somebody that are for one thing.
pub(crate) fn use_links_for(
    db: &mut Db,
    person: PersonId,
    purpose: LinkPurpose,
    now: Instant,
) -> Result<()> {
    diesel::update(invitations::table.filter(invitations::person_id.eq(person)))
        .filter(invitations::purpose.eq(purpose))
        .filter(invitations::used_at.is_null())
        .set(invitations::used_at.eq(now))
        .execute(db)?;
    Ok(())
}

pub(crate) fn insert_session(
    db: &mut Db,
    session: SessionId,
    person: PersonId,
    network: Option<&str>,
    (now, expires_at): (Instant, Instant),
) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session),
            sessions::person_id.eq(person),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(expires_at),
            sessions::proven_at.eq(now),
            sessions::network.eq(network),
        ))
        .execute(db)?;
    diesel::update(p::table.find(person))
        .set(p::last_login_at.eq(now))
        .execute(db)?;
    Ok(())
}

pub(crate) fn insert_refresh_token(
    db: &mut Db,
    session: SessionId,
    token_hash: &[u8],
    now: Instant,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token_hash),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Of a refresh token: its session, and whether it was used.
pub(crate) fn refresh_token(db: &mut Db, token_hash: &[u8]) -> Result<Option<(SessionId, bool)>> {
    let row: Option<(SessionId, Option<Instant>)> = refresh_tokens::table
        .find(token_hash)
        .select((refresh_tokens::session_id, refresh_tokens::used_at))
        .first(db)
        .optional()?;
    Ok(row.map(|(session, used_at)| (session, used_at.is_some())))
}

pub(crate) fn use_refresh_token(db: &mut Db, token_hash: &[u8], now: Instant) -> Result<()> {
    let rows = diesel::update(refresh_tokens::table.find(token_hash))
        .filter(refresh_tokens::used_at.is_null())
        .set(refresh_tokens::used_at.eq(now))
        .execute(db)?;
    db::guard(rows, Code::SessionEnded)
}

pub(crate) fn extend_session(
    db: &mut Db,
    session: SessionId,
    expires_at: Instant,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(sessions::table.find(session))
        .filter(sessions::ended_at.is_null())
        .set((
            sessions::expires_at.eq(expires_at),
            sessions::last_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::SessionEnded)
}

/// When a session was opened.
pub(crate) fn session_began(db: &mut Db, session: SessionId) -> Result<Option<Instant>> {
    let found = sessions::table
        .find(session)
        .select(sessions::created_at)
        .first(db);
    Ok(found.optional()?)
}

/// When the person of a session last gave their password.
pub(crate) fn proven_at(db: &mut Db, session: SessionId) -> Result<Option<Instant>> {
    let found: Option<Option<Instant>> = sessions::table
        .find(session)
        .select(sessions::proven_at)
        .first(db)
        .optional()?;
    Ok(found.flatten())
}

/// Notes that they just did.
pub(crate) fn set_proven(db: &mut Db, session: SessionId, now: Instant) -> Result<()> {
    diesel::update(sessions::table.find(session))
        .set(sessions::proven_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// The sessions of somebody that stand, the newest first.
pub(crate) fn open_sessions(
    db: &mut Db,
    person: PersonId,
    current: Option<SessionId>,
    now: Instant,
) -> Result<Vec<OpenSession>> {
    type Row = (SessionId, Option<String>, Instant, Option<Instant>, Instant);
    let rows: Vec<Row> = sessions::table
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order(sessions::id.desc())
        .select((
            sessions::id,
            sessions::network,
            sessions::created_at,
            sessions::last_at,
            sessions::expires_at,
        ))
        .load(db)?;
    let open = |(id, network, created_at, last_at, expires_at)| OpenSession {
        id,
        current: current == Some(id),
        network,
        created_at,
        last_at,
        expires_at,
    };
    Ok(rows.into_iter().map(open).collect())
}

/// Whether a session is, or was, somebody's.
pub(crate) fn is_session_of(db: &mut Db, session: SessionId, person: PersonId) -> Result<bool> {
    super::exists(
        db,
        sessions::table
            .filter(sessions::id.eq(session))
            .filter(sessions::person_id.eq(person))
            .count(),
    )
}

pub(crate) fn end_session(
    db: &mut Db,
    session: SessionId,
    because: &str,
    now: Instant,
) -> Result<()> {
    diesel::update(sessions::table.find(session))
        .filter(sessions::ended_at.is_null())
        .set((
            sessions::ended_at.eq(now),
            sessions::ended_because.eq(because),
        ))
        .execute(db)?;
    Ok(())
}

/// A session that stands.
pub(crate) struct LiveSession {
    /// What it opens today, whatever its tokens say.
    pub claimed: Claimed,
    /// Of the organization.
    pub status: OrganisationStatus,
    /// Its person signs in with a code, too.
    pub second_factor: bool,
}

pub(crate) fn live_session(
    db: &mut Db,
    session: SessionId,
    now: Instant,
) -> Result<Option<LiveSession>> {
    type Row = (
        PersonId,
        Role,
        OrganisationId,
        OrganisationStatus,
        Option<Instant>,
    );
    let standing = sessions::table
        .inner_join(p::table.inner_join(o::table))
        .left_join(f::table.on(f::person_id.eq(sessions::person_id)))
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(p::disabled.eq(false))
        .select((
            p::id,
            p::role,
            p::organisation_id,
            o::status,
            f::confirmed_at.nullable(),
        ));
    // asked by each request: on the engine's own connection, which is faster
    let row: Option<Row> = db::on!(db, c => standing.first(c).optional())?;
    Ok(row.map(
        |(person, role, organisation, status, confirmed_at)| LiveSession {
            claimed: Claimed {
                person,
                role,
                organisation,
                session,
            },
            status,
            second_factor: confirmed_at.is_some(),
        },
    ))
}

/// Whether a person may sign in, and as whom.
pub(crate) fn signing_in(db: &mut Db, person: PersonId) -> Result<Option<(Role, OrganisationId)>> {
    Ok(p::table
        .find(person)
        .filter(p::disabled.eq(false))
        .select((p::role, p::organisation_id))
        .first(db)
        .optional()?)
}
