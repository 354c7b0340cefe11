//! What anyone may read, made when somebody asks for it first.

use std::sync::Arc;

use allocation::explain::Notice;
use handover::{CertificateCode, VerifiedCertificate};
use impact::open_data::{self, Award, ProgrammeVersion};
use impact::{Counted, Figures, Given, Year};
use kernel::{Instant, ProgrammeId, WaveId};

use crate::state::State;

/// For how long the summary of a year holds at the most, in microseconds: it goes through all lots
/// of the year and all applications of its programmes, and says when it was made.
const YEAR_HOLDS: i64 = 60_000_000;

/// For how long what is known of a certificate holds, in microseconds: to look again reads the
/// drives of its batch, and anybody may ask as often as they like.
const CERTIFICATE_HOLDS: i64 = 60_000_000;

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

    /// What is known of a certificate of erasure by its code; none when we did not print the code,
    /// which is known without the database, whether there is such a batch or not.
    ///
    /// # Errors
    /// `unavailable` when too many wait.
    pub async fn verify_certificate(&self, text: &str) -> db::Result<Option<VerifiedCertificate>> {
        let keys = self.database.chain_keys();
        let Some(code) = CertificateCode::read(&keys, text) else {
            return Ok(None);
        };
        let minute = self.database.now().micros() / CERTIFICATE_HOLDS;
        let version = async { Ok((minute.to_string(), ())) };
        let asked = code.clone();
        let make = async move |()| {
            let in_force = self
                .database
                .read_long(None, move |db| handover::certificate_in_force(db, &asked));
            in_force.await.map(Arc::new)
        };
        let kept = &self.kept.certificates;
        let in_force = kept.get(code.reference(), version, make).await?;
        let verified = handover::verified(&code, in_force.as_ref().as_ref());
        Ok(Some(verified))
    }

    /// What the year came to that begins and ends at the first and the last of these moments, and
    /// when that was summed up: in this minute, and since something was handed over last.
    ///
    /// # Errors
    /// `unavailable` when too many wait.
    pub async fn year(&self, quarters: [Instant; 5]) -> db::Result<Arc<(Year, Instant)>> {
        let now = self.database.now();
        let minute = now.micros() / YEAR_HOLDS;
        let version = async move {
            let changes = self.database.read(impact::year_version).await?;
            Ok((format!("{changes} {minute}"), ()))
        };
        let make = async move |()| {
            let year = self
                .database
                .read_long(None, move |db| impact::year(db, quarters));
            Ok(Arc::new((year.await?, now)))
        };
        let [from, ..] = quarters;
        self.kept.years.get(&from.to_string(), version, make).await
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
