//! Labels, as both doors print them.

use std::sync::Arc;

use documents::labels::{self, Label, Stock};
use kernel::{Code, Language, Refusal, Text};
use workshop::LabelFacts;

use crate::{ApiResult, State};

/// The form in which labels leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For any printer.
    Pdf,
    /// For a label printer that takes ZPL.
    Zpl,
}

impl Form {
    /// As it is asked for: `pdf`, which it is when nothing is said, or `zpl`.
    ///
    /// # Errors
    /// `invalid` at `/form`.
    pub fn said(text: Option<&str>) -> Result<Self, Refusal> {
        match text.unwrap_or_default() {
            "" | "pdf" => Ok(Self::Pdf),
            "zpl" => Ok(Self::Zpl),
            _ => Err(Refusal::field(
                "/form",
                Code::Invalid,
                Text::one_of("`pdf`, `zpl`"),
            )),
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Zpl => "text/plain; charset=utf-8",
        }
    }

    /// What a file of it is called.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Pdf => "etiquettes.pdf",
            Self::Zpl => "etiquettes.zpl",
        }
    }
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

/// What a print is made of.
#[derive(Debug, Clone)]
pub struct Print {
    /// What is in the printer.
    pub stock: Stock,
    /// Labels of the first sheet that are used already.
    pub used: usize,
    /// As what it leaves.
    pub form: Form,
    /// In which language a label says how far the erasure is.
    pub language: Language,
}

/// Writes the labels of devices: pure work, in the place of a long read.
///
/// # Errors
/// `unavailable` when too many wait.
pub async fn print(
    state: &State,
    asks: u128,
    print: Print,
    devices: Vec<LabelFacts>,
) -> ApiResult<Vec<u8>> {
    let bytes = state.database.compute(Some(asks), move || {
        let label = |facts| label(facts, print.language);
        let all: Vec<Label> = devices.into_iter().map(label).collect();
        match print.form {
            Form::Zpl => Ok(labels::zpl(&all, &print.stock).into_bytes()),
            Form::Pdf => labels::pdf(&all, &print.stock, print.used, print.language)
                .map_err(db::Error::internal),
        }
    });
    Ok(bytes.await?)
}

/// Writes a label with a ruler.
///
/// # Errors
/// As [`print`].
pub async fn print_test(state: &State, asks: u128, print: Print) -> ApiResult<Vec<u8>> {
    let bytes = state
        .database
        .compute(Some(asks), move || match print.form {
            Form::Zpl => Ok(labels::test_zpl(&print.stock, print.language).into_bytes()),
            Form::Pdf => {
                labels::test_pdf(&print.stock, print.language).map_err(db::Error::internal)
            }
        });
    Ok(bytes.await?)
}

fn label(facts: LabelFacts, language: Language) -> Label {
    let kind = match language {
        Language::French => facts.kind.french(1),
        Language::English => facts.kind.english(1),
    };
    Label {
        model: match facts.model.is_empty() {
            true => kind.to_owned(),
            false => facts.model,
        },
        drives: drives(facts.drives, facts.proven, language),
        tag: facts.tag,
    }
}

/// How far the erasure of the drives is.
fn drives(all: usize, proven: usize, language: Language) -> String {
    match (language, all) {
        (Language::French, 0) => "Disques à relever".to_owned(),
        (Language::English, 0) => "Drives to record".to_owned(),
        (Language::French, _) if proven == all => format!("Effacé, prouvé ({all}/{all})"),
        (Language::English, _) if proven == all => format!("Erased, proven ({all}/{all})"),
        (Language::French, _) => format!("À EFFACER ({proven}/{all} prouvé)"),
        (Language::English, _) => format!("TO BE ERASED ({proven}/{all} proven)"),
    }
}

/// The labels that may be asked for: those of the operator, then those that everybody has.
///
/// # Errors
/// A line for the operator: which size cannot be used, and why.
pub fn stocks(own: &[Stock]) -> Result<Arc<[Stock]>, String> {
    let built_in = Stock::built_in();
    let built_in = built_in
        .into_iter()
        .filter(|stock| own.iter().all(|own| own.name != stock.name));
    let all: Vec<Stock> = own.iter().cloned().chain(built_in).collect();
    all.iter().try_for_each(Stock::check)?;
    Ok(all.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_label_says_how_far_the_erasure_is() {
        assert_eq!(drives(0, 0, Language::French), "Disques à relever");
        assert_eq!(drives(2, 1, Language::French), "À EFFACER (1/2 prouvé)");
        assert_eq!(drives(1, 1, Language::English), "Erased, proven (1/1)");
    }

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
