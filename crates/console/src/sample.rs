//! An example of a page.

use kernel::Language;
use serde_json::Value;

use crate::form::FormView;
use crate::frame::Frame;
use crate::page::View;
use crate::shared::Console;

/// A page with its context.
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
