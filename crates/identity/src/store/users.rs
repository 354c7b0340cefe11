//! Rows of `people`, as the administrator sees and changes them.

use std::collections::HashSet;

use db::schema::{people as p, second_factors as f};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Code, Instant, OrganisationId, PersonId, Role};

use crate::model::User;

type Row = (
    (PersonId, OrganisationId, String, String, Role),
    (bool, bool, Option<Instant>, i32),
);

/// Everyone of an organization, or one of them, by name.
pub(crate) fn users(
    db: &mut Db,
    organisation: OrganisationId,
    only: Option<PersonId>,
) -> Result<Vec<User>> {
    let mut query = p::table
        .filter(p::organisation_id.eq(organisation))
        .order((p::name, p::id))
        .select((
            (p::id, p::organisation_id, p::name, p::email, p::role),
            (
                p::password_hash.is_not_null(),
                p::disabled,
                p::last_login_at,
                p::version,
            ),
        ))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(p::id.eq(only));
    }
    let rows: Vec<Row> = query.load(db)?;
    let ids: Vec<PersonId> = rows.iter().map(|(who, _)| who.0).collect();
    let with_code: HashSet<PersonId> = f::table
        .filter(f::person_id.eq_any(ids))
        .filter(f::confirmed_at.is_not_null())
        .select(f::person_id)
        .load::<PersonId>(db)?
        .into_iter()
        .collect();
    let users = rows.into_iter().map(|(who, account)| {
        let (id, organisation_id, name, email, role) = who;
        let (signed_up, disabled, last_login_at, version) = account;
        User {
            id,
            organisation_id,
            name,
            email,
            role,
            signed_up,
            disabled,
            second_factor: with_code.contains(&id),
            last_login_at,
            version,
        }
    });
    Ok(users.collect())
}

/// Gives somebody another role.
pub(crate) fn set_role(db: &mut Db, person: PersonId, role: Role, now: Instant) -> Result<()> {
    let rows = diesel::update(p::table.find(person))
        .set((
            p::role.eq(role),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// Lets somebody sign in again.
pub(crate) fn enable(db: &mut Db, person: PersonId, now: Instant) -> Result<()> {
    let rows = diesel::update(p::table.find(person))
        .filter(p::disabled.eq(true))
        .set((
            p::disabled.eq(false),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}
