//! Labels, as both doors print them.

use documents::labels::{self, Label, Stock};
use kernel::{Code, Language, Refusal, Text};
use workshop::LabelFacts;

pub use crate::stocks::stock;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_how_far_the_erasure_is() {
        assert_eq!(drives(0, 0, Language::French), "Disques à relever");
        assert_eq!(drives(2, 1, Language::French), "À EFFACER (1/2 prouvé)");
        assert_eq!(drives(1, 1, Language::English), "Erased, proven (1/1)");
    }
}
