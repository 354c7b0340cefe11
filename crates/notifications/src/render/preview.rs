//! What staff see of the templates: which there are, and how a message reads.

use kernel::Language;

use super::{Reader, Templates};
use crate::{events, samples};

/// How a message reads, made with an example.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// The message.
    pub kind: String,
    /// Which example of it.
    pub variant: String,
    /// The examples there are.
    pub variants: Vec<String>,
    /// In which language.
    pub language: Language,
    /// Its subject.
    pub subject: String,
    /// Its plain form.
    pub text: String,
    /// Its HTML form.
    pub html: String,
}

/// A message that there are templates for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct TemplateRow {
    /// The message.
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// Law or safety asks that it always leaves.
    pub always: bool,
    /// The examples that a preview can be made with.
    pub variants: Vec<String>,
    /// The operator's own files that take the place of the embedded ones.
    pub replaced: Vec<String>,
}

impl Templates {
    /// Every message, in the order of the table.
    pub fn list(&self, language: Language) -> Vec<TemplateRow> {
        let examples = samples::all();
        let own = |name: String| {
            self.folder
                .as_ref()
                .is_some_and(|it| it.join(name).exists())
        };
        let row = |event: &events::Event| TemplateRow {
            kind: event.kind.to_owned(),
            title: match language {
                Language::French => event.title[0].to_owned(),
                Language::English => event.title[1].to_owned(),
            },
            always: event.always,
            variants: examples
                .iter()
                .filter(|(_, message)| message.kind() == event.kind)
                .map(|(name, _)| name.clone())
                .collect(),
            replaced: ["fr", "en"]
                .map(|language| format!("{}.{language}.txt", event.kind))
                .into_iter()
                .filter(|name| own(name.clone()))
                .collect(),
        };
        events::EVENTS.iter().map(row).collect()
    }

    /// How a message reads, made with the example of this name, or its first one; `None`
    /// when there is no such message or example.
    pub fn preview(
        &self,
        kind: &str,
        variant: Option<&str>,
        language: Language,
    ) -> Option<Preview> {
        let mut examples = samples::all();
        examples.retain(|(_, message)| message.kind() == kind);
        let variants: Vec<_> = examples.iter().map(|(name, _)| name.clone()).collect();
        let (variant, message) = examples
            .into_iter()
            .find(|(name, _)| variant.is_none_or(|wanted| wanted == name))?;
        let reader = Reader {
            name: "Jeanne Martin",
            language,
            unsubscribe: None,
        };
        let rendered = self.render(&[message], reader).ok()?;
        Some(Preview {
            kind: kind.to_owned(),
            variant,
            variants,
            language,
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
        })
    }
}
