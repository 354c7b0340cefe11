//! Who: signing in, people, organizations, keys.

mod api_keys;
mod audit;
mod calendar;
mod email;
mod me;
mod operators;
mod organisations;
mod passwords;
mod people;
mod personal_data;
mod registrations;
mod saved_views;
mod second_factor;
mod sessions;
mod users;

use crate::Routes;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(sessions::login)
        .service(sessions::refresh)
        .service(sessions::logout)
        .service(sessions::list)
        .service(sessions::end)
        .service(sessions::end_others)
        .service(sessions::renew_proof)
        .service(operators::name_operator)
        .service(operators::make_badge)
        .service(operators::void_badge)
        .service(passwords::accept_invitation)
        .service(passwords::forgotten)
        .service(passwords::reset)
        .service(passwords::change)
        .service(email::ask)
        .service(email::confirm)
        .service(second_factor::begin)
        .service(second_factor::confirm)
        .service(second_factor::remove)
        .service(second_factor::remove_of)
        .service(me::me)
        .service(me::correct)
        .service(saved_views::list)
        .service(saved_views::save)
        .service(saved_views::remove)
        .service(calendar::make)
        .service(calendar::revoke)
        .service(personal_data::mine)
        .service(personal_data::of_person)
        .service(personal_data::erase)
        .service(users::invite)
        .service(users::list)
        .service(users::change)
        .service(users::sign_out)
        .service(registrations::register)
        .service(registrations::cases)
        .service(registrations::open)
        .service(registrations::settle)
        .service(people::list)
        .service(people::invite)
        .service(people::remove)
        .service(organisations::create)
        .service(organisations::list)
        .service(organisations::get)
        .service(organisations::verify)
        .service(organisations::suspend)
        .service(organisations::change)
        .service(organisations::changes)
        .service(api_keys::create)
        .service(api_keys::list)
        .service(api_keys::revoke)
        .service(audit::list);
}
