//! Messages between the city and an association about an application: kept with it, and mailed to
//! the other side.

use db::{Db, Result, Tx};
use kernel::{Actor, ApplicationId, Code, Fields};
use notifications::{Message, Recipient};

use super::application::tell_association;
use crate::model::{ApplicationStatus, CaseMessage, NewMessage};
use crate::store::{self, NewRow, Record};

/// Messages shown at the most, the newest of them.
const MOST: i64 = 200;

/// What was written about an application, the oldest first.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn messages(db: &mut Db, actor: &Actor, id: ApplicationId) -> Result<Vec<CaseMessage>> {
    store::application(db, actor, id)?;
    store::messages(db, id, MOST)
}

/// Writes to the other side: the association, or the city. What somebody of the staff has is mailed
/// to them, what nobody has to all of them.
///
/// # Errors
/// `not_found`, `invalid_fields`, `application_step_not_allowed` for a draft.
pub fn write_message(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    new: &NewMessage,
) -> Result<CaseMessage> {
    let record = store::application(tx, actor, id)?;
    let mut fields = Fields::default();
    fields.text("/message", &new.message, 4000);
    fields.check()?;
    // before it is sent, nobody of the city reads it
    if record.row.status == ApplicationStatus::Draft && !actor.is_city() {
        return Err(Code::ApplicationStepNotAllowed.into());
    }
    let author = identity::person(tx, actor.person)?.map(|it| it.name);
    let written = CaseMessage {
        id: tx.new_id(),
        author: author.unwrap_or_default(),
        of_city: actor.is_city(),
        text: new.message.trim().to_owned(),
        at: tx.now(),
    };
    let row = NewRow {
        application: id,
        author: actor.person,
        message: &written,
    };
    store::insert_message(tx, &row)?;
    tell(tx, &record, &written)?;
    Ok(written)
}

fn tell(tx: &mut Tx<'_>, record: &Record, written: &CaseMessage) -> Result<()> {
    let lines = written.text.lines().map(str::trim);
    let message = Message::ApplicationMessage {
        reference: record.row.reference.clone(),
        programme: record.programme.clone(),
        association: record.association.name.clone(),
        author: written.author.clone(),
        lines: lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        to_city: !written.of_city,
    };
    if written.of_city {
        return tell_association(tx, record, &message);
    }
    let staff = identity::staff_contacts(tx)?;
    let theirs: Vec<Recipient> = staff
        .iter()
        .filter(|it| it.person.is_some() && it.person == record.row.assigned_to)
        .cloned()
        .collect();
    let told = if theirs.is_empty() { staff } else { theirs };
    notifications::push_all(tx, &told, &message)
}
