//! The one view of the schema that both engines share. What a column means is said once, in the
//! migration that made it.
#![allow(missing_docs)] // a column's name is all that could be said of it here

mod allocation;
mod cookies;
mod counts;
mod eligibility;
mod follow_ups;
mod handover;
mod identity;
mod intake;
mod notifications;
mod registers;
mod workshop;

pub use allocation::{
    conventions, wave_devices, wave_explanations, wave_hands, wave_lines, wave_pins,
    wave_submissions, wave_supply, waves,
};
pub use cookies::session_cookies;
pub use counts::device_counts;
pub use eligibility::{applications, assessments, programmes, territories};
pub use follow_ups::{
    appeals, application_messages, application_scores, document_uploads, documents, obligations,
    programme_rubrics, reminders,
};
pub use handover::{donor_news, handover_slots, handovers, incidents, loans};
pub use identity::{
    api_keys, audit_chains, audit_events, badges, calendar_links, chain_epochs, chain_heads,
    helped_associations, idempotency_keys, invitations, known_devices, organisation_changes,
    organisations, people, recovery_codes, refresh_tokens, saved_views, second_factors, sessions,
    sign_in_attempts,
};
pub use intake::{
    batch_trucks, batches, counters, follow_links, pending_lists, reception_answers,
    reception_links,
};
pub use notifications::{mail_keys, notification_choices, outbox, webhook_deliveries, webhooks};
pub use registers::{register_loads, register_rna, registration_cases};
pub use workshop::{
    accessory_movements, accessory_stock, custody_events, device_contradictions, device_files,
    devices, drives, part_movements, part_stock, repairs, transfer_lines, transfers, waste,
};

diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    people,
    helped_associations,
    invitations,
    sessions,
    refresh_tokens,
    session_cookies,
    api_keys,
    idempotency_keys,
    second_factors,
    recovery_codes,
    sign_in_attempts,
    known_devices,
    badges,
    calendar_links,
    saved_views,
    audit_chains,
    audit_events,
    chain_epochs,
    chain_heads,
    outbox,
    notification_choices,
    mail_keys,
    webhooks,
    webhook_deliveries,
    counters,
    batches,
    batch_trucks,
    reception_answers,
    reception_links,
    pending_lists,
    follow_links,
    devices,
    device_counts,
    document_uploads,
    drives,
    device_files,
    device_contradictions,
    custody_events,
    accessory_stock,
    accessory_movements,
    part_stock,
    part_movements,
    repairs,
    transfers,
    transfer_lines,
    waste,
    programmes,
    applications,
    assessments,
    territories,
    waves,
    wave_lines,
    wave_pins,
    wave_hands,
    wave_submissions,
    wave_supply,
    wave_devices,
    wave_explanations,
    conventions,
    handovers,
    handover_slots,
    loans,
    incidents,
    donor_news,
    register_rna,
    register_loads,
    registration_cases,
    documents,
    appeals,
    obligations,
    reminders,
    programme_rubrics,
    application_scores,
    application_messages,
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
diesel::joinable!(session_cookies -> sessions (session_id));
diesel::joinable!(invitations -> people (person_id));
diesel::joinable!(documents -> applications (application_id));
diesel::joinable!(appeals -> applications (application_id));
diesel::joinable!(wave_supply -> devices (device_id));
diesel::joinable!(webhooks -> organisations (organisation_id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    wave_lines::application_id,
    wave_lines::association_id,
    devices::workshop_id,
);
diesel::joinable!(application_messages -> applications (application_id));
diesel::joinable!(application_messages -> people (author_id));
diesel::joinable!(incidents -> handovers (handover_id));
diesel::joinable!(donor_news -> batches (batch_id));
