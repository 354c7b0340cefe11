//! What is published for everybody and for machines: typed rows that the store loads, and pure
//! functions that write them as the national schemas want them.
//!
//! Nothing here goes through the database for each reader: a file is made once a change, and the
//! few kept numbers by which one knows of a change are those of [`versions`].

mod awards;
mod catalogue;
mod measures;
mod places;
mod publisher;
mod store;

pub use awards::{AWARD_COLUMNS, Award, Delivery, award_cells};
pub use catalogue::{DATASETS, Dataset, File, LICENSE, catalogue};
pub use measures::{MEASURE_COLUMNS, Measure, Words, measure_cells, measure_schema, measures};
pub use places::{PLACE_COLUMNS, Place, place_cells, services};
pub use publisher::Publisher;
pub use store::{ProgrammeVersion, awards, places, places_version, versions};
