//! What the program tells people: the outbox for staff, how each person wants to hear of
//! things, how messages read, and webhooks.

mod outbox;
mod preferences;
mod templates;
mod unsubscribe_page;
mod webhooks;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use unsubscribe_page::routes as pages;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(templates::list)
        .service(templates::preview)
        .service(outbox::list)
        .service(outbox::get)
        .service(outbox::retry)
        .service(preferences::read)
        .service(preferences::write)
        .service(webhooks::create)
        .service(webhooks::list)
        .service(webhooks::get)
        .service(webhooks::delete)
        .service(webhooks::enable)
        .service(webhooks::deliveries);
}
