//! What the program tells people: the outbox for staff, how each person wants to hear of
//! things, how messages read, and webhooks.

mod outbox;
mod preferences;
mod templates;
mod webhooks;

use crate::Routes;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(templates::list)
        .service(templates::preview)
        .service(outbox::list)
        .service(outbox::test)
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
