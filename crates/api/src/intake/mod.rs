//! Donor intake: batches, their manifest, their pickup.

mod answers;
mod batches;
mod decisions;
mod follow;
mod manifest;
mod pickup;
mod trucks;
mod upload;

use crate::Routes;

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
        .service(pickup::change)
        .service(pickup::accept)
        .service(pickup::ask_to_move)
        .service(trucks::list)
        .service(trucks::send)
        .service(trucks::load)
        .service(trucks::call_off)
        .service(follow::make)
        .service(follow::revoke)
        .service(answers::restrict)
        .service(answers::confirm)
        .service(answers::contest);
}
