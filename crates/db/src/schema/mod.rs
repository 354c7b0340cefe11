//! The one view of the schema that both engines share.

mod allocation;
mod eligibility;
mod follow_ups;
mod handover;
mod identity;
mod intake;
mod notifications;
mod registers;
mod workshop;

pub use allocation::{wave_devices, wave_explanations, wave_lines, wave_pins, wave_supply, waves};
pub use eligibility::{applications, assessments, programmes, territories};
pub use follow_ups::{
    appeals, application_scores, documents, obligations, programme_rubrics, reminders,
};
pub use handover::handovers;
pub use identity::{
    api_keys, idempotency_keys, invitations, organisations, people, refresh_tokens, sessions,
};
pub use intake::{batches, counters, reception_answers, reception_links};
pub use notifications::outbox;
pub use registers::{register_loads, register_rna, registration_cases};
pub use workshop::{accessory_movements, accessory_stock, custody_events, devices, drives};

diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    people,
    invitations,
    sessions,
    refresh_tokens,
    api_keys,
    idempotency_keys,
    outbox,
    counters,
    batches,
    reception_answers,
    reception_links,
    devices,
    drives,
    custody_events,
    accessory_stock,
    accessory_movements,
    programmes,
    applications,
    assessments,
    territories,
    waves,
    wave_lines,
    wave_pins,
    wave_supply,
    wave_devices,
    wave_explanations,
    handovers,
    register_rna,
    register_loads,
    registration_cases,
    documents,
    appeals,
    obligations,
    reminders,
    programme_rubrics,
    application_scores,
);

diesel::joinable!(people -> organisations (organisation_id));
diesel::joinable!(batches -> organisations (donor_id));
diesel::joinable!(reception_answers -> batches (batch_id));
diesel::joinable!(reception_links -> batches (batch_id));
diesel::joinable!(devices -> batches (batch_id));
diesel::joinable!(drives -> devices (device_id));
diesel::joinable!(applications -> organisations (association_id));
diesel::joinable!(wave_lines -> organisations (association_id));
diesel::joinable!(wave_devices -> devices (device_id));
diesel::joinable!(handovers -> organisations (association_id));
diesel::joinable!(sessions -> people (person_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(invitations -> people (person_id));
diesel::joinable!(documents -> applications (application_id));
diesel::joinable!(appeals -> applications (application_id));
diesel::joinable!(wave_supply -> devices (device_id));
