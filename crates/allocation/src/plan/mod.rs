//! The allocation policy as a pure function: an instance goes in, a plan comes
//! out, the same bytes on every machine. No database, no clock, no chance.
//!
//! The rule in two sentences, as an applicant reads it: *"Applications are called
//! in the public order of their points; each receives its minimum lot if the stock
//! still allows when its turn comes. The remaining devices then go one at a time to
//! the association furthest below its share per point, up to what it asked."*
//!
//! | module | what it holds |
//! |---|---|
//! | [`instance`] | the file `alloc-wave/1` |
//! | [`reading`] | reads it, and says where a mistake is |
//! | [`validate`] | what makes an instance malformed or contradictory |
//! | [`answer`] | the result, and the refusals with their codes |
//! | [`order`] | the public order and the level at which a tie was broken |
//! | [`key`] | the exact keys `(2t − 1) / w` |
//! | [`planner`] | pins, phase A (lots), phase B (growth), with a trace |
//! | [`trace`] | why each line has what it has, for the explanation |
//! | [`check`] | the certificate: every broken invariant, without the planner |
//! | [`counterfactual`] | what would have changed a result, verified by planning again |
//! | [`digest`] | one name for one set of inputs, whatever their order in the file |
//! | [`replay`] | text in, text out: `ressac plan` |
//!
//! Quantities are devices, scores hundredths of a point, fragility the unit of the
//! published index; all are whole numbers and no decision uses floating point.

pub mod answer;
pub mod check;
pub mod counterfactual;
pub mod digest;
mod grounds;
mod growth;
pub mod instance;
pub mod key;
pub mod order;
pub mod planner;
mod pool;
mod reading;
pub mod replay;
mod room;
pub mod trace;
pub mod validate;

pub use answer::{Answer, Award, Code, Refused};
pub use check::check_plan;
pub use digest::digest;
pub use instance::Instance;
pub use planner::{Plan, plan};
