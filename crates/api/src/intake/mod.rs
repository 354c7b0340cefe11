//! Donor intake: batches, their manifest, their pickup.

mod answers;
mod batches;
mod decisions;
mod manifest;
mod page;
mod pickup;
mod upload;

use db::Db;
use intake::Batch;
use kernel::{Actor, BatchId};

use crate::Routes;
use crate::Versioned;
pub(crate) use page::routes as pages;
pub(crate) use upload::ManifestLimit;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
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

impl Versioned for Batch {
    type Id = BatchId;

    fn load(db: &mut Db, actor: &Actor, id: BatchId) -> db::Result<Self> {
        intake::batch(db, actor, id)
    }

    fn version(&self) -> i32 {
        self.version
    }
}
