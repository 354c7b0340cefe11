//! Rows of `application_messages`.

use db::schema::{application_messages as m, people};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{ApplicationId, ApplicationMessageId, Instant, PersonId};

use crate::model::CaseMessage;

/// A message to be kept.
pub(crate) struct NewRow<'a> {
    pub application: ApplicationId,
    pub author: PersonId,
    pub message: &'a CaseMessage,
}

/// The newest of an application, the oldest of them first.
pub(crate) fn messages(
    db: &mut Db,
    application: ApplicationId,
    most: i64,
) -> Result<Vec<CaseMessage>> {
    type Row = (ApplicationMessageId, String, bool, String, Instant);
    let rows: Vec<Row> = m::table
        .inner_join(people::table)
        .filter(m::application_id.eq(application))
        .order(m::id.desc())
        .select((m::id, people::name, m::of_city, m::text, m::at))
        .limit(most)
        .load(db)?;
    let messages = rows
        .into_iter()
        .rev()
        .map(|(id, author, of_city, text, at)| CaseMessage {
            id,
            author,
            of_city,
            text,
            at,
        });
    Ok(messages.collect())
}

pub(crate) fn insert_message(db: &mut Db, row: &NewRow<'_>) -> Result<()> {
    let message = row.message;
    diesel::insert_into(m::table)
        .values((
            m::id.eq(message.id),
            m::application_id.eq(row.application),
            m::author_id.eq(row.author),
            m::of_city.eq(message.of_city),
            m::text.eq(&message.text),
            m::at.eq(message.at),
        ))
        .execute(db)?;
    Ok(())
}
