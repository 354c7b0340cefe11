//! `backup` and `restore`: the database and the folder of files, in one archive.
//!
//! The database is copied first. Files are there before their row is and stay a day after it,
//! so the folder then has every file that the copy refers to.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use db::{Engine, SchemaState, backup as sqlite};
use files::FileStore;
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::settings::Settings;

/// The form of the archive.
const FORMAT: u32 = 1;
const LABEL: &str = "ressac.json";
const DATABASE: &str = "ressac.db";
const FILES: &str = "files/";

/// What the archive says of itself.
#[derive(Serialize, Deserialize)]
struct Label {
    ressac_backup: u32,
    program: String,
}

/// Writes the archive, while others go on.
///
/// # Errors
/// A line for the operator.
pub fn backup(settings: &Settings, file: &Path) -> Result<(), String> {
    only_sqlite(
        settings,
        "pg_dump --format=custom --file FILE \"$DATABASE_URL\"",
    )?;
    if file.exists() {
        return Err(format!("{} is there already", file.display()));
    }
    let place = database_file(settings);
    if !place.exists() {
        return Err(format!("there is no database {}", place.display()));
    }
    let (copy, draft) = (beside(file, "db"), beside(file, "part"));
    let made = sqlite::copy_sqlite(&settings.database.url, &copy)
        .map_err(text)
        .and_then(|()| write_archive(&draft, &copy, &settings.files.store()))
        .and_then(|files| {
            std::fs::rename(&draft, file).map_err(|cause| at(file, cause))?;
            Ok(files)
        });
    for left in [&copy, &draft] {
        let _ = std::fs::remove_file(left);
    }
    let size = file.metadata().map_or(0, |data| data.len());
    say!(
        "{}: the database and {} files, {} KiB",
        file.display(),
        made?,
        size.div_ceil(1024)
    )?;
    Ok(())
}

/// Puts a backup in the place of the database, and its files into their folder. Everything
/// that can be wrong is looked for before the database is touched; the files of a backup that
/// is then refused are removed a day later, as all that no row refers to.
///
/// # Errors
/// A line for the operator.
pub fn restore(settings: &Settings, file: &Path, force: bool) -> Result<(), String> {
    only_sqlite(
        settings,
        "pg_restore --clean --if-exists --dbname \"$DATABASE_URL\" FILE",
    )?;
    let place = database_file(settings);
    if place.exists() && !force {
        return Err(format!(
            "{} is there already: `--force` replaces it",
            place.display()
        ));
    }
    let mut archive = open_archive(file)?;
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| at(folder, cause))?;
    }
    let draft = beside(&place, "restored");
    let restored = extract(&mut archive, DATABASE, &draft)
        .and_then(|()| examine(file, &draft))
        .and_then(|()| put_files(&mut archive, &settings.files.store()))
        .and_then(|files| {
            sqlite::replace_sqlite(&settings.database.url, &draft)
                .map_err(|cause| format!("{cause}: stop what uses the database first"))?;
            Ok(files)
        });
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", draft.display()));
    }
    say!("{} and {} files are back", place.display(), restored?)?;
    set_heads_aside(settings)?;
    say!("`ressac check` looks through all of it")?;
    Ok(())
}

/// Heads that were made since the backup are of another course of events: they are kept, under
/// another name.
fn set_heads_aside(settings: &Settings) -> Result<(), String> {
    let heads = &settings.chain.heads_file;
    if !heads.exists() {
        return Ok(());
    }
    let free = (1..).map(|n| heads.with_extension(format!("before-restore-{n}.jsonl")));
    let Some(aside) = free.into_iter().find(|name| !name.exists()) else {
        return Ok(());
    };
    std::fs::rename(heads, &aside).map_err(|cause| at(heads, cause))?;
    say!(
        "the heads of {} are in {} now: those made since the backup are not in the database",
        heads.display(),
        aside.display()
    )
}

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

fn at(path: &Path, cause: impl std::fmt::Display) -> String {
    format!("{}: {cause}", path.display())
}

fn only_sqlite(settings: &Settings, instead: &str) -> Result<(), String> {
    match Engine::of_url(&settings.database.url)? {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => Err(format!(
            "PostgreSQL has a tool for this: {instead} (and copy the folder {} as well)",
            settings.files.folder.display()
        )),
    }
}

fn database_file(settings: &Settings) -> PathBuf {
    sqlite::place(&settings.database.url)
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.{suffix}", std::process::id()));
    name.into()
}

fn write_archive(draft: &Path, copy: &Path, store: &FileStore) -> Result<usize, String> {
    let mut archive = ZipWriter::new(File::create(draft).map_err(|cause| at(draft, cause))?);
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true);
    let label = Label {
        ressac_backup: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    archive.start_file(LABEL, packed).map_err(text)?;
    serde_json::to_writer(&mut archive, &label).map_err(text)?;
    archive.start_file(DATABASE, packed).map_err(text)?;
    append(&mut archive, copy)?;
    // documents and pictures are packed already
    let plain = packed.compression_method(CompressionMethod::Stored);
    let names = store.names()?;
    for name in &names {
        archive
            .start_file(format!("{FILES}{name}"), plain)
            .map_err(text)?;
        append(&mut archive, &store.place(name))?;
    }
    let written = archive.finish().map_err(text)?;
    written.sync_all().map_err(|cause| at(draft, cause))?;
    Ok(names.len())
}

fn append(archive: &mut ZipWriter<File>, from: &Path) -> Result<(), String> {
    let mut from_file = File::open(from).map_err(|cause| at(from, cause))?;
    io::copy(&mut from_file, archive).map_err(|cause| at(from, cause))?;
    Ok(())
}

fn open_archive(file: &Path) -> Result<ZipArchive<File>, String> {
    let opened = File::open(file).map_err(|cause| at(file, cause))?;
    let no_backup = |cause: String| at(file, format!("this is no backup: {cause}"));
    let mut archive = ZipArchive::new(opened).map_err(|cause| no_backup(text(cause)))?;
    let label = archive
        .by_name(LABEL)
        .map_err(|cause| no_backup(text(cause)))?;
    let label: Label = serde_json::from_reader(label).map_err(|cause| no_backup(text(cause)))?;
    match label.ressac_backup {
        FORMAT => Ok(archive),
        other => Err(no_backup(format!("format {other} is not known here"))),
    }
}

/// Writes an entry to a file; the archive's checksum is compared on the way.
fn extract(archive: &mut ZipArchive<File>, name: &str, to: &Path) -> Result<(), String> {
    let mut entry = archive.by_name(name).map_err(text)?;
    let mut written = File::create(to).map_err(|cause| at(to, cause))?;
    io::copy(&mut entry, &mut written).map_err(|cause| at(to, cause))?;
    written.sync_all().map_err(|cause| at(to, cause))
}

fn examine(file: &Path, draft: &Path) -> Result<(), String> {
    let (state, damage) = sqlite::examine_sqlite(draft).map_err(|cause| at(file, cause))?;
    if let Some(first) = damage.first() {
        return Err(at(file, format!("its database is damaged: {first}")));
    }
    match state {
        SchemaState::Newer => Err(at(file, "it is of a newer version of this program")),
        SchemaState::Current | SchemaState::Older => Ok(()),
    }
}

/// Puts files into their folder, each under the name that its content has. Those that are
/// there stay.
fn put_files(archive: &mut ZipArchive<File>, store: &FileStore) -> Result<usize, String> {
    let names: BTreeSet<String> = archive
        .file_names()
        .filter_map(|name| Some(name.ok()?.strip_prefix(FILES)?.to_owned()))
        .collect();
    for name in &names {
        let mut bytes = Vec::new();
        archive
            .by_name(&format!("{FILES}{name}"))
            .map_err(text)?
            .read_to_end(&mut bytes)
            .map_err(text)?;
        if files::sha256(&bytes) != *name {
            return Err(format!("the file {name} of the backup is damaged"));
        }
        let place = store.place(name);
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent).map_err(|cause| at(parent, cause))?;
        }
        let draft = beside(&place, "restored");
        std::fs::write(&draft, bytes)
            .and_then(|()| std::fs::rename(&draft, &place))
            .map_err(|cause| at(&place, cause))?;
    }
    Ok(names.len())
}
