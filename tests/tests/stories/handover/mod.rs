//! From the appointment to what comes back.

mod appointments;
mod corrections;
mod incidents;
mod returns;
mod terms;
