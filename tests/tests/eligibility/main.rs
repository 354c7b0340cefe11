//! Associations, applications, rubrics and scores: whole stories, one file a theme.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod appeals;
mod applications;
mod documents;
mod follow_ups;
mod programmes;
mod registers;
mod review;
mod scores;
mod strangers;
mod texts;
