//! Loading the digital fragility index.

use db::{Result, Tx};
use kernel::{Code, FieldError, Refusal, Text};

use crate::store;
use crate::territory::{TableReport, read_table};

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

/// Rows of a table at the most: the country has some 36 000 communes and 6 300 postal codes.
const ROWS: usize = 100_000;

/// Reads a table of the fragility index. Pure: to be done before the transaction.
///
/// # Errors
/// `table_unreadable` when it is no such table or has no usable row, `too_large` when it has too
/// many.
pub fn read_territories(bytes: &[u8]) -> Result<TableReport> {
    let mut table = read_table(bytes)?;
    if table.rows > ROWS {
        return Err(Refusal::new(
            Code::TooLarge,
            Text::new(
                format!("Une table de l'indice a {ROWS} lignes au plus."),
                format!("A table of the index has at most {ROWS} rows."),
            ),
        )
        .into());
    }
    table.errors.truncate(ERRORS);
    Ok(table)
}

/// Puts a table of the fragility index in the place of the one before. Rows that are
/// impossible are named and left out. Scores that were decided keep what they used.
///
/// # Errors
/// When the database fails.
pub fn load_territories(
    tx: &mut Tx<'_>,
    table: &TableReport,
    source: Option<&str>,
) -> Result<TerritoryReport> {
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
        errors: table.errors.clone(),
    })
}
