//! Donor intake: batches, their manifest, their pickup.

mod answers;
mod batches;
mod decisions;
mod manifest;
mod page;
mod pickup;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use page::routes as pages;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(batches::create)
        .service(batches::list)
        .service(batches::get)
        .service(manifest::put)
        .service(decisions::submit)
        .service(decisions::accept)
        .service(decisions::refuse)
        .service(decisions::cancel)
        .service(pickup::schedule)
        .service(pickup::collect)
        .service(answers::restrict)
        .service(answers::confirm)
        .service(answers::contest);
}

/// The batch after a change, with its version as `ETag`.
fn changed(batch: &intake::Batch) -> db::Result<crate::Answer> {
    Ok(crate::Answer::ok(batch)?.version(batch.version))
}

/// Compares the version that the client expects with the one that is there.
fn check_version(
    db: &mut db::Db,
    actor: &kernel::Actor,
    id: kernel::BatchId,
    if_match: crate::IfMatch,
) -> db::Result<()> {
    let batch = intake::batch(db, actor, id)?;
    Ok(if_match.check(batch.version)?)
}
