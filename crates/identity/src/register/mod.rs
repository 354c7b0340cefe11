//! A local copy of the national register of associations (RNA): read from the open-data
//! file as it is published, asked when an association registers. No call leaves the program,
//! so no outage of a register keeps anybody out.

mod answer;
mod check;
mod entries;
mod waldec;

pub use answer::{RegisterAnswer, RegisterCheck};
pub(crate) use check::{filled_in, look_up};
pub use entries::{RegisterState, find, finish_load, put_entries, register_state};
pub use waldec::{Entry, EntryStatus, Flaw, Waldec};
