//! Examples of every page: each is written at the start, in both languages, so that a mistake in a
//! template of ours or of a city shows at once, and not when somebody opens the page.

use kernel::Language;

use crate::sample::Sample;
use crate::shared::Console;
use crate::{errors, routes};

/// Every example.
pub(crate) fn all() -> Vec<Sample> {
    let mut all = routes::samples();
    all.extend(errors::samples());
    all
}

/// Writes every example.
///
/// # Errors
/// The file and line at fault.
pub(crate) fn check(console: &Console) -> Result<(), String> {
    for sample in all() {
        for language in [Language::French, Language::English] {
            sample
                .render(console, language)
                .map_err(|cause| format!("{cause} ({}, {})", sample.name, language.as_str()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
