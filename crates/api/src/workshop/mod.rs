//! The workshop: devices and what happens to them, the count at the dock, stock, shipments, waste.

mod acceptances;
mod accessories;
mod bulk;
mod corrections;
mod counts;
mod devices;
mod events;
mod evidence;
mod hardware;
mod labels;
mod parts;
mod photographs;
mod reception;
mod reports;
mod transfers;
mod waste;

use crate::Routes;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(labels::devices)
        .service(labels::test)
        .service(devices::list)
        .service(counts::by_stage) // before the device of an id
        .service(counts::templates)
        .service(devices::get)
        .service(events::list)
        .service(events::post)
        .service(corrections::post)
        .service(bulk::post)
        .service(hardware::put)
        .service(photographs::attach)
        .service(photographs::list)
        .service(photographs::get)
        .service(reports::attach)
        .service(reports::list)
        .service(reports::get)
        .service(acceptances::propose)
        .service(acceptances::confirm)
        .service(hardware::resolve)
        .service(hardware::captures)
        .service(hardware::raw_capture)
        .service(parts::repairs)
        .service(parts::list)
        .service(parts::post)
        .service(transfers::send)
        .service(transfers::list)
        .service(transfers::get)
        .service(transfers::devices)
        .service(transfers::receive)
        .service(transfers::cancel)
        .service(waste::list)
        .service(accessories::get)
        .service(accessories::post)
        .service(reception::receive)
        .service(reception::close)
        .service(reception::reconciliation);
}
