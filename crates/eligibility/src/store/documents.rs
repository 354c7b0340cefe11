//! Rows of `documents`.

use db::schema::{applications as a, document_uploads as u, documents as d};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use files::MediaType;
use kernel::{Actor, ApplicationId, Code, DocumentId, Instant, OrganisationId, PersonId, Refusal};

use crate::model::{Document, DocumentKind, NewDocument};

type Columns = (
    DocumentId,
    ApplicationId,
    DocumentKind,
    String,
    MediaType,
    i64,
    String,
    bool,
    PersonId,
    Instant,
);

macro_rules! columns {
    () => {
        (
            d::id,
            d::application_id,
            d::kind,
            d::name,
            d::media_type,
            d::size,
            d::sha256,
            d::scanned,
            d::uploaded_by,
            d::uploaded_at,
        )
    };
}

fn to_document(row: Columns) -> Document {
    let (
        id,
        application_id,
        kind,
        name,
        media_type,
        size,
        sha256,
        scanned,
        uploaded_by,
        uploaded_at,
    ) = row;
    Document {
        id,
        application_id,
        kind,
        name,
        media_type,
        size,
        sha256,
        scanned,
        uploaded_by,
        uploaded_at,
    }
}

/// Of one application, the oldest first.
pub(crate) fn documents(db: &mut Db, application: ApplicationId) -> Result<Vec<Document>> {
    let rows: Vec<Columns> = d::table
        .filter(d::application_id.eq(application))
        .order(d::id)
        .select(columns!())
        .load(db)?;
    Ok(rows.into_iter().map(to_document).collect())
}

/// One that the actor may read.
pub(crate) fn document(db: &mut Db, actor: &Actor, id: DocumentId) -> Result<Document> {
    let query = d::table
        .inner_join(a::table)
        .filter(d::id.eq(id))
        .select(columns!())
        .into_boxed();
    let row: Option<Columns> = seen_by!(query, actor).first(db).optional()?;
    row.map(to_document)
        .ok_or_else(|| Refusal::not_found().into())
}

/// How many documents an application has.
pub(crate) fn count_documents(db: &mut Db, application: ApplicationId) -> Result<i64> {
    let of = d::table.filter(d::application_id.eq(application));
    Ok(of.count().get_result(db)?)
}

/// How many files came for an application, also those that were removed.
pub(crate) fn uploads(db: &mut Db, application: ApplicationId) -> Result<i64> {
    let uploads: Option<i32> = u::table
        .find(application)
        .select(u::uploads)
        .first(db)
        .optional()?;
    Ok(uploads.map_or(0, i64::from))
}

/// The same of all applications of an association.
pub(crate) fn uploads_of_association(db: &mut Db, association: OrganisationId) -> Result<i64> {
    let uploads: Vec<i32> = u::table
        .inner_join(a::table.on(a::id.eq(u::application_id)))
        .filter(a::association_id.eq(association))
        .select(u::uploads)
        .load(db)?;
    Ok(uploads.into_iter().map(i64::from).sum())
}

/// Counts one more file.
pub(crate) fn note_upload(db: &mut Db, application: ApplicationId) -> Result<()> {
    let known = diesel::update(u::table.find(application))
        .set(u::uploads.eq(u::uploads + 1))
        .execute(db)?;
    if known == 0 {
        diesel::insert_into(u::table)
            .values((u::application_id.eq(application), u::uploads.eq(1)))
            .execute(db)?;
    }
    Ok(())
}

pub(crate) fn insert_document(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    new: &NewDocument,
    by: PersonId,
) -> Result<Document> {
    let document = Document {
        id: tx.new_id(),
        application_id: application,
        kind: new.kind,
        name: new.name.clone(),
        media_type: new.media_type,
        size: new.size,
        sha256: new.sha256.clone(),
        scanned: new.scanned,
        uploaded_by: by,
        uploaded_at: tx.now(),
    };
    diesel::insert_into(d::table)
        .values((
            d::id.eq(document.id),
            d::application_id.eq(document.application_id),
            d::kind.eq(document.kind),
            d::name.eq(&document.name),
            d::media_type.eq(document.media_type),
            d::size.eq(document.size),
            d::sha256.eq(&document.sha256),
            d::scanned.eq(document.scanned),
            d::uploaded_by.eq(document.uploaded_by),
            d::uploaded_at.eq(document.uploaded_at),
        ))
        .execute(&mut **tx)?;
    Ok(document)
}

pub(crate) fn delete_document(db: &mut Db, id: DocumentId) -> Result<()> {
    let rows = diesel::delete(d::table.find(id)).execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// Whether a row refers to this content.
pub(crate) fn content_used(db: &mut Db, sha256: &str) -> Result<bool> {
    let count: i64 = d::table
        .filter(d::sha256.eq(sha256))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}
