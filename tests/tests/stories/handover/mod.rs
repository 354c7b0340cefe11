//! From the appointment to what comes back.

mod any_order;
mod appointments;
mod corrections;
mod incidents;
mod loans;
mod passing;
mod returns;
mod slots;
mod terms;
