#![doc = include_str!("../README.md")]

mod address;
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
mod samples;
mod saved;
mod session;
mod shown_once;
mod sign_in_first;
mod templates;
mod theme;

pub use door::{ConsoleSettings, Door};
pub use routes::TABLE;
pub use routing::Row;

pub(crate) use form::{Form, FormView};
pub(crate) use page::{Page, PageResult, View, Visit};
pub(crate) use samples::Sample;
pub(crate) use saved::Saved;
