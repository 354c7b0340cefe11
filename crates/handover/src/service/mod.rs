//! One function per use case: load, decide, write, tell.

mod corrections;
mod decisions;
mod reading;
mod steps;
mod waves;

use db::{Db, Result, Tx};
use kernel::{Actor, DeviceId, OrganisationId};
use notifications::Message;

pub(crate) use corrections::spare;
pub use corrections::{allow, name_collector, not_given};
pub use decisions::decide_application;
pub(crate) use reading::item;
pub(crate) use reading::view;
pub use reading::{appointments, appointments_on, handover, handover_named, handovers};
pub(crate) use steps::appoint;
pub use steps::{complete, missed, pass_on, release, replace, schedule};
pub(crate) use waves::planned;
pub use waves::{approve_wave, cancel_wave};

use crate::model::Handover;
use crate::rules::Expected;

pub(crate) fn lot_of(db: &mut Db, handover: &Handover) -> Result<Vec<allocation::LotDevice>> {
    let (application, workshop) = (handover.application_id, handover.workshop_id);
    allocation::lot_devices(db, handover.wave_id, application, workshop)
}

pub(crate) fn expected(lot: &[allocation::LotDevice]) -> Vec<Expected> {
    let one = |device: &allocation::LotDevice| Expected {
        id: device.device_id,
        tag: device.tag.clone(),
        serial: device.serial.clone(),
    };
    lot.iter().map(one).collect()
}

/// A device is on its way back; the workshop counts it in when it is there.
pub(crate) fn log_return(
    tx: &mut Tx<'_>,
    actor: &Actor,
    device: DeviceId,
    (reason, note): (String, Option<String>),
) -> Result<()> {
    let event = workshop::Incoming {
        event: workshop::Event::Returned { reason },
        at: None,
        note,
        client_id: None,
        operator: None,
        device: None,
    };
    let operators = workshop::Operators::new();
    workshop::record(tx, actor, device, &event, &operators).map(drop)
}

pub(crate) fn tell(
    tx: &mut Tx<'_>,
    organisation: Option<OrganisationId>,
    message: &Message,
) -> Result<()> {
    let Some(organisation) = organisation else {
        return Ok(());
    };
    let to = identity::contacts(tx, organisation)?;
    notifications::push_all(tx, &to, message)
}
