#![doc = include_str!("../README.md")]

mod certificate;
mod donors;
mod fates;
pub mod incidents;
pub mod loans;
pub mod model;
mod note;
mod paper;
mod progress;
mod retention;
pub mod rules;
mod service;
pub mod slots;
mod store;

pub use certificate::{
    CertificateCode, CertificateInForce, CertificateStatus, CertificateSummary, Unproven,
    VerifiedCertificate, Verifying, certificate, certificate_in_force, verified,
};
pub use donors::{News, tell_donors};
pub use fates::{
    DeviceFate, Fate, FateCounts, FateFilter, Place, PlaceCount, counts_of, fate_counts, fates,
};
pub use incidents::{
    Incident, IncidentClosing, IncidentFilter, IncidentKind, IncidentOutcome, IncidentStatus,
    NewIncident, close_incident, incident, incidents_waiting, report, reportable,
};
pub use loans::{Extension, Loan, LoanFilter, Return, extend_loan, lent, remind_loans, return_lot};
pub use model::*;
pub use note::note;
pub use retention::retention;
pub use service::{
    allow, appointments, appointments_on, approve_wave, cancel_wave, complete, decide_application,
    handover, handover_named, handovers, missed, name_collector, not_given, pass_on, release,
    replace, schedule,
};
pub use slots::{
    HandoverSlot, SlotChoice, SlotFilter, SlotSeries, choose_slot, offer, slots_for, withdraw_slot,
};
