//! The outbox, for staff: what was written to whom, and whether it arrived.

mod outbox;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(outbox::list).service(outbox::retry);
}
