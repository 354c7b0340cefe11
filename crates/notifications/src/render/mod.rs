//! What a message says, in the reader's language: templates, French typography, dates in
//! words. See `blocks` for what a template may write. The first line is the subject.

mod blocks;
mod environment;
mod preview;
mod values;

use std::path::PathBuf;
use std::sync::LazyLock;

use kernel::Language;
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde_json::{Value as Json, json};

use self::blocks::Block;
pub use self::preview::{Preview, TemplateRow};
use crate::{MailSettings, Message, StatedDelays, events, samples};

/// A letter in words, before it is a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// The subject that each of its messages would have by itself.
    pub(crate) subjects: Vec<String>,
}

/// Whom a letter addresses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) name: &'a str,
    pub(crate) language: Language,
    /// Where they turn such messages off, when they may.
    pub(crate) unsubscribe: Option<&'a str>,
}

/// The templates, and what each of them may name besides its message.
pub struct Templates {
    environment: Environment<'static>,
    /// The operator's own texts, where there are some.
    folder: Option<PathBuf>,
    /// The administration that writes.
    sender: String,
    /// Where to ask.
    contact: String,
    /// Where links begin, without a slash at the end.
    base_url: String,
    /// The delays that letters state.
    delays: StatedDelays,
}

impl Templates {
    /// Reads the templates. Where some are the operator's own, every example is written with them: a
    /// mistake shows at the start, not when a mail is due. A test does so with the embedded ones.
    ///
    /// # Errors
    /// The file and line at fault, for whoever wrote it.
    pub fn load(settings: &MailSettings) -> Result<Self, String> {
        let folder = settings.templates.clone();
        let folder = Some(folder).filter(|folder| !folder.as_os_str().is_empty());
        let templates = Self::untried(settings, folder)?;
        if templates.folder.is_some() {
            templates.check()?;
        }
        Ok(templates)
    }

    fn untried(settings: &MailSettings, folder: Option<PathBuf>) -> Result<Self, String> {
        let (sender, contact) = settings.sender()?;
        Ok(Self {
            environment: environment::load(folder.as_deref())?,
            folder,
            sender,
            contact: contact.to_string(),
            base_url: settings.base_url.trim_end_matches('/').to_owned(),
            delays: settings.delays,
        })
    }

    fn check(&self) -> Result<(), String> {
        for (_, message) in samples::all() {
            for language in [Language::French, Language::English] {
                let reader = Reader {
                    name: "Jeanne Martin",
                    language,
                    unsubscribe: Some("https://ressac.example/"),
                };
                for letter in [
                    std::slice::from_ref(&message),
                    &[message.clone(), message.clone()],
                ] {
                    self.render(letter, reader).map_err(|cause| {
                        environment::fault(&self.place(cause.name().unwrap_or_default()), &cause)
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Where a template stands.
    fn place(&self, name: &str) -> String {
        let own = self.folder.as_ref().map(|folder| folder.join(name));
        match own.filter(|file| file.exists()) {
            Some(file) => file.display().to_string(),
            None => name.to_owned(),
        }
    }

    /// Where links begin.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The administration that writes.
    pub fn sender(&self) -> &str {
        &self.sender
    }

    /// Writes messages to one reader, as one letter. Fails when a template asks for what is
    /// not there, which [`Templates::load`] rules out.
    pub(crate) fn render(
        &self,
        messages: &[Message],
        reader: Reader<'_>,
    ) -> Result<Rendered, minijinja::Error> {
        let general = self.context(json!({}), reader)?;
        let mut letters = Vec::with_capacity(messages.len());
        for message in messages {
            letters.push(self.letter(message, reader)?);
        }
        let mut blocks = blocks::parse(&self.template("_greeting", reader.language, &general)?);
        let subject = match letters.as_slice() {
            [(subject, body)] => {
                blocks.extend(blocks::parse(body));
                subject.clone()
            }
            several => {
                let (subject, intro) = self.cover(messages, reader)?;
                blocks.extend(blocks::parse(&intro));
                for (subject, body) in several {
                    blocks.push(Block::Heading {
                        text: subject.clone(),
                    });
                    blocks.extend(blocks::parse(body));
                }
                subject
            }
        };
        blocks.extend(blocks::parse(&self.template(
            "_closing",
            reader.language,
            &general,
        )?));
        let footer = blocks::parse(&self.template("_footer", reader.language, &general)?);
        let html = self
            .environment
            .get_template("_layout.html")?
            .render(Value::from(Serde(json!({
                "language": reader.language,
                "subject": subject,
                "sender": self.sender,
                "blocks": blocks,
                "footer": footer,
            }))))?;
        Ok(Rendered {
            subject,
            text: format!(
                "{}\n-- \n{}",
                blocks::plain(&blocks),
                blocks::plain(&footer)
            ),
            html,
            subjects: letters.into_iter().map(|(subject, _)| subject).collect(),
        })
    }

    fn subject(&self, message: &Message, language: Language) -> Result<String, minijinja::Error> {
        let reader = Reader {
            name: "",
            language,
            unsubscribe: None,
        };
        Ok(self.letter(message, reader)?.0)
    }

    /// Subject and body of one message.
    fn letter(
        &self,
        message: &Message,
        reader: Reader<'_>,
    ) -> Result<(String, String), minijinja::Error> {
        let data = serde_json::to_value(message).map_err(|cause| {
            minijinja::Error::new(minijinja::ErrorKind::BadSerialization, cause.to_string())
        })?;
        let mut context = self.context(data, reader)?;
        context["page"] = format!("{}{}", self.base_url, message.page()).into();
        let letter = self.template(message.kind(), reader.language, &context)?;
        Ok(subject_and_body(&letter))
    }

    /// Subject and first words of a letter of several messages.
    fn cover(
        &self,
        messages: &[Message],
        reader: Reader<'_>,
    ) -> Result<(String, String), minijinja::Error> {
        let kind = messages.first().map(Message::kind);
        let same = messages.iter().all(|message| Some(message.kind()) == kind);
        let title = kind
            .filter(|_| same)
            .and_then(events::of_kind)
            .map(|event| match reader.language {
                Language::French => event.title().fr,
                Language::English => event.title().en,
            });
        let data = json!({ "count": messages.len(), "title": title });
        let context = self.context(data, reader)?;
        let cover = self.template("_bundle", reader.language, &context)?;
        Ok(subject_and_body(&cover))
    }

    /// Renders one template, with the spaces that French asks for.
    fn template(
        &self,
        name: &str,
        language: Language,
        context: &Json,
    ) -> Result<String, minijinja::Error> {
        let name = format!("{name}.{language}.txt");
        let text = self
            .environment
            .get_template(&name)?
            .render(Value::from(Serde(context)))?;
        Ok(match language {
            Language::French => french_spaces(&text),
            Language::English => text,
        })
    }

    fn context(&self, mut data: Json, reader: Reader<'_>) -> Result<Json, minijinja::Error> {
        data["name"] = reader.name.into();
        values::unlink(&mut data);
        if let Some(number) = data["contact_phone"].as_str().and_then(values::phone) {
            data["contact_phone"] = number.into();
        }
        data["language"] = reader.language.as_str().into();
        data["sender"] = self.sender.as_str().into();
        data["contact"] = self.contact.as_str().into();
        data["base_url"] = self.base_url.as_str().into();
        data["unsubscribe"] = reader.unsubscribe.into();
        data["silence_months"] = self.delays.silence_months.into();
        data["appeal_months"] = self.delays.appeal_months.into();
        values::tidy(&mut data);
        for part in ["_algorithm", "_appeal"] {
            let text = self.template(part, reader.language, &data)?;
            data[&part[1..]] = text.trim().into();
        }
        Ok(data)
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The embedded templates, for lists.
static EMBEDDED: LazyLock<Option<Templates>> =
    LazyLock::new(|| Templates::untried(&MailSettings::default(), None).ok());

/// The subject of a message alone, by the embedded template: for lists, which need no more
/// than to tell messages apart.
pub(crate) fn subject(message: &Message, language: Language) -> Option<String> {
    let subject = EMBEDDED.as_ref()?.subject(message, language).ok()?;
    Some(subject.replace(values::JOINER, ""))
}

fn subject_and_body(letter: &str) -> (String, String) {
    let (subject, body) = letter.split_once('\n').unwrap_or((letter, ""));
    (subject.trim().to_owned(), body.to_owned())
}

/// French wants unbreakable spaces before double punctuation and inside guillemets.
pub fn french_spaces(text: &str) -> String {
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
