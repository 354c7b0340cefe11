//! Handover: lots are delivered.

mod certificates;
mod handovers;
mod steps;

use db::Db;
use handover::HandoverView;
use kernel::{Actor, HandoverId};

use crate::Routes;
use crate::Versioned;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(handovers::list)
        .service(handovers::get)
        .service(handovers::note)
        .service(certificates::get)
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
