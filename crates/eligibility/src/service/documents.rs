//! Supporting documents: attached to an application, read by its association and staff.

use db::{Db, Result, Tx};
use files::MediaType;
use kernel::{Actor, ApplicationId, Code, DocumentId};

use crate::model::{ApplicationStatus, Document, NewDocument};
use crate::rules::Taken;
use crate::{Setup, rules, store};

/// What is accepted as a supporting document.
pub const DOCUMENT_TYPES: [MediaType; 6] = [
    MediaType::Pdf,
    MediaType::Png,
    MediaType::Jpeg,
    MediaType::Webp,
    MediaType::Odt,
    MediaType::Docx,
];
/// Bytes of a document at the most.
pub const LARGEST_DOCUMENT: usize = 10 << 20;

/// Whether the actor may attach so many documents to it at once: asked before a file is kept, and
/// again when each is attached.
///
/// # Errors
/// `not_found`, `application_step_not_allowed`, `document_not_accepted` when there are too many.
pub fn may_attach(
    db: &mut Db,
    actor: &Actor,
    setup: &Setup,
    id: ApplicationId,
    files: usize,
) -> Result<()> {
    let record = store::application(db, actor, id)?;
    rules::may_apply(record.association.status)?;
    if record.row.status == ApplicationStatus::Withdrawn {
        return Err(Code::ApplicationStepNotAllowed.into());
    }
    let association = &record.association;
    let before_last = i64::try_from(files.saturating_sub(1)).unwrap_or(i64::MAX);
    let with_others = |there: i64| there.saturating_add(before_last);
    let taken = Taken {
        kept: with_others(store::count_documents(db, id)?),
        uploads: with_others(store::uploads(db, id)?),
        of_association: with_others(store::uploads_of_association(
            db,
            record.row.association_id,
        )?),
    };
    Ok(rules::may_take_in(
        association.status,
        taken,
        setup.documents_most,
    )?)
}

/// Attaches a document that was kept. What staff asked for is resolved by it,
/// when it is of the kind that they named.
///
/// # Errors
/// `not_found`, `application_step_not_allowed`, `document_not_accepted`.
pub fn attach_document(
    tx: &mut Tx<'_>,
    actor: &Actor,
    setup: &Setup,
    id: ApplicationId,
    new: &NewDocument,
) -> Result<Document> {
    may_attach(tx, actor, setup, id, 1)?;
    let new = NewDocument {
        name: files::name_for(&new.name, new.media_type, "document"),
        ..new.clone()
    };
    store::note_upload(tx, id)?;
    let document = store::insert_document(tx, id, &new, actor.person)?;
    let mut record = store::application(tx, actor, id)?;
    if record.row.status == ApplicationStatus::ChangesRequested {
        let now = tx.now();
        let resolved = record.row.changes.as_mut().is_some_and(|changes| {
            rules::resolve_attached(changes, document.kind, actor.person, now)
        });
        if resolved {
            store::save_application(tx, &mut record.row, now)?;
        }
    }
    Ok(document)
}

/// The documents of an application, the oldest first.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn documents(db: &mut Db, actor: &Actor, id: ApplicationId) -> Result<Vec<Document>> {
    store::application(db, actor, id)?;
    store::documents(db, id)
}

/// One document.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn document(db: &mut Db, actor: &Actor, id: DocumentId) -> Result<Document> {
    store::document(db, actor, id)
}

/// Takes a document off while the application is with the association.
///
/// # Errors
/// `not_found`, `application_not_editable`.
pub fn remove_document(tx: &mut Tx<'_>, actor: &Actor, id: DocumentId) -> Result<()> {
    let document = store::document(tx, actor, id)?;
    let record = store::application(tx, actor, document.application_id)?;
    rules::may_edit(record.row.status)?;
    store::delete_document(tx, id)
}

/// Whether any document has this content: what a sweep of the folder asks.
///
/// # Errors
/// When the database fails.
pub fn content_used(db: &mut Db, sha256: &str) -> Result<bool> {
    store::content_used(db, sha256)
}
