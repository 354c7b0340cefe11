//! What a message says, in the reader's language: templates, French typography, dates in
//! words. See `blocks` for what a template may write. The first line is the subject.

mod blocks;
mod dates;
mod environment;

use kernel::Language;
use minijinja::Value;
use minijinja::value::Serde;
use serde_json::{Value as Json, json};

use crate::Message;

/// A message in words, before it is a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// What every template may name, besides the message itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The administration that writes.
    pub(crate) sender: &'a str,
    /// Where to ask.
    pub(crate) contact: &'a str,
    /// Where links begin, without a slash at the end.
    pub(crate) base_url: &'a str,
}

/// Writes the message for one reader. Fails when a template asks for what is not there,
/// which the tests of all templates rule out.
pub(crate) fn render(
    message: &Message,
    name: &str,
    language: Language,
    surroundings: Surroundings<'_>,
) -> Result<Rendered, minijinja::Error> {
    let context = context(message, name, language, surroundings)?;
    let letter = template(message.kind(), language, &context)?;
    let (subject, body) = letter.split_once('\n').unwrap_or((&letter, ""));
    let closing = template("_closing", language, &context)?;
    let greeting = template("_greeting", language, &context)?;
    let blocks = blocks::parse(&format!("{greeting}\n\n{body}\n\n{closing}"));
    let footer = template("_footer", language, &context)?;
    let footer = blocks::parse(&footer);
    let html = environment::get()
        .get_template("_layout.html")?
        .render(Value::from(Serde(json!({
            "language": language,
            "subject": subject,
            "sender": surroundings.sender,
            "blocks": blocks,
            "footer": footer,
        }))))?;
    Ok(Rendered {
        subject: subject.trim().to_owned(),
        text: format!(
            "{}\n-- \n{}",
            blocks::plain(&blocks),
            blocks::plain(&footer)
        ),
        html,
    })
}

/// The subject alone, for lists.
pub(crate) fn subject(message: &Message, language: Language) -> Result<String, minijinja::Error> {
    let nowhere = Surroundings {
        sender: "",
        contact: "",
        base_url: "",
    };
    let context = context(message, "", language, nowhere)?;
    let letter = template(message.kind(), language, &context)?;
    Ok(letter.lines().next().unwrap_or_default().trim().to_owned())
}

/// Renders one template, with the spaces that French asks for.
fn template(name: &str, language: Language, context: &Json) -> Result<String, minijinja::Error> {
    let name = format!("{name}.{language}.txt");
    let text = environment::get()
        .get_template(&name)?
        .render(Value::from(Serde(context)))?;
    Ok(match language {
        Language::French => french_spaces(&text),
        Language::English => text,
    })
}

fn context(
    message: &Message,
    name: &str,
    language: Language,
    surroundings: Surroundings<'_>,
) -> Result<Json, minijinja::Error> {
    let mut context = serde_json::to_value(message).map_err(|cause| {
        minijinja::Error::new(minijinja::ErrorKind::BadSerialization, cause.to_string())
    })?;
    context["name"] = name.into();
    context["language"] = language.as_str().into();
    context["sender"] = surroundings.sender.into();
    context["contact"] = surroundings.contact.into();
    context["base_url"] = surroundings.base_url.trim_end_matches('/').into();
    tidy(&mut context);
    for part in ["_algorithm", "_appeal"] {
        let text = template(part, language, &context)?;
        context[&part[1..]] = text.trim().into();
    }
    Ok(context)
}

/// Values stay on their line and hold no control characters: they cannot pretend to be
/// part of the template.
fn tidy(value: &mut Json) {
    match value {
        Json::String(text) => {
            if text.chars().any(char::is_control) {
                *text = text.replace(char::is_control, " ");
            }
            if text.trim().len() != text.len() {
                *text = text.trim().to_owned();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(tidy),
        Json::Object(fields) => fields.values_mut().for_each(tidy),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// French wants unbreakable spaces before double punctuation and inside guillemets.
fn french_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let before = c == ' '
            && matches!(
                characters.peek(),
                Some(':' | ';' | '!' | '?' | '»' | '%' | '€')
            );
        let after = c == ' ' && out.ends_with('«');
        out.push(if before || after { '\u{a0}' } else { c });
    }
    out
}

#[cfg(test)]
mod tests;
