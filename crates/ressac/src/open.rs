//! Opens the database that the settings name.

use std::sync::Arc;

use db::{Database, DatabaseSettings};
use kernel::SystemClock;

use crate::chain;
use crate::place;
use crate::settings::Settings;

/// Opens the database; migrations that are missing are applied.
///
/// # Errors
/// A line for the operator.
pub fn open(settings: &Settings) -> Result<Arc<Database>, String> {
    open_with(settings, settings.database())
}

/// The same to serve requests, which may not take long.
///
/// # Errors
/// A line for the operator.
pub fn open_to_serve(settings: &Settings) -> Result<Arc<Database>, String> {
    place::check(&settings.database.url)?;
    open_with(settings, settings.serving_database())
}

/// The same as it is, whatever its schema.
///
/// # Errors
/// A line for the operator.
pub fn open_unmigrated(settings: &Settings) -> Result<Database, String> {
    let database = Database::open_unmigrated(settings.database(), Arc::new(SystemClock))
        .map_err(|cause| cause.to_string())?;
    chain::take_keys(settings, &database)?;
    Ok(database)
}

fn open_with(settings: &Settings, place: DatabaseSettings) -> Result<Arc<Database>, String> {
    let database = Database::open(place, Arc::new(SystemClock))
        .map_err(|cause| format!("{}; see DATABASE_URL", one_line(&cause.to_string())))?;
    chain::prepare(settings, &database)?;
    Ok(Arc::new(database))
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
