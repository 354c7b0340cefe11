//! Handover: lots are delivered.

mod handovers;
mod steps;

use utoipa_actix_web::service_config::ServiceConfig;

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
