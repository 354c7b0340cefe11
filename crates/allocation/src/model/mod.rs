//! The types of a wave: its settings, its states, what it gives.

mod convention;
mod settings;
mod submission;
mod trial;
mod views;
mod wave;

pub use convention::{Convention, NewConvention, Warning};
pub use settings::{
    Cap, CapInput, NewWave, PerKind, Picking, ReserveSmall, ReserveSmallInput, Residual, Settings,
    SettingsInput, Simulation, SimulationBody, SmallShare, SmallShareInput, Supply, WaveChange,
    Weight, WeightInput,
};
pub use submission::{
    Dossier, InterventionView, Moved, Moves, Returned, SinceView, SubmissionView,
};
pub use trial::{GroupSum, Left, Reserve, StockRow, StockView, Trial, TrialPlan};
pub use views::{
    ApplicationResult, Approval, Award, Comparison, DeviceFilter, Difference, LineFilter, LineView,
    LotDevice, PickingLot, ProposalView, Shift, Simulated, SimulatedPlan, Waiting, WaveFilter,
    WaveView,
};
pub use wave::{
    LineReason, Pin, PinInput, Rejection, Remark, Submission, Wave, WaveLine, WaveReason,
    WaveStatus,
};

use std::collections::BTreeMap;

use kernel::DeviceKind;

/// So many of each kind.
pub type Granted = BTreeMap<DeviceKind, u64>;
