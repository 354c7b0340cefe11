#![doc = include_str!("../README.md")]

mod address;
mod admission;
mod assets;
mod cookies;
mod door;
mod errors;
mod fields;
mod form;
mod frame;
mod guard;
mod language;
mod moments;
mod multipart;
mod nav;
mod page;
mod pages;
mod qr;
mod routes;
mod routing;
mod sample;
mod samples;
mod saved;
mod session;
mod shared;
mod shown_once;
mod sign_in_first;
mod templates;
mod theme;
mod visit;

pub use door::Door;
pub use routes::TABLE;
pub use routing::Row;
pub use shared::ConsoleSettings;

pub(crate) use form::{Form, FormView};
pub(crate) use page::{Page, PageResult, View};
pub(crate) use sample::Sample;
pub(crate) use saved::Saved;
pub(crate) use visit::Visit;
