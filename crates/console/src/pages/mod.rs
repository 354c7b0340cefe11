//! The pages: a file each, with what its template reads, its form and its handlers. Their
//! addresses stand in `routes.rs`.

pub(crate) mod account;
pub(crate) mod appeal_new;
pub(crate) mod application;
pub(crate) mod application_check;
pub(crate) mod application_documents;
pub(crate) mod application_new;
pub(crate) mod application_parts;
pub(crate) mod application_reply;
pub(crate) mod application_score;
pub(crate) mod application_section;
pub(crate) mod application_withdraw;
pub(crate) mod association_home;
pub(crate) mod city_home;
pub(crate) mod donor_home;
pub(crate) mod explanation;
pub(crate) mod follow_up;
pub(crate) mod forgotten;
pub(crate) mod home;
pub(crate) mod language;
pub(crate) mod lot;
pub(crate) mod password_link;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod styles;
pub(crate) mod unsubscribe;
pub(crate) mod workshop_home;
