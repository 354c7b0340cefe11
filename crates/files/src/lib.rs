#![doc = include_str!("../README.md")]

mod content;
mod name;
mod scan;
mod settings;
mod store;
mod text;

pub use content::{MediaType, recognize};
pub use name::name_for;
pub use scan::{Command, NoScanner, Scanned, Scanner};
pub use settings::FilesSettings;
pub use store::{FileStore, Kept, NotKept, sha256};
pub use text::decode;
