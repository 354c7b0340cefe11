//! The papers that are printed from a browser, as templates: the delivery note and the certificate of
//! erasure.

use std::sync::LazyLock;

use db::{Error, Result};
use kernel::Language;
use minijinja::value::{Serde, merge_maps};
use minijinja::{AutoEscape, Environment, State, UndefinedBehavior, Value, context};
use serde::Serialize;

const TEMPLATES: [(&str, &str); 3] = [
    ("paper.html", include_str!("../templates/paper.html")),
    (
        "certificate.html",
        include_str!("../templates/certificate.html"),
    ),
    ("note.html", include_str!("../templates/note.html")),
];

static ENVIRONMENT: LazyLock<std::result::Result<Environment<'static>, minijinja::Error>> =
    LazyLock::new(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_function("t", in_language);
        for (name, text) in TEMPLATES {
            environment.add_template(name, text)?;
        }
        Ok(environment)
    });

/// Of a text in French and in English, the one of the paper.
fn in_language(state: &State<'_, '_>, french: String, english: String) -> String {
    let french_paper = state
        .lookup("lang")
        .is_some_and(|lang| lang.as_str() == Some(Language::French.as_str()));
    if french_paper { french } else { english }
}

/// Writes a paper.
///
/// # Errors
/// When its template asks for what is not there.
pub(crate) fn write(template: &str, language: Language, paper: &impl Serialize) -> Result<String> {
    let environment = ENVIRONMENT
        .as_ref()
        .map_err(|e| Error::internal(e.to_string()))?;
    let own = Value::from(Serde(paper));
    let words = context! { lang => language.as_str() };
    environment
        .get_template(template)
        .and_then(|template| template.render(merge_maps([words, own])))
        .map_err(Error::internal)
}
