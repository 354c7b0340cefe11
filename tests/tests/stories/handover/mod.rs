//! From the appointment to what comes back.

mod appointments;
mod corrections;
mod returns;
mod terms;
