//! The templates, embedded: the program runs from any folder. A city may put files of the same
//! names into a folder; each takes the place of the embedded one. There is an environment for each
//! language, so that every function knows it, also within macros.

use std::path::Path;

use kernel::{Instant, Language};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, merge_maps};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use notifications::dates;
use serde::Serialize;

use crate::assets::TEMPLATES;
use crate::form::FormView;

/// Every template, in both languages.
pub(crate) struct Templates {
    french: Environment<'static>,
    english: Environment<'static>,
}

impl Templates {
    /// Reads the templates, and those of the folder in their place.
    ///
    /// # Errors
    /// The file and line at fault.
    pub(crate) fn load(folder: &Path) -> Result<Self, String> {
        Ok(Self {
            french: load(Language::French, folder)?,
            english: load(Language::English, folder)?,
        })
    }

    /// Writes a page.
    ///
    /// # Errors
    /// When the template asks for what is not there.
    pub(crate) fn page(
        &self,
        language: Language,
        name: &str,
        frame: &impl Serialize,
        view: &impl Serialize,
        form: Option<&FormView>,
    ) -> Result<String, Error> {
        let environment = match language {
            Language::French => &self.french,
            Language::English => &self.english,
        };
        let own = Value::from(Serde(view));
        let around =
            context! { page => Value::from(Serde(frame)), form => Value::from(Serde(&form)) };
        environment
            .get_template(name)?
            .render(merge_maps([around, own]))
    }
}

/// What is wrong in a template, as `file:line: cause`.
pub(crate) fn fault(cause: &Error) -> String {
    let file = cause.name().unwrap_or_default();
    let line = cause.line().map(|line| format!(":{line}"));
    let detail = cause.detail().map(|detail| format!(": {detail}"));
    format!(
        "console.templates {file}{}: {}{}",
        line.unwrap_or_default(),
        cause.kind(),
        detail.unwrap_or_default()
    )
}

fn load(language: Language, folder: &Path) -> Result<Environment<'static>, String> {
    let mut environment = environment(language);
    for (name, text) in TEMPLATES {
        let own = folder.join(name);
        let added = if !folder.as_os_str().is_empty() && own.exists() {
            let text = std::fs::read_to_string(&own)
                .map_err(|cause| format!("console.templates {}: {cause}", own.display()))?;
            environment.add_template_owned(*name, text)
        } else {
            environment.add_template(name, text)
        };
        added.map_err(|cause| fault(&cause))?;
    }
    Ok(environment)
}

fn environment(language: Language) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // lines that hold only a tag leave no line behind
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_global("lang", language.as_str());
    // French gets the spaces that its punctuation wants
    environment.add_function("t", move |french: &str, english: &str, values: Kwargs| {
        let text = match language {
            Language::French => notifications::french_spaces(french),
            Language::English => english.to_owned(),
        };
        fill(text, &values)
    });
    // one and several, in French and in English
    environment.add_function(
        "count",
        move |number: i64, don: &str, dons: &str, gift: &str, gifts: &str| {
            let noun = match language {
                Language::French if number.abs() < 2 => don,
                Language::French => dons,
                Language::English if number.abs() == 1 => gift,
                Language::English => gifts,
            };
            format!("{}\u{a0}{noun}", grouped(number, language))
        },
    );
    environment.add_filter("number", move |number: i64| grouped(number, language));
    environment.add_filter("day", move |moment: &str| {
        Ok::<_, Error>(dates::day(instant(moment)?, language))
    });
    environment.add_filter("moment", move |moment: &str| {
        Ok::<_, Error>(dates::moment(instant(moment)?, language))
    });
    environment.add_filter("hour", move |moment: &str| {
        Ok::<_, Error>(dates::hour(instant(moment)?, language))
    });
    environment.add_filter("until", move |from: &str, to: &str| {
        Ok::<_, Error>(dates::span(instant(from)?, instant(to)?, language))
    });
    environment
}

/// Puts values into their places: `{name}`.
fn fill(mut text: String, values: &Kwargs) -> Result<String, Error> {
    for name in values.args() {
        let place = format!("{{{name}}}");
        let value: Value = values.get(name)?;
        if !text.contains(&place) {
            return Err(wrong(format!("`{text}` has no place for `{name}`")));
        }
        text = text.replace(&place, &value.to_string());
    }
    values.assert_all_used()?;
    Ok(text)
}

/// « 1 204 », "1,204".
fn grouped(number: i64, language: Language) -> String {
    let separator = match language {
        Language::French => '\u{202f}',
        Language::English => ',',
    };
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

fn instant(text: &str) -> Result<Instant, Error> {
    text.parse()
        .map_err(|_| wrong(format!("`{text}` is no moment")))
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn says(language: Language, source: &str) -> String {
        environment(language)
            .render_named_str("x.html", source, ())
            .unwrap()
    }

    #[test]
    fn both_languages_come_from_one_place() {
        let source = "{{ t('Bonjour {who}', 'Hello {who}', who='<Ada>') }}";
        assert_eq!(says(Language::French, source), "Bonjour &lt;Ada&gt;");
        assert_eq!(says(Language::English, source), "Hello &lt;Ada&gt;");
        let english = environment(Language::English);
        assert!(english.render_str("{{ t('seul') }}", ()).is_err());
        assert!(english.render_str("{{ t('a', 'b', who=1) }}", ()).is_err());
        assert!(english.render_str("{{ nobody }}", ()).is_err());
    }

    #[test]
    fn numbers_and_plurals_follow_the_language() {
        let source = "{{ count(n, 'don', 'dons', 'gift', 'gifts') }}";
        let counted = |language, n: i64| {
            environment(language)
                .render_str(source, context! { n })
                .unwrap()
        };
        assert_eq!(counted(Language::French, 0), "0\u{a0}don");
        assert_eq!(counted(Language::English, 0), "0\u{a0}gifts");
        assert_eq!(counted(Language::French, 1204), "1\u{202f}204\u{a0}dons");
        assert_eq!(
            counted(Language::English, -1204),
            "\u{2212}1,204\u{a0}gifts"
        );
        assert_eq!(says(Language::English, "{{ 1000000|number }}"), "1,000,000");
    }

    #[test]
    fn moments_are_in_paris_time() {
        let at = "{{ '2023-02-28T09:00:00Z'|moment }}";
        assert_eq!(
            says(Language::English, at),
            "Tuesday 28 February 2023 at 10:00"
        );
    }
}
