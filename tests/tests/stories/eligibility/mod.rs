//! Associations, applications, rubrics and scores: whole stories, one file a theme.

mod appeals;
mod applications;
mod documents;
mod follow_ups;
mod helpers;
mod programmes;
mod registers;
mod review;
mod scores;
mod strangers;
mod texts;
