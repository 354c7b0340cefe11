//! Handover: lots are delivered.

mod handovers;
mod steps;

use db::Db;
use handover::HandoverView;
use kernel::{Actor, HandoverId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::Versioned;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(handovers::list)
        .service(handovers::get)
        .service(handovers::note)
        .service(steps::schedule)
        .service(steps::complete)
        .service(steps::missed)
        .service(steps::release)
        .service(steps::pass_on)
        .service(steps::replace);
}

impl Versioned for HandoverView {
    type Id = HandoverId;

    fn load(db: &mut Db, actor: &Actor, id: HandoverId) -> db::Result<Self> {
        handover::handover(db, actor, id)
    }

    fn version(&self) -> i32 {
        self.version
    }
}
