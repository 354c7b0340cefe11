//! One function per use case: load, decide, write, tell.

mod approve;
mod cancel;
mod draft;
mod explanation;
mod ground;
mod mail;
mod pins;
mod propose;
mod read;
mod submit;

pub use approve::approve;
pub use cancel::{cancel, complete, hand_over_begins};
pub use draft::create;
pub use explanation::{explanation, notice, published};
pub use pins::{pin, unpin};
pub use propose::{propose, simulate};
pub use read::{Lot, decided_waves, device_list, lines, lot_devices, lots, view, wave, waves};
pub use submit::{reject, submit};

use db::{Db, Error, Result};
use kernel::{Refusal, WaveId};

use crate::model::Wave;
use crate::plan::instance::Instance;
use crate::plan::{Answer, Award};
use crate::store;

/// A wave, for who may see every wave.
fn load(db: &mut Db, id: WaveId) -> Result<Wave> {
    store::wave(db, id)?.ok_or_else(|| Refusal::not_found().into())
}

/// The plan of a wave as it was stored: its inputs and what they gave.
fn stored_plan(
    db: &mut Db,
    wave: &Wave,
) -> Result<
    Option<(
        Instance,
        Vec<Award>,
        std::collections::BTreeMap<String, u64>,
    )>,
> {
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
