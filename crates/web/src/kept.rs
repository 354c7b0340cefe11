//! What anyone may read, made once a change and kept.

use std::sync::Arc;

use allocation::explain::Notice;
use handover::CertificateInForce;
use impact::open_data::Award;
use impact::{Given, Year};
use kernel::Instant;

use crate::published::Once;

/// For both doors: a visit costs a few rows, however large the programme or the wave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    pub(crate) given: Arc<Once<Arc<Given>>>,
    pub(crate) notices: Arc<Once<Arc<Notice>>>,
    pub(crate) awards: Arc<Once<Arc<Vec<Award>>>>,
    pub(crate) certificates: Arc<Once<Arc<Option<CertificateInForce>>>>,
    pub(crate) years: Arc<Once<Arc<(Year, Instant)>>>,
}
