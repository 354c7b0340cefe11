//! What every transaction shares, on either engine.

use std::sync::{Arc, OnceLock};

use kernel::{ChainKeys, Clock};
use tokio::sync::Notify;

use crate::ids::IdSource;
use crate::pulse::Pulse;

/// The clock, the ids, the worker's bell.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: IdSource,
    pub(crate) wake: Notify,
    pub(crate) pulse: Pulse,
    pub(crate) chain_keys: OnceLock<ChainKeys>,
}

impl Shared {
    pub(crate) fn chain_keys(&self) -> &ChainKeys {
        self.chain_keys.get_or_init(ChainKeys::default)
    }
}
