//! `export` and `import` of everything, between the engines or from one place to another.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write, stdin, stdout};
use std::path::Path;

use db::Engine;

use crate::settings::Settings;

/// Writes everything to a file, or to standard output for `-`.
///
/// # Errors
/// A line for the operator.
pub fn export(settings: &Settings, file: &Path) -> Result<(), String> {
    let url = &settings.database.url;
    if Engine::of_url(url)? == Engine::Sqlite && !db::backup::place(url).exists() {
        return Err(format!("there is no database {url}"));
    }
    let rows = if file == Path::new("-") {
        let mut out = BufWriter::new(stdout().lock());
        db::export(url, &mut out, &mut progress)?
    } else {
        let at_fault = |cause: std::io::Error| format!("{}: {cause}", file.display());
        let mut out = BufWriter::new(File::create_new(file).map_err(at_fault)?);
        let exported = db::export(url, &mut out, &mut progress);
        if exported.is_err() {
            let _ = std::fs::remove_file(file);
        }
        out.flush()
            .and_then(|()| out.get_ref().sync_all())
            .map_err(at_fault)?;
        exported?
    };
    eprintln!("{rows} rows exported; {}", about_files(settings));
    Ok(())
}

/// Reads everything from a file, or from standard input for `-`, into a new database.
///
/// # Errors
/// A line for the operator.
pub fn import(settings: &Settings, file: &Path) -> Result<(), String> {
    let url = &settings.database.url;
    let at_fault = |cause: String| format!("{}: {cause}", file.display());
    let rows = if file == Path::new("-") {
        db::import(url, &mut BufReader::new(stdin()), &mut progress)
    } else {
        let opened = File::open(file).map_err(|cause| at_fault(cause.to_string()))?;
        db::import(url, &mut BufReader::new(opened), &mut progress)
    };
    let rows = rows.map_err(at_fault)?;
    eprintln!("{rows} rows imported; {}", about_files(settings));
    Ok(())
}

fn progress(table: &str, rows: u64) {
    eprintln!("{table}: {rows} rows so far");
}

fn about_files(settings: &Settings) -> String {
    format!(
        "the folder {} goes along by hand",
        settings.files.folder.display()
    )
}
