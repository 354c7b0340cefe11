//! What a form sends, and how it looks when it comes back.

use std::collections::BTreeMap;

use ::web::{ApiError, ApiResult, IfMatch};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use identity::Visitor;
use kernel::{Code, Language, Lines, Refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fields::{self, Tree};
use crate::multipart;
use crate::page::say;
use crate::sign_in_first::Taken;

/// Bytes of a form with files at the most.
const LIMIT: usize = 32 << 20;
/// Bytes of a form without files at the most.
const TEXT_LIMIT: usize = 1 << 20;
/// Bytes that are carried along for somebody who has to sign in first.
pub(crate) const SIGN_IN_LIMIT: usize = 256 << 10;
/// Fields at the most.
const MOST_FIELDS: usize = 5_000;

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

/// A mistake in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mistake {
    /// At which field; none when it is about the whole.
    pub(crate) field: Option<String>,
    /// What to do about it.
    pub(crate) text: String,
}

/// A form as templates see it: `form`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FormView {
    key: String,
    version: Option<String>,
    /// Somebody changed the thing since the form was made; `version` is what is there now.
    stale: bool,
    values: BTreeMap<String, Value>,
    errors: Vec<Mistake>,
}

impl FormView {
    /// One that nothing was typed into.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub(crate) fn empty() -> db::Result<Self> {
        Ok(Self {
            key: identity::token::random()?,
            version: None,
            stale: false,
            values: BTreeMap::new(),
            errors: Vec::new(),
        })
    }

    /// One that shows what is there: the fields of the value, by path.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub(crate) fn filled(value: &impl Serialize) -> db::Result<Self> {
        let mut view = Self::empty()?;
        let json = serde_json::to_value(value)?;
        fields::flatten("", &json, &mut |name, text| view.add(name, text));
        Ok(view)
    }

    /// Says from which version it was made.
    #[must_use]
    pub(crate) fn version(mut self, version: i32) -> Self {
        self.version = Some(version.to_string());
        self
    }

    /// Says that somebody changed the thing meanwhile, and which version is there now: whoever
    /// sends the form again has seen both.
    pub(crate) fn against(&mut self, version: i32) {
        self.version = Some(version.to_string());
        self.stale = true;
    }

    /// Whether it came back.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// One with a mistake, for samples.
    pub(crate) fn with_mistake(mut self, field: &str, text: &str) -> Self {
        self.errors.push(Mistake {
            field: Some(field.to_owned()),
            text: text.to_owned(),
        });
        self
    }

    /// Adds a value; a second one of the same name makes a list.
    fn add(&mut self, name: &str, value: String) {
        let value = Value::String(value);
        match self.values.get_mut(name) {
            None => {
                self.values.insert(name.to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(one) => {
                let first = one.take();
                *one = Value::Array(vec![first, value]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::*;

    fn sent(body: &str) -> Form {
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        Form::parse(kind, &body.to_owned().into()).unwrap()
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Request {
        kind: kernel::DeviceKind,
        quantity: i32,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        title: String,
        note: Option<String>,
        #[serde(default)]
        themes: Vec<String>,
        requests: Vec<Request>,
        #[serde(default)]
        agreed: bool,
    }

    #[test]
    fn names_that_are_paths_make_lists_and_objects() {
        let order: Order = sent(
            "idempotency_key=k&title=+Deux+postes+&note=&themes=a&themes=b&agreed=yes\
             &requests/0/kind=laptop&requests/0/quantity=2&requests/1/kind=desktop\
             &requests/1/quantity=1%20000",
        )
        .read()
        .unwrap();
        assert_eq!(order.title, "Deux postes");
        assert_eq!(order.note, None);
        assert_eq!(order.themes, ["a", "b"]);
        assert!(order.agreed);
        assert_eq!(order.requests[1].quantity, 1000);
    }

    #[test]
    fn a_mistake_names_its_field_and_what_was_typed_is_kept() {
        let form = sent("title=T&requests/0/kind=boat&requests/0/quantity=2&password=secret");
        let refused = form.read::<Order>().unwrap_err();
        let view = form
            .refused(refused.refused().unwrap(), Language::French)
            .unwrap();
        assert_eq!(view.errors[0].field.as_deref(), Some("requests/0/kind"));
        assert!(
            view.errors[0].text.starts_with("Valeurs possibles"),
            "{view:?}"
        );
        assert_eq!(view.values["title"], "T");
        assert!(!view.values.contains_key("password"));
        let form = sent("title=T&requests/0/kind=laptop&requests/0/quantity=x");
        let refused = form.read::<Order>().unwrap_err();
        let at = &refused.refused().unwrap().errors[0];
        assert_eq!(at.pointer.as_deref(), Some("/requests/0/quantity"));
        let refused = sent("note=x").read::<Order>().unwrap_err();
        let at = &refused.refused().unwrap().errors[0];
        assert_eq!(
            (at.pointer.as_deref(), at.code),
            (Some("/title"), Code::Required)
        );
    }

    #[test]
    fn a_refusal_below_a_field_is_shown_at_the_field() {
        let form = sent("themes=a&site/postal_code=1");
        assert_eq!(form.field_at("/themes/3"), "themes");
        assert_eq!(form.field_at("/site/postal_code"), "site/postal_code");
        assert_eq!(form.field_at("/elsewhere/0"), "elsewhere/0");
    }

    #[test]
    fn what_is_there_fills_a_form() {
        let there = serde_json::json!({"site": {"postal_code": "13003"}, "themes": ["a", "b"],
            "trained": true, "gone": null, "rows": [{"n": 1}, {"n": 2}]});
        let view = FormView::filled(&there).unwrap();
        assert_eq!(view.values["site/postal_code"], "13003");
        assert_eq!(view.values["themes"], serde_json::json!(["a", "b"]));
        assert_eq!(view.values["trained"], "yes");
        assert_eq!(view.values["rows/1/n"], "2");
        assert!(!view.values.contains_key("gone"));
    }

    #[test]
    fn bodies_that_are_no_form_are_refused() {
        let code = |kind: &str, body: &str| {
            Form::parse(kind, &body.to_owned().into()).map_err(|refused| refused.code)
        };
        assert_eq!(
            code("application/json", "{}").unwrap_err(),
            Code::WrongMediaType
        );
        for hidden in ["%00", "%1B", "%E2%80%AE", "%C2%85"] {
            let hidden = code("application/x-www-form-urlencoded", &format!("a={hidden}"));
            assert_eq!(hidden.unwrap_err(), Code::InvalidFields);
        }
        let many = "a=&".repeat(MOST_FIELDS + 1);
        let many = code("application/x-www-form-urlencoded", &many);
        assert_eq!(many.unwrap_err(), Code::TooLarge);
        let broken = code("multipart/form-data; boundary=x", "--y\r\n");
        assert_eq!(broken.unwrap_err(), Code::MalformedRequest);
    }

    #[test]
    fn the_same_key_with_another_content_is_another_request() {
        let (one, other) = (sent("idempotency_key=k&a=1"), sent("idempotency_key=k&a=2"));
        assert_eq!(one.key(), other.key());
        assert_ne!(one.digest(), other.digest());
        assert_eq!(
            sent("idempotency_key=k&new_password=x").key(),
            "",
            "a password is hashed"
        );
    }
}
