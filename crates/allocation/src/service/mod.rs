//! One function per use case: load, decide, write, tell.

mod approve;
mod awards;
mod cancel;
mod compare;
mod conventions;
mod dossier;
mod draft;
mod explanation;
mod ground;
mod mail;
mod passing;
mod pins;
mod propose;
mod read;
mod replace;
mod submit;
mod verify;
mod waiting;
mod workbench;

pub use approve::approve;
pub use awards::awards;
pub use cancel::{cancel, complete, hand_over_begins, release_lot};
pub use compare::compare;
pub use conventions::{may_receive, record_convention};
pub use dossier::{dossier, staff_decisions};
pub use draft::{change, create};
pub use explanation::{explanation, notice, published, published_version};
pub use passing::{give_on, passed_on, passed_on_lines, passes_on};
pub use pins::{pin, unpin};
pub use propose::{propose, simulate};
pub use read::{
    Lot, decided_waves, device_list, lines, lines_found, lot_devices, lots, overview, picking,
    results_of, view, wave, wave_name, waves, waves_to_approve,
};
pub use replace::{give_instead, not_given, pass_on, replace_device};
pub use submit::{reject, submit};
pub use waiting::waiting_list;
pub use workbench::{TRIALS, programme_of, since, stock, trial};

use std::collections::BTreeMap;

use db::{Db, Error, Result};
use kernel::{Actor, OrganisationId, Refusal, WaveId};

use crate::model::Wave;
use crate::plan::instance::Instance;
use crate::plan::{Answer, Award};
use crate::store;

/// A wave, for who may see every wave.
fn load(db: &mut Db, id: WaveId) -> Result<Wave> {
    store::wave(db, id)?.ok_or_else(|| Refusal::not_found().into())
}

/// The association of an actor who may only see its own lines.
fn association_of(actor: &Actor) -> Option<OrganisationId> {
    actor.limited_to()
}

/// The inputs of a plan, what it gives, and what it leaves of each kind.
type StoredPlan = (Instance, Vec<Award>, BTreeMap<String, u64>);

/// The plan of a wave as it was stored.
fn stored_plan(db: &mut Db, wave: &Wave) -> Result<Option<StoredPlan>> {
    let Some((instance, result)) = store::plan_documents(db, wave.id)? else {
        return Ok(None);
    };
    let broken = |what: String| Error::Inconsistent(format!("plan of wave {}: {what}", wave.id));
    let instance = Instance::read(&instance).map_err(|refused| broken(refused.to_string()))?;
    match serde_json::from_str(&result)? {
        Answer::Ok {
            lines,
            left_by_kind,
        } => Ok(Some((instance, lines, left_by_kind))),
        Answer::Error(refused) => Err(broken(refused.to_string())),
    }
}
pub use verify::verify_plans;
