//! What a form sends, and how it looks when it comes back.

mod view;

use ::web::{ApiError, ApiResult, IfMatch};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use identity::Visitor;
use kernel::{Code, Language, Lines, Refusal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::fields::{self, Tree};
use crate::language::say;
use crate::multipart;

pub(crate) use view::{FormView, Mistake};

/// Bytes of a form with files at the most.
const LIMIT: usize = 32 << 20;
/// Bytes of a form without files at the most.
const TEXT_LIMIT: usize = 1 << 20;
/// Bytes that are carried along for somebody who has to sign in first.
pub(crate) const SIGN_IN_LIMIT: usize = 256 << 10;
/// Fields at the most.
const MOST_FIELDS: usize = 5_000;

/// Marks a request whose body was taken to be carried along: nothing else reads it.
pub(crate) struct Taken;

/// Names the request, so that it is done once; the templates' `form_tag` writes it.
const KEY: &str = "idempotency_key";
/// The version that the form was made from.
const VERSION: &str = "version";

/// A file that was chosen.
#[derive(Debug, Clone)]
#[allow(dead_code)] // for pages to come
pub(crate) struct SentFile {
    /// The name of its field.
    pub(crate) field: String,
    /// What it was called where it comes from.
    pub(crate) name: String,
    /// What the browser takes it for.
    pub(crate) content_type: String,
    /// What is in it.
    pub(crate) bytes: web::Bytes,
}

/// A form that was sent. Names with slashes are paths (`requests/0/quantity`), so that they are
/// the pointers by which refusals name what is wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<SentFile>,
}

impl Form {
    /// Reads a body.
    ///
    /// # Errors
    /// `wrong_media_type`, `malformed_request`, `invalid_fields`.
    pub(crate) fn parse(content_type: &str, body: &web::Bytes) -> Result<Self, Refusal> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        let form = match kind.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Self {
                fields: form_urlencoded::parse(body)
                    .take(MOST_FIELDS + 1)
                    .map(|(name, value)| (name.into_owned(), value.into_owned()))
                    .collect(),
                files: Vec::new(),
            },
            "multipart/form-data" => Self::of_parts(content_type, body)?,
            "" if body.is_empty() => Self::default(),
            _ => return Err(Refusal::plain(Code::WrongMediaType)),
        };
        if form.fields.len() > MOST_FIELDS {
            return Err(Refusal::plain(Code::TooLarge));
        }
        let form = form.with_plain_lines();
        // which fields have a single line is for the rules to say
        for (name, value) in &form.fields {
            if let Some(misfit) = Lines::Many.misfit(value) {
                let advice = Lines::Many.advice(misfit);
                return Err(Refusal::field(format!("/{name}"), Code::Invalid, advice));
            }
        }
        Ok(form)
    }

    fn of_parts(content_type: &str, body: &web::Bytes) -> Result<Self, Refusal> {
        let parts = multipart::parse(content_type, body)
            .ok_or_else(|| Refusal::plain(Code::MalformedRequest))?;
        let mut form = Self::default();
        for part in parts {
            match part.file_name {
                // a field for a file that was left empty
                Some(name) if name.is_empty() && part.bytes.is_empty() => {}
                Some(name) => form.files.push(SentFile {
                    field: part.name,
                    name,
                    content_type: part.content_type,
                    bytes: part.bytes,
                }),
                None => {
                    let text = String::from_utf8_lossy(&part.bytes).into_owned();
                    form.fields.push((part.name, text));
                }
            }
        }
        Ok(form)
    }

    /// Browsers end lines as mail does.
    fn with_plain_lines(mut self) -> Self {
        for (_, value) in &mut self.fields {
            if value.contains('\r') {
                *value = value.replace("\r\n", "\n").replace('\r', "\n");
            }
        }
        self
    }

    /// The text of a field, without spaces around it; empty when it is not there. Of several
    /// fields of a name the last one.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().rev().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// A text as it was typed, such as a password.
    pub(crate) fn exact(&self, name: &str) -> String {
        let found = self.fields.iter().rev().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The code of a second factor, if one was typed.
    pub(crate) fn code(&self) -> Option<String> {
        Some(self.get("code").to_owned()).filter(|code| !code.is_empty())
    }

    /// Every value of a field, such as the boxes that are checked.
    #[allow(dead_code)] // for pages to come
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let found = self.fields.iter().filter(|(field, _)| field == name);
        found.map(|(_, value)| value.trim()).collect()
    }

    /// The file of a field.
    #[allow(dead_code)] // for pages to come
    pub(crate) fn file(&self, name: &str) -> Option<&SentFile> {
        self.files.iter().find(|file| file.field == name)
    }

    /// Every file.
    pub(crate) fn files(&self) -> &[SentFile] {
        &self.files
    }

    /// The fields as a type. An empty field is none: a text is required unless it is an `Option`
    /// or has a default. The type may be the body that the API takes: its lists and its objects
    /// are fields whose names are paths.
    ///
    /// # Errors
    /// `invalid_fields`, with the field at fault.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> ApiResult<T> {
        let given = self
            .fields
            .iter()
            .filter(|(name, value)| !is_ours(name) && !value.trim().is_empty());
        let tree = Tree::of(given.map(|(name, value)| (name.as_str(), value.trim())));
        Ok(fields::read(&tree)?)
    }

    /// The version that the form was made from, to compare with the one that is there.
    pub(crate) fn if_match(&self) -> IfMatch {
        let text = self.get(VERSION);
        // what is not a version matches none
        IfMatch::version((!text.is_empty()).then(|| text.parse().unwrap_or(-1)))
    }

    /// What names the request; empty for a form with a password: nothing of it is kept, not even a
    /// digest.
    pub(crate) fn key(&self) -> &str {
        match self.fields.iter().any(|(name, _)| is_secret(name)) {
            true => "",
            false => self.get(KEY),
        }
    }

    /// The form without some of its fields.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut rest = self.clone();
        rest.fields.retain(|(name, _)| !names.contains(&&**name));
        rest
    }

    /// A digest of everything that was sent, and of where it was sent to.
    pub(crate) fn digest_at(&self, path: &str) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(self.digest());
        hash.finalize().to_vec()
    }

    /// A digest of everything that was sent.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        for (name, value) in &self.fields {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        for file in &self.files {
            part(file.field.as_bytes());
            part(file.name.as_bytes());
            part(&file.bytes);
        }
        hash.finalize().to_vec()
    }

    /// Every field that was typed.
    pub(crate) fn into_fields(self) -> Vec<(String, String)> {
        self.fields
    }

    /// The form as it comes back: what was typed, and what is wrong with it.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub(crate) fn refused(&self, refusal: &Refusal, language: Language) -> db::Result<FormView> {
        let mut view = FormView::empty()?;
        view.version = Some(self.get(VERSION).to_owned()).filter(|version| !version.is_empty());
        for (name, value) in &self.fields {
            if !is_ours(name) && !is_secret(name) {
                view.add(name, value.clone());
            }
        }
        let say = |text: &kernel::Text| say(text, language);
        view.errors = refusal
            .errors
            .iter()
            .map(|error| Mistake {
                field: error.pointer.as_deref().map(|at| self.field_at(at)),
                text: say(&error.detail),
            })
            .collect();
        if view.errors.is_empty() {
            view.errors.push(Mistake {
                field: None,
                text: say(&refusal.detail),
            });
        }
        Ok(view)
    }

    /// The field that a pointer names: itself, or the nearest above it that the form has.
    fn field_at(&self, pointer: &str) -> String {
        let whole = pointer.trim_start_matches('/');
        let mut name = whole;
        loop {
            if self.fields.iter().any(|(field, _)| field == name) {
                return name.to_owned();
            }
            match name.rsplit_once('/') {
                Some((above, _)) => name = above,
                None => return whole.to_owned(),
            }
        }
    }
}

fn is_ours(name: &str) -> bool {
    [KEY, VERSION].contains(&name)
}

/// A field that is never written back into a page.
fn is_secret(name: &str) -> bool {
    name.contains("password")
}

impl FromRequest for Form {
    type Error = ApiError;
    type Future = std::pin::Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if request.extensions().contains::<Taken>() {
            return Box::pin(std::future::ready(Ok(Self::default())));
        }
        let content_type = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        // nobody keeps much in memory for strangers
        let known = request.extensions().contains::<Visitor>();
        let with_files = known && content_type.starts_with("multipart/");
        let limit = if with_files { LIMIT } else { TEXT_LIMIT };
        let body = ::web::extract::limited(request, payload, limit);
        Box::pin(async move {
            let body = ::web::extract::bytes(body).await?;
            Ok(Self::parse(&content_type, &body)?)
        })
    }
}

#[cfg(test)]
mod tests;
