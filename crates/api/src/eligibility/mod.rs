//! Programmes, applications, scores, the fragility index.

mod appeals;
mod applications;
mod documents;
mod lists;
mod messages;
mod obligations;
mod programmes;
mod ranking;
mod review;
mod rubrics;
mod score;
mod territories;

use crate::Routes;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(programmes::create)
        .service(programmes::list)
        .service(programmes::get)
        .service(programmes::change)
        .service(programmes::rubric)
        .service(applications::create)
        .service(applications::update)
        .service(applications::list)
        .service(applications::get)
        .service(applications::submit)
        .service(applications::withdraw)
        .service(applications::resolve)
        .service(applications::ask_otherwise)
        .service(messages::list)
        .service(messages::write)
        .service(documents::attach)
        .service(documents::list)
        .service(documents::get)
        .service(documents::remove)
        .service(appeals::file)
        .service(appeals::list)
        .service(appeals::get)
        .service(appeals::decide)
        .service(obligations::note)
        .service(obligations::list)
        .service(obligations::all)
        .service(obligations::report)
        .service(obligations::meet)
        .service(lists::get)
        .service(ranking::get)
        .service(rubrics::compare)
        .service(rubrics::change)
        .service(review::request_changes)
        .service(review::assess)
        .service(review::decide)
        .service(review::assign)
        .service(review::share_out)
        .service(review::transfer)
        .service(score::get)
        .service(territories::load);
}
