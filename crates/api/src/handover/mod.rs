//! Handover: lots are delivered.

mod certificates;
mod corrections;
mod fates;
mod handovers;
mod incidents;
mod loans;
mod slots;
mod steps;

use crate::Routes;

/// Those outside of `/api/v1`.
pub(crate) fn open_routes(config: &mut Routes<'_, '_>) {
    config.service(certificates::verify);
}

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(handovers::list)
        .service(handovers::get)
        .service(handovers::note)
        .service(certificates::get)
        .service(fates::list)
        .service(fates::counts)
        .service(steps::schedule)
        .service(steps::complete)
        .service(steps::missed)
        .service(steps::release)
        .service(steps::pass_on)
        .service(steps::replace)
        .service(loans::extend)
        .service(loans::take_back)
        .service(slots::offer)
        .service(slots::list)
        .service(slots::withdraw)
        .service(slots::of_handover)
        .service(slots::choose)
        .service(corrections::collector)
        .service(corrections::allow)
        .service(corrections::correct)
        .service(incidents::report)
        .service(incidents::list)
        .service(incidents::get)
        .service(incidents::close);
}
