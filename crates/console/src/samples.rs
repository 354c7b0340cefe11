//! Examples of every page: each is written at the start, in both languages, so that a mistake in a
//! template of ours or of a city shows at once, and not when somebody opens the page.

use kernel::Language;
use serde_json::Value;

use crate::door::Console;
use crate::form::FormView;
use crate::frame::Frame;
use crate::page::View;
use crate::{errors, routes};

/// An example of a page.
pub(crate) struct Sample {
    /// Says which case it is.
    pub(crate) name: String,
    /// Its template.
    pub(crate) template: &'static str,
    view: Value,
    form: Option<FormView>,
}

impl Sample {
    /// Of a page without a form, or with one that nothing was typed into.
    pub(crate) fn of<V: View>(name: &str, view: &V) -> Self {
        Self {
            name: name.to_owned(),
            template: V::TEMPLATE,
            view: serde_json::to_value(view).unwrap_or_default(),
            form: FormView::empty().ok(),
        }
    }

    /// The same with a form.
    #[must_use]
    pub(crate) fn with_form(mut self, change: impl FnOnce(FormView) -> FormView) -> Self {
        self.form = self.form.map(change);
        self
    }

    /// The page.
    ///
    /// # Errors
    /// The file and line at fault.
    pub(crate) fn render(&self, console: &Console, language: Language) -> Result<String, String> {
        let frame = Frame::bare(console, language, "/");
        console
            .templates
            .page(
                language,
                self.template,
                &frame,
                &self.view,
                self.form.as_ref(),
            )
            .map_err(|cause| crate::templates::fault(&cause))
    }
}

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
