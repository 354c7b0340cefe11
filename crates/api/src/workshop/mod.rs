//! The workshop: devices and what happens to them, the count at the dock, accessories.

mod accessories;
mod bulk;
mod devices;
mod events;
mod hardware;
mod reception;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this area.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(devices::list)
        .service(devices::get)
        .service(events::list)
        .service(events::post)
        .service(bulk::post)
        .service(hardware::put)
        .service(accessories::get)
        .service(accessories::post)
        .service(reception::receive)
        .service(reception::close)
        .service(reception::reconciliation);
}
