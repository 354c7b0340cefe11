//! From the appointment to what comes back.

mod appointments;
mod returns;
mod terms;
