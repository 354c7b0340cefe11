//! One function per use case: load, decide, write, tell.

mod application;
mod draft;
mod programme;
mod review;
mod score;
mod territory;

pub use application::{application, applications, submit, withdraw};
pub use draft::{create_application, update_application};
pub use programme::{create_programme, programme, programmes};
pub use review::{assess, decide, request_changes};
pub use score::{candidates, recompute, score};
pub use territory::{TerritoryReport, load_territories};
