//! The pages, as people use them: without scripts.

mod access;
mod forms;
mod sessions;
