//! The types of a wave: its settings, its states, what it gives.

mod settings;
mod views;
mod wave;

pub use settings::{
    Cap, CapInput, NewWave, PerKind, ReserveSmall, ReserveSmallInput, Residual, Settings,
    SettingsInput, Simulation, SmallShare, SmallShareInput, Supply, Weight, WeightInput,
};
pub use views::{
    Approval, DeviceFilter, Difference, LineFilter, LineView, LotDevice, ProposalView, Simulated,
    WaveFilter, WaveView,
};
pub use wave::{LineReason, Pin, PinInput, Remark, Wave, WaveLine, WaveReason, WaveStatus};

use std::collections::BTreeMap;

use kernel::DeviceKind;

/// So many of each kind.
pub type Granted = BTreeMap<DeviceKind, u64>;
