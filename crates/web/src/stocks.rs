//! Which labels may be in a printer.

use std::sync::Arc;

use documents::labels::Stock;
use kernel::{Code, Refusal, Text};

/// The labels that may be asked for: those of the operator, then those that everybody has.
///
/// # Errors
/// A line for the operator: which size cannot be used, and why.
pub(crate) fn stocks(own: &[Stock]) -> Result<Arc<[Stock]>, String> {
    let built_in = Stock::built_in();
    let built_in = built_in
        .into_iter()
        .filter(|stock| own.iter().all(|own| own.name != stock.name));
    let all: Vec<Stock> = own.iter().cloned().chain(built_in).collect();
    all.iter().try_for_each(Stock::check)?;
    Ok(all.into())
}

/// The labels that are in the printer, by their name; the first when none is said.
///
/// # Errors
/// `unknown_reference` at `/stock`.
pub fn stock(stocks: &[Stock], name: Option<&str>) -> Result<Stock, Refusal> {
    let name = name.unwrap_or_default();
    let found = match name.is_empty() {
        true => stocks.first(),
        false => stocks.iter().find(|stock| stock.name == name),
    };
    found.cloned().ok_or_else(|| {
        let names = stocks.iter().map(|stock| format!("`{}`", stock.name));
        let names = names.collect::<Vec<_>>().join(", ");
        Refusal::field("/stock", Code::UnknownReference, Text::one_of(&names))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_size_of_ones_own_comes_first_and_one_that_is_not_there_is_told() {
        let mut own = Stock::built_in().remove(1);
        own.label.width = 50.0;
        let all = stocks(std::slice::from_ref(&own)).unwrap();
        assert_eq!((all.len(), all[0].label.width), (3, 50.0));
        assert_eq!(stock(&all, None).unwrap(), own);
        let refusal = stock(&all, Some("a5")).unwrap_err();
        assert!(
            refusal.errors[0].detail.en.contains("`a4-24`"),
            "{refusal:?}"
        );
        own.label.width = 1.0;
        assert!(stocks(&[own]).unwrap_err().contains("62x29"));
    }
}
