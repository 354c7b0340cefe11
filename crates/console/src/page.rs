//! A page that is asked for: what it reads and writes; what is answered.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use ::web::access::{Allowed, Permission};
use ::web::{Answer, ApiError, ApiResult, IdempotencyKey};
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpResponse, Responder};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Db, Tx};
use kernel::{Actor, Code, Refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cookies::Cookie;
use crate::form::{Form, FormView};
use crate::frame::Frame;
use crate::language;
use crate::saved::Saved;
use crate::visit::Visit;

/// The outcome of a page's handler.
pub(crate) type PageResult = ApiResult<HttpResponse>;

/// What a template reads: a typed context, written into the template of that name.
pub(crate) trait View: Serialize {
    /// The file below `templates/`.
    const TEMPLATE: &'static str;
}

impl Visit {
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
        let mut shown = form.refused(refusal, self.language())?;
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
        let view_of_form = form.refused(&refusal, self.language())?;
        let status = status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        self.answer(status, view, Some(&view_of_form))
    }

    fn answer<V: View>(&self, status: StatusCode, view: &V, form: Option<&FormView>) -> PageResult {
        let html = self.render(view, form)?;
        let mut response = HttpResponse::build(status);
        response.content_type("text/html; charset=utf-8");
        if self.flash().is_some() {
            response.append_header((SET_COOKIE, Cookie::Flash.removed(self.request())));
        }
        if let Some(asked) = language::asked(self.request()) {
            let cookie = Cookie::Language.set(self.request(), asked.as_str(), language::REMEMBERED);
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
        let html = templates.page(self.language(), V::TEMPLATE, &frame, view, form);
        html.map_err(|cause| db::Error::internal(format!("{cause:#}")))
    }

    /// Answers with 303: what was sent is saved, and this is where to look at it. A form that
    /// saves itself stays where it is: it is told its new version and key.
    pub(crate) fn see(&self, saved: &Saved) -> HttpResponse {
        if self.request().headers().contains_key("x-autosave") {
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
            let cookie = Cookie::Flash.set(self.request(), &value, 60);
            response.append_header((SET_COOKIE, cookie));
        }
        response.finish()
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
    pub(crate) visit: Visit,
    pub(crate) who: Allowed<P>,
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

    /// Runs the queries of the page: [`::web::State::read`].
    ///
    /// # Errors
    /// As [`::web::State::read`].
    pub(crate) async fn read<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        self.visit.state().read(&self.who, work).await
    }

    /// The same for what takes long, such as a plan: few run at a time.
    ///
    /// # Errors
    /// As [`::web::State::read_long`].
    pub(crate) async fn read_long<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        self.visit.state().read_long(&self.who, work).await
    }

    /// Answers with a table of everything that a list shows.
    ///
    /// # Errors
    /// As [`::web::State::read_long`].
    pub(crate) async fn table<F>(&self, work: F) -> PageResult
    where
        F: FnOnce(&mut Db, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        let answer = self.read_long(work).await?;
        Ok(answer.respond_to(self.visit.request()))
    }

    /// Runs the use case of a form, once: [`::web::State::write`]. `deed` is its name in the audit log,
    /// the same as at the other door (`post_batches_id_submit`).
    ///
    /// # Errors
    /// As [`::web::State::write`].
    pub(crate) async fn write<F>(&self, form: &Form, deed: &str, work: F) -> ApiResult<Saved>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Saved> + Send + 'static,
    {
        let who = self.once(form, deed);
        let answer = self.visit.state().write(&who, led(work)).await?;
        Ok(serde_json::from_slice(answer.body()).map_err(db::Error::from)?)
    }

    /// The same for a use case that writes many rows: [`::web::State::write_long`].
    ///
    /// # Errors
    /// As [`::web::State::write_long`].
    pub(crate) async fn write_long<F>(&self, form: &Form, deed: &str, work: F) -> ApiResult<Saved>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Saved> + Send + 'static,
    {
        let who = self.once(form, deed);
        let answer = self.visit.state().write_long(&who, led(work)).await?;
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
    /// As [`::web::State::write`].
    pub(crate) async fn write_untold<T, F>(&self, deed: &str, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<T> + Send + 'static,
    {
        let made = Arc::new(Mutex::new(None));
        let inside = Arc::clone(&made);
        let who = self.who.clone().named(deed).without_repeat();
        let write = self.visit.state().write(&who, move |tx, actor| {
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
