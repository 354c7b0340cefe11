//! What anyone may read, made once a change and kept for both doors: a visit costs a few rows,
//! however large the programme or the wave.

use std::sync::Arc;

use allocation::explain::Notice;
use impact::open_data::{self, Award, ProgrammeVersion};
use impact::{Counted, Figures, Given};
use kernel::{ProgrammeId, WaveId};

use crate::published::Once;
use crate::state::State;

/// What is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    given: Arc<Once<Arc<Given>>>,
    notices: Arc<Once<Arc<Notice>>>,
    awards: Arc<Once<Arc<Vec<Award>>>>,
}

impl State {
    /// What a programme did so far.
    ///
    /// # Errors
    /// `not_found`; `unavailable` when too many wait for what is not made yet.
    pub async fn figures(&self, id: ProgrammeId) -> db::Result<Figures> {
        let counted = self.database.read(move |db| impact::counted(db, id));
        let counted = counted.await?;
        self.figures_of(counted).await
    }

    /// The same from what was counted already.
    ///
    /// # Errors
    /// As [`State::figures`].
    pub async fn figures_of(&self, counted: Counted) -> db::Result<Figures> {
        let given = self.given(counted.programme_id, counted.given).await?;
        Ok(Figures::of(counted, (*given).clone()))
    }

    /// What the waves of a programme gave, in the version that [`impact::given_version`] names.
    ///
    /// # Errors
    /// As [`State::figures`].
    pub async fn given(&self, id: ProgrammeId, version: i64) -> db::Result<Arc<Given>> {
        let version = async { Ok((version.to_string(), ())) };
        let make = async move |()| {
            let given = self
                .database
                .read_long(None, move |db| impact::given(db, id));
            given.await.map(Arc::new)
        };
        self.kept.given.get(&id.to_string(), version, make).await
    }

    /// The awards of a programme.
    ///
    /// # Errors
    /// As [`State::figures`].
    pub async fn awards(&self, programme: &ProgrammeVersion) -> db::Result<Arc<Vec<Award>>> {
        let id = programme.id;
        let version = async { Ok((programme.awards.to_string(), ())) };
        let make = async move |()| {
            let awards = self
                .database
                .read_long(None, move |db| open_data::awards(db, id));
            awards.await.map(Arc::new)
        };
        self.kept.awards.get(&id.to_string(), version, make).await
    }

    /// The public notice on the algorithm of a wave.
    ///
    /// # Errors
    /// `not_found` for a wave without a plan; `unavailable` when too many wait for what is not
    /// made yet.
    pub async fn notice(&self, id: WaveId) -> db::Result<Arc<Notice>> {
        let version = async move {
            let version = self
                .database
                .read(move |db| allocation::published_version(db, id, false));
            Ok((version.await?, ()))
        };
        let make = async move |()| {
            let notice = self
                .database
                .read_long(None, move |db| allocation::notice(db, id));
            notice.await.map(Arc::new)
        };
        self.kept.notices.get(&id.to_string(), version, make).await
    }
}
