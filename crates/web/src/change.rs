//! The one shape of a change to a single resource: compare the version that the client
//! expects with the one that is there, act, answer with what it is now. All of it in one
//! transaction.

use allocation::WaveView;
use db::{Db, Tx};
use eligibility::{Appeal, Application};
use handover::{HandoverView, Incident};
use intake::Batch;
use kernel::{
    Actor, AppealId, ApplicationId, BatchId, DeviceId, HandoverId, IncidentId, TransferId, WaveId,
};
use serde::Serialize;
use workshop::{DeviceView, TransferView};

use crate::access::{Allowed, Permission};
use crate::extract::IfMatch;
use crate::problem::ApiResult;
use crate::{Answer, State};

/// A resource that carries its version.
pub trait Versioned: Serialize + Sized {
    /// What names one.
    type Id: Copy + Send + 'static;

    /// The resource, as far as the actor may see it.
    ///
    /// # Errors
    /// `not_found`.
    fn load(db: &mut Db, actor: &Actor, id: Self::Id) -> db::Result<Self>;

    /// One more with each change.
    fn version(&self) -> i32;

    /// 200 with the resource, its version as `ETag`.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    fn answer(&self) -> db::Result<Answer> {
        Ok(Answer::ok(self)?.version(self.version()))
    }
}

impl State {
    /// Changes one resource for the actor by `act`, unless somebody else did since the
    /// client looked.
    ///
    /// # Errors
    /// `stale_version`; what `act` refuses; as [`State::write`].
    pub async fn change<R, P, F>(
        &self,
        who: &Allowed<P>,
        id: R::Id,
        if_match: IfMatch,
        act: F,
    ) -> ApiResult<Answer>
    where
        R: Versioned,
        P: Permission,
        F: Fn(&mut Tx<'_>, &Actor, R::Id) -> db::Result<R> + Send + 'static,
    {
        self.write(who, move |tx, actor| {
            if_match.of::<R>(tx, actor, id)?;
            act(tx, actor, id)?.answer()
        })
        .await
    }
}

impl IfMatch {
    /// Compares the version that the client expects, if it says one, with the one that is
    /// there.
    ///
    /// # Errors
    /// `stale_version`, `not_found`.
    pub fn of<R: Versioned>(self, db: &mut Db, actor: &Actor, id: R::Id) -> db::Result<()> {
        if self.expects_nothing() {
            return Ok(());
        }
        let version = R::load(db, actor, id)?.version();
        Ok(self.check(version)?)
    }
}

/// A resource, the id that names it, and the function that loads it.
macro_rules! versioned {
    ($($resource:ty, $id:ty, $load:path;)*) => {$(
        impl Versioned for $resource {
            type Id = $id;

            fn load(db: &mut Db, actor: &Actor, id: $id) -> db::Result<Self> {
                $load(db, actor, id)
            }

            fn version(&self) -> i32 {
                self.version
            }
        }
    )*};
}

versioned! {
    Batch, BatchId, intake::batch;
    DeviceView, DeviceId, workshop::device;
    TransferView, TransferId, workshop::transfer;
    Application, ApplicationId, eligibility::application;
    WaveView, WaveId, allocation::overview;
    Appeal, AppealId, eligibility::appeal;
    HandoverView, HandoverId, handover::handover;
    Incident, IncidentId, handover::incident;
}
