//! From the appointment to what comes back.

mod appointments;
mod corrections;
mod incidents;
mod passing;
mod returns;
mod slots;
mod terms;
