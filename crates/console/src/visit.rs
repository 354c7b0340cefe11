//! Who visits, in which language, and what the address asks.

use ::web::{ApiError, State};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::Visitor;
use kernel::{Language, Text};

use crate::cookies::Cookie;
use crate::language::{self, say};
use crate::saved::Flash;
use crate::shared::Console;

/// A visit to a page that is open to everybody; also the part of any page that does not depend on
/// who may see it.
pub(crate) struct Visit {
    request: HttpRequest,
    pub(crate) console: web::Data<Console>,
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
}

impl FromRequest for Visit {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let missing = || ApiError::from(db::Error::internal("the console is not set up"));
        std::future::ready(Self::of(request).ok_or_else(missing))
    }
}
