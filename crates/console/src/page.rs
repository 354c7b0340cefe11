//! A page that is asked for: by whom, in which language; what it reads and writes; what is
//! answered.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use ::web::access::{Allowed, Permission};
use ::web::{Answer, ApiError, ApiResult, IdempotencyKey, State};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Db, Tx};
use identity::Visitor;
use kernel::{Actor, Code, Language, Refusal, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cookies::Cookie;
use crate::door::Console;
use crate::form::{Form, FormView};
use crate::frame::{Flash, Frame};
use crate::saved::Saved;
use crate::{language, sign_in_first};

/// The outcome of a page's handler.
pub(crate) type PageResult = ApiResult<HttpResponse>;

/// What a template reads: a typed context, written into the template of that name.
pub(crate) trait View: Serialize {
    /// The file below `templates/`.
    const TEMPLATE: &'static str;
}

/// A visit to a page that is open to everybody; also the part of any page that does not depend on
/// who may see it.
pub(crate) struct Visit {
    request: HttpRequest,
    console: web::Data<Console>,
    state: web::Data<State>,
    language: Language,
    visitor: Option<Visitor>,
    flash: Option<Flash>,
}

impl Visit {
    /// Of a request; none before the server is set up.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let console = request.app_data::<web::Data<Console>>()?.clone();
        let state = request.app_data::<web::Data<State>>()?.clone();
        let visitor = request.extensions().get::<Visitor>().cloned();
        let language = language::of(request, visitor.as_ref());
        let said: Option<(Text, String)> = Cookie::Flash
            .of(request)
            .and_then(|value| URL_SAFE_NO_PAD.decode(value).ok())
            .and_then(|json| serde_json::from_slice(&json).ok());
        let flash = said.map(|(text, kind)| Flash {
            text: say(&text, language),
            kind,
        });
        Some(Self {
            language,
            request: request.clone(),
            console,
            state,
            visitor,
            flash,
        })
    }

    /// The same for nobody in particular: what is kept in a browser holds nobody's name.
    pub(crate) fn into_nobody(mut self) -> Self {
        self.visitor = None;
        self.flash = None;
        self
    }

    /// The request itself.
    pub(crate) fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// What every handler may use.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// In which language the page is read.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A sentence in that language.
    pub(crate) fn say(&self, text: &Text) -> String {
        say(text, self.language)
    }

    /// Who visits, if they are signed in.
    pub(crate) fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// The name of whoever visits; empty for nobody.
    pub(crate) fn name(&self) -> String {
        let visitor = self.visitor.as_ref();
        visitor
            .map(|visitor| visitor.name.clone())
            .unwrap_or_default()
    }

    /// From where the reader comes.
    pub(crate) fn address(&self) -> Option<std::net::IpAddr> {
        ::web::security::client_address(&self.request)
    }

    /// The path of the page.
    pub(crate) fn path(&self) -> &str {
        self.request.path()
    }

    /// What the page says of what was just done.
    pub(crate) fn flash(&self) -> Option<&Flash> {
        self.flash.as_ref()
    }

    /// Whether the program is reached from outside, by TLS.
    pub(crate) fn is_public(&self) -> bool {
        self.console.settings.base_url.starts_with("https:")
    }

    /// Where the program is reached from outside, without a slash at the end.
    pub(crate) fn base_url(&self) -> &str {
        self.console.settings.base_url.trim_end_matches('/')
    }

    /// A parameter of the address; empty when it is not there.
    pub(crate) fn query(&self, name: &str) -> String {
        form_urlencoded::parse(self.request.query_string().as_bytes())
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// Answers with a page.
    ///
    /// # Errors
    /// When the template asks for what is not there, which the samples rule out.
    pub(crate) fn show<V: View>(&self, view: &V) -> PageResult {
        self.answer(StatusCode::OK, view, None)
    }

    /// Answers with a page that has a form: `form` in its template.
    ///
    /// # Errors
    /// As [`Visit::show`].
    pub(crate) fn show_form<V: View>(&self, view: &V, form: &FormView) -> PageResult {
        self.answer(StatusCode::OK, view, Some(form))
    }

    /// The same for a form that changes one version of a thing. When somebody changed it since,
    /// `form.stale` lets the page show what is there now beside what was typed; sent again, the
    /// form replaces that version.
    ///
    /// # Errors
    /// As [`Visit::retry`].
    pub(crate) fn retry_against<V: View>(
        &self,
        version: i32,
        view: &V,
        form: &Form,
        cause: ApiError,
    ) -> PageResult {
        let Some(refusal) = cause.refused().filter(|it| it.code == Code::StaleVersion) else {
            return self.retry(view, form, cause);
        };
        let mut shown = form.refused(refusal, self.language)?;
        shown.against(version);
        self.answer(StatusCode::PRECONDITION_FAILED, view, Some(&shown))
    }

    /// Answers with a page under another status than 200.
    ///
    /// # Errors
    /// As [`Visit::show`].
    pub(crate) fn show_with<V: View>(
        &self,
        status: StatusCode,
        view: &V,
        form: &FormView,
    ) -> PageResult {
        self.answer(status, view, Some(form))
    }

    /// Answers with the page of a form that was refused: what was typed is kept, and each mistake
    /// said beside its field. What is not about the form is refused as any page is.
    ///
    /// # Errors
    /// What the form is not at fault for.
    pub(crate) fn retry<V: View>(&self, view: &V, form: &Form, cause: ApiError) -> PageResult {
        let refusal = match cause.refused() {
            Some(refusal) if is_of_form(refusal) => refusal.clone(),
            _ => return Err(cause),
        };
        let status = StatusCode::from_u16(refusal.code.status());
        let view_of_form = form.refused(&refusal, self.language)?;
        let status = status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        self.answer(status, view, Some(&view_of_form))
    }

    fn answer<V: View>(&self, status: StatusCode, view: &V, form: Option<&FormView>) -> PageResult {
        let html = self.render(view, form)?;
        let mut response = HttpResponse::build(status);
        response.content_type("text/html; charset=utf-8");
        if self.flash.is_some() {
            response.append_header((SET_COOKIE, Cookie::Flash.removed(&self.request)));
        }
        if let Some(asked) = language::asked(&self.request) {
            let cookie = Cookie::Language.set(&self.request, asked.as_str(), language::REMEMBERED);
            response.append_header((SET_COOKIE, cookie));
        }
        Ok(response.body(html))
    }

    /// Writes a page.
    ///
    /// # Errors
    /// When the template asks for what is not there.
    pub(crate) fn render<V: View>(&self, view: &V, form: Option<&FormView>) -> db::Result<String> {
        let failed = form.is_some_and(FormView::has_errors);
        let frame = Frame::of(&self.console, self, failed);
        let templates = &self.console.templates;
        let html = templates.page(self.language, V::TEMPLATE, &frame, view, form);
        html.map_err(|cause| db::Error::internal(format!("{cause:#}")))
    }

    /// Answers with 303: what was sent is saved, and this is where to look at it. A form that
    /// saves itself stays where it is: it is told its new version and key.
    pub(crate) fn see(&self, saved: &Saved) -> HttpResponse {
        if self.request.headers().contains_key("x-autosave") {
            let key = identity::token::random().ok();
            return HttpResponse::Ok().json(Kept {
                version: saved.version,
                key,
            });
        }
        let mut response = HttpResponse::SeeOther();
        response.insert_header((LOCATION, saved.location.clone()));
        if let Some(said) = &saved.flash {
            let json = serde_json::to_vec(said).unwrap_or_default();
            let value = URL_SAFE_NO_PAD.encode(json);
            let cookie = Cookie::Flash.set(&self.request, &value, 60);
            response.append_header((SET_COOKIE, cookie));
        }
        response.finish()
    }
}

/// A sentence in a language, with the spaces that its punctuation wants.
pub(crate) fn say(text: &Text, language: Language) -> String {
    match language {
        Language::French => notifications::french_spaces(&text.fr),
        Language::English => text.en.clone().into_owned(),
    }
}

/// Whether a refusal is shown on the form that it is about.
fn is_of_form(refusal: &Refusal) -> bool {
    !matches!(
        refusal.code,
        Code::NotFound
            | Code::NotAuthenticated
            | Code::NotAllowed
            | Code::SessionEnded
            | Code::SecondFactorMissing
            | Code::Unavailable
            | Code::Internal
    )
}

/// What a form that saves itself is told.
#[derive(Serialize)]
struct Kept {
    version: Option<i32>,
    key: Option<String>,
}

/// A visit by somebody who has the permission `P` of the one table.
pub(crate) struct Page<P> {
    visit: Visit,
    who: Allowed<P>,
}

impl<P> Deref for Page<P> {
    type Target = Visit;
    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<P: Permission> Page<P> {
    /// Who asks.
    pub(crate) fn actor(&self) -> Actor {
        self.who.actor()
    }

    /// Who asks, for functions that both doors share.
    pub(crate) fn who(&self) -> &Allowed<P> {
        &self.who
    }

    /// Runs the queries of the page: [`State::read`].
    ///
    /// # Errors
    /// As [`State::read`].
    pub(crate) async fn read<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        self.visit.state.read(&self.who, work).await
    }

    /// The same for what takes long, such as a plan: few run at a time.
    ///
    /// # Errors
    /// As [`State::read_long`].
    pub(crate) async fn read_long<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        self.visit.state.read_long(&self.who, work).await
    }

    /// Answers with a table of everything that a list shows.
    ///
    /// # Errors
    /// As [`State::read_long`].
    pub(crate) async fn table<F>(&self, work: F) -> PageResult
    where
        F: FnOnce(&mut Db, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        let answer = self.read_long(work).await?;
        Ok(answer.respond_to(&self.visit.request))
    }

    /// Runs the use case of a form, once: [`State::write`]. `deed` is its name in the audit log,
    /// the same as at the other door (`post_batches_id_submit`).
    ///
    /// # Errors
    /// As [`State::write`].
    pub(crate) async fn write<F>(&self, form: &Form, deed: &str, work: F) -> ApiResult<Saved>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Saved> + Send + 'static,
    {
        let who = self.once(form, deed);
        let answer = self.visit.state.write(&who, led(work)).await?;
        Ok(serde_json::from_slice(answer.body()).map_err(db::Error::from)?)
    }

    /// The same for a use case that writes many rows: [`State::write_long`].
    ///
    /// # Errors
    /// As [`State::write_long`].
    pub(crate) async fn write_long<F>(&self, form: &Form, deed: &str, work: F) -> ApiResult<Saved>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Saved> + Send + 'static,
    {
        let who = self.once(form, deed);
        let answer = self.visit.state.write_long(&who, led(work)).await?;
        Ok(serde_json::from_slice(answer.body()).map_err(db::Error::from)?)
    }

    /// Leads to what was saved, or shows the page as it is now with what was refused. `names` are the
    /// form's names of what the rules call otherwise.
    ///
    /// # Errors
    /// As [`Visit::retry_against`], and those of `again`.
    pub(crate) async fn settled<V: View>(
        &self,
        saved: ApiResult<Saved>,
        form: &Form,
        names: &[(&str, &str)],
        again: impl Future<Output = ApiResult<(V, i32)>>,
    ) -> PageResult {
        match saved {
            Ok(saved) => Ok(self.see(&saved)),
            Err(cause) => {
                let (view, version) = again.await?;
                self.retry_against(version, &view, form, cause.renamed(names))
            }
        }
    }

    /// Whoever sends a form: the same form again gets the first answer.
    pub(crate) fn once(&self, form: &Form, deed: &str) -> Allowed<P> {
        // forms of one page share its key: where they are sent tells them apart
        let content = form.digest_at(self.path());
        let repeat = IdempotencyKey::of_form(&self.actor(), form.key(), &content);
        self.who.clone().named(deed).with_repeat(repeat)
    }

    /// Runs a use case whose outcome is shown this once, such as a key: nothing of it is kept for a
    /// repeat.
    ///
    /// # Errors
    /// As [`State::write`].
    pub(crate) async fn write_untold<T, F>(&self, deed: &str, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<T> + Send + 'static,
    {
        let made = Arc::new(Mutex::new(None));
        let inside = Arc::clone(&made);
        let who = self.who.clone().named(deed).without_repeat();
        let write = self.visit.state.write(&who, move |tx, actor| {
            let outcome = work(tx, actor)?;
            *inside.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            Ok(Answer::no_content())
        });
        write.await?;
        let made = made.lock().unwrap_or_else(PoisonError::into_inner).take();
        made.ok_or_else(|| db::Error::internal("a use case without an outcome").into())
    }

    /// The whole of a simple form: reads its fields, runs the use case once, leads to what was
    /// saved; what is refused shows the form again, as `view` makes its page.
    ///
    /// # Errors
    /// What the form is not at fault for.
    pub(crate) async fn submit<T, V, F>(
        &self,
        form: &Form,
        deed: &str,
        work: F,
        view: impl FnOnce() -> V,
    ) -> PageResult
    where
        T: DeserializeOwned + Send + 'static,
        V: View,
        F: Fn(&mut Tx<'_>, &Actor, &T) -> db::Result<Saved> + Send + 'static,
    {
        let saved = match form.read::<T>() {
            Ok(fields) => {
                self.write(form, deed, move |tx, actor| work(tx, actor, &fields))
                    .await
            }
            Err(cause) => Err(cause),
        };
        match saved {
            Ok(saved) => Ok(self.see(&saved)),
            Err(cause) => self.retry(&view(), form, cause),
        }
    }
}

/// A use case of a form, with what is kept of its answer.
fn led<F>(work: F) -> impl Fn(&mut Tx<'_>, &Actor) -> db::Result<Answer> + Send
where
    F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Saved> + Send,
{
    move |tx, actor| Answer::see_other(&work(tx, actor)?)
}

impl FromRequest for Visit {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let missing = || ApiError::from(db::Error::internal("the console is not set up"));
        std::future::ready(Self::of(request).ok_or_else(missing))
    }
}

impl<P: Permission> FromRequest for Page<P> {
    type Error = actix_web::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let Some(visit) = Visit::of(request) else {
            let missing = ApiError::from(db::Error::internal("the console is not set up"));
            return Box::pin(std::future::ready(Err(missing.into())));
        };
        if visit.visitor().is_none() {
            return Box::pin(sign_in_first::answer(visit, payload.take()));
        }
        let page = Allowed::of(request).map(|who| Self { visit, who });
        let page = page.map_err(|code| ApiError::from(code).into());
        Box::pin(std::future::ready(page))
    }
}
