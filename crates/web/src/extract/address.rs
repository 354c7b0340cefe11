//! What handlers take from the address and the headers of a request.

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use kernel::{Code, Id, PageRequest, Refusal, Shape, Text};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};

use super::pointer;
use crate::problem::ApiError;
use crate::table;

/// An id in the path. What is not an id names nothing: 404.
#[derive(Debug)]
pub struct PathId<T>(pub Id<T>);

impl<T: 'static> FromRequest for PathId<T> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .and_then(|text| text.parse().ok())
            .map(Self)
            .ok_or_else(|| ApiError::from(Refusal::not_found()));
        std::future::ready(id)
    }
}

/// The query string.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // an empty filter is no filter
        let pairs: Vec<(String, String)> = match serde_urlencoded::from_str(request.query_string())
        {
            Ok(pairs) => pairs,
            Err(_) => return std::future::ready(Err(Code::MalformedRequest.into())),
        };
        if let Some((name, _)) = pairs.iter().find(|(name, value)| unusable(name, value)) {
            let detail = Text::new(
                "Trop long, ou avec un caractère nul ; pour chercher, quelques mots suffisent (100 caractères).",
                "Too long, or with a zero character; to search, some words will do (100 characters).",
            );
            let refused = Refusal::field(format!("/{name}"), Code::Invalid, detail);
            return std::future::ready(Err(refused.into()));
        }
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query = serde_urlencoded::to_string(given.collect::<Vec<_>>()).unwrap_or_default();
        let deserializer =
            serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let params = serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| {
                let mut refusal = Refusal::plain(Code::InvalidFields);
                let cause = error.inner().to_string();
                refusal.errors = vec![Shape::stopped_at(pointer(error.path()), &cause)];
                ApiError::from(refusal)
            });
        std::future::ready(params)
    }
}

/// What no query can take: a zero, which PostgreSQL has in no text, or a search so long
/// that the database would refuse it.
fn unusable(name: &str, value: &str) -> bool {
    let search = name == "q" && (value.chars().count() > 100 || value.split(' ').count() > 20);
    search || value.contains('\0') || value.len() > 2000
}

/// Which page of a list.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PagingParams {
    /// Rows of the page, 1 to 200; 50 when not said.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Which page of a list, checked.
#[derive(Debug)]
pub struct Paging(pub PageRequest);

impl FromRequest for Paging {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let paging = Params::<PagingParams>::from_request(request, payload)
            .into_inner()
            .and_then(|Params(params)| {
                Ok(Self(PageRequest::new(
                    params.limit,
                    params.after.as_deref(),
                )?))
            });
        std::future::ready(paging)
    }
}

/// Whether the client asks for a table, by `Accept: text/csv` or `?csv=fr`.
#[derive(Debug, Clone, Copy)]
pub struct Csv(pub bool);

/// `?csv=fr`, for the OpenAPI document: an operation that has it answers tables too.
impl IntoParams for Csv {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let french = ObjectBuilder::new().enum_values(Some(["fr"])).build();
        let description = "The whole list as a table: `fr` as French spreadsheets read it. With \
                           `Accept: text/csv` in its place, commas separate the cells.";
        let parameter = ParameterBuilder::new()
            .name("csv")
            .parameter_in(ParameterIn::Query)
            .schema(Some(french))
            .description(Some(description));
        vec![parameter.build()]
    }
}

impl FromRequest for Csv {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let accepted = request
            .headers()
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|accept| preferred(accept) == "text/csv");
        let french = table::asked_in_french(request.query_string());
        std::future::ready(
            french
                .map(|french| Self(accepted || french))
                .map_err(ApiError::from),
        )
    }
}

/// The media type of an `Accept` header with the highest weight, the first of equals.
pub fn preferred(accept: &str) -> String {
    let weighed = accept.split(',').map(|part| {
        let (kind, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = parameters
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("q="))
            .and_then(|weight| weight.parse::<f32>().ok())
            .unwrap_or(1.0);
        (kind.trim().to_ascii_lowercase(), weight)
    });
    weighed
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(kind, _)| kind)
        .unwrap_or_default()
}

/// The version that a change expects to find. Of a list of versions none matches: nobody
/// changes what may be one of several.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(Option<i32>);

impl IfMatch {
    /// The version that a form was made from.
    pub fn version(version: Option<i32>) -> Self {
        Self(version)
    }

    /// The client changes whatever is there.
    pub fn expects_nothing(self) -> bool {
        self.0.is_none()
    }

    /// Compares with the version that is there, inside the transaction.
    ///
    /// # Errors
    /// `stale_version`.
    pub fn check(self, version: i32) -> Result<(), Refusal> {
        match self.0 {
            Some(expected) if expected != version => Err(Refusal::plain(Code::StaleVersion)),
            _ => Ok(()),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(IF_MATCH).map(|value| value.to_str());
        let version = match header {
            None => Ok(Self(None)),
            Some(Ok(text)) if text.trim() == "*" => Ok(Self(None)),
            // a tag that is not ours matches no version
            Some(text) => Ok(Self(Some(text.ok().and_then(version_of).unwrap_or(-1)))),
        };
        std::future::ready(version)
    }
}

fn version_of(tag: &str) -> Option<i32> {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.trim_matches('"').parse().ok()
}
