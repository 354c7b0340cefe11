//! Who: signing in, people, organizations, keys.

mod api_keys;
mod invitation_page;
mod me;
mod organisations;
mod people;
mod registrations;
mod sessions;
mod throttle;
mod users;

pub(crate) use invitation_page::routes as pages;
pub(crate) use throttle::Throttle;
use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(sessions::login)
        .service(sessions::refresh)
        .service(sessions::logout)
        .service(sessions::accept_invitation)
        .service(me::me)
        .service(users::invite)
        .service(registrations::register)
        .service(registrations::cases)
        .service(registrations::settle)
        .service(people::list)
        .service(people::invite)
        .service(people::remove)
        .service(organisations::create)
        .service(organisations::list)
        .service(organisations::get)
        .service(organisations::verify)
        .service(organisations::suspend)
        .service(api_keys::create);
}
