//! Programmes, applications, scores, the fragility index.

mod applications;
mod programmes;
mod review;
mod score;
mod territories;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(programmes::create)
        .service(programmes::list)
        .service(programmes::get)
        .service(programmes::rubric)
        .service(applications::create)
        .service(applications::update)
        .service(applications::list)
        .service(applications::get)
        .service(applications::submit)
        .service(applications::withdraw)
        .service(review::request_changes)
        .service(review::assess)
        .service(review::decide)
        .service(score::get)
        .service(territories::load);
}
