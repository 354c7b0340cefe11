//! The digital fragility index: reading the table that staff load, and finding a site in it.

mod area;
mod columns;
mod communes;
mod lookup;
mod table;

pub use area::area_check;
pub use communes::use_communes;
pub use lookup::{Found, Place, Site, locate};
pub use table::{Row, TableReport, read_table};
