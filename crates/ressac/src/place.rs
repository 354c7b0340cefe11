//! Whether an SQLite database can be written to, told before anybody is served: SQLite itself
//! opens what it may only read, and each write would fail later.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use db::{Engine, backup};

/// The file, those that SQLite keeps beside it, and their folder can be written to, as far as
/// they are there. To be asked before this process opens the database: closing a file gives up
/// the locks that the process has on it.
///
/// # Errors
/// A line for the operator.
pub fn check(url: &str) -> Result<(), String> {
    if Engine::of_url(url) != Ok(Engine::Sqlite) {
        return Ok(());
    }
    let file = backup::place(url);
    for place in ["", "-wal", "-shm"].map(|end| beside(&file, end)) {
        if place.is_file() {
            let opened = OpenOptions::new().append(true).open(&place);
            opened.map_err(|cause| at_fault(&place, &cause))?;
        }
    }
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Ok(()); // it is made, or said to be none, when the database is opened
    }
    let trial = beside(&file, &format!("-{}.trial", std::process::id()));
    std::fs::write(&trial, b"")
        .and_then(|()| std::fs::remove_file(&trial))
        .map_err(|cause| at_fault(folder, &cause))
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn at_fault(place: &Path, cause: &io::Error) -> String {
    format!(
        "the database cannot be written to: {}: {cause}; give the user who runs this program \
         the right to write to the file, to those beside it (-wal, -shm) and to their folder; \
         see DATABASE_URL",
        place.display()
    )
}
