//! Loading the digital fragility index.

use db::{Result, Tx};
use kernel::FieldError;

use crate::store;
use crate::territory::read_table;

/// The source that stands in explanations when none is given with the table.
const SOURCE: &str = "Indice de fragilité numérique (IFN)";

/// Mistakes that are told at the most; `rejected` counts them all.
const ERRORS: usize = 1000;

/// What a table was worth.
#[derive(Debug, Clone, PartialEq)]
pub struct TerritoryReport {
    /// Rows of the file.
    pub rows: usize,
    /// Rows that were taken.
    pub accepted: usize,
    /// Rows that were not.
    pub rejected: usize,
    /// Why, by line.
    pub errors: Vec<FieldError>,
}

/// Puts a table of the fragility index in the place of the one before. Rows that are
/// impossible are named and left out. Scores that were decided keep what they used.
///
/// # Errors
/// `table_unreadable` when it is no such table or has no usable row; nothing is changed then.
pub fn load_territories(
    tx: &mut Tx<'_>,
    bytes: &[u8],
    source: Option<&str>,
) -> Result<TerritoryReport> {
    let mut table = read_table(bytes)?;
    table.errors.truncate(ERRORS);
    let source: String = kernel::one_line(source.unwrap_or_default())
        .chars()
        .take(300)
        .collect();
    let source = match source.trim() {
        "" => SOURCE,
        given => given,
    };
    store::replace_territories(tx, &table.accepted, source)?;
    Ok(TerritoryReport {
        rows: table.rows,
        accepted: table.accepted.len(),
        rejected: table.rejected,
        errors: table.errors,
    })
}
