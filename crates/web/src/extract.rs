//! What handlers take in, with refusals that name the field.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, IF_MATCH};
use actix_web::{FromRequest, HttpRequest, web};
use kernel::{Code, FieldError, Id, PageRequest, Refusal, Shape, Text};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::json::Once;
use crate::problem::{ApiError, ApiResult};
use crate::table;

/// A JSON body at the most: a thousand events with their evidence fit many times.
pub const JSON_LIMIT: usize = 8 << 20;
/// A JSON body of somebody who is not signed in at the most: once parsed, a body may take
/// seventy times its size in memory.
pub const STRANGER_LIMIT: usize = 64 << 10;
/// An uploaded file at the most.
pub const UPLOAD_LIMIT: usize = 16 << 20;

type Extracting<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// A whole body.
///
/// # Errors
/// `too_large`, `malformed_request`.
pub async fn bytes(
    body: impl Future<Output = Result<web::Bytes, actix_web::Error>>,
) -> ApiResult<web::Bytes> {
    body.await.map_err(|cause| {
        let too_large = cause.as_response_error().status_code().as_u16() == 413;
        ApiError::from(if too_large {
            Code::TooLarge
        } else {
            Code::MalformedRequest
        })
    })
}

/// The content type of a request, in lower case, without parameters.
pub fn content_type(request: &HttpRequest) -> String {
    request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

fn is_json(content_type: &str) -> bool {
    content_type == "application/json" || content_type.ends_with("+json")
}

/// Whether a JSON text has a string with the character zero, which no text here needs and
/// one of the database engines cannot keep.
fn has_zero(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\\'))
    {
        let escape = bytes.get(at + found + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        // the backslash and what it escapes
        at += found + 2;
    }
    false
}

/// Reads a body, or says everything that is wrong with its shape.
fn parse<T: DeserializeOwned + ToSchema + 'static>(bytes: &[u8]) -> ApiResult<T> {
    let mut body = read(bytes)?;
    let shape = Shape::of::<T>();
    let strangers = shape.strangers(&mut body).into_vec();
    Ok(take(&shape, body, strangers)?)
}

fn read(bytes: &[u8]) -> Result<Value, Refusal> {
    if has_zero(bytes) {
        return Err(Refusal::new(
            Code::InvalidFields,
            Text::new(
                "Un texte contient le caractère nul, qui n'est pas accepté.",
                "A text has the character zero, which is not accepted.",
            ),
        ));
    }
    let Once(body) = serde_json::from_slice(bytes).map_err(|cause| not_json(&cause))?;
    Ok(body)
}

fn take<T: DeserializeOwned>(
    shape: &Shape,
    body: Value,
    mut errors: Vec<FieldError>,
) -> Result<T, Refusal> {
    let taken = serde_path_to_error::deserialize(&body);
    let stopped_at = match taken {
        Ok(value) if errors.is_empty() => return Ok(value),
        Ok(_) => return Err(Shape::refusal(errors)),
        Err(error) => Shape::stopped_at(pointer(error.path()), &error.inner().to_string()),
    };
    let mistakes = shape.mistakes(&body).into_vec();
    for error in mistakes.into_iter().chain([stopped_at]) {
        if errors.iter().all(|known| known.pointer != error.pointer) {
            errors.push(error);
        }
    }
    Err(Shape::refusal(errors))
}

fn not_json(cause: &serde_json::Error) -> Refusal {
    let (line, column) = (cause.line(), cause.column());
    Refusal::new(
        Code::MalformedBody,
        Text::new(
            format!("Ce n'est pas du JSON : ligne {line}, colonne {column}."),
            format!("This is not JSON: line {line}, column {column}."),
        ),
    )
}

fn pointer(path: &Path) -> String {
    path.iter()
        .fold(String::new(), |pointer, segment| match segment {
            Segment::Seq { index } => format!("{pointer}/{index}"),
            Segment::Map { key } => Shape::child(&pointer, key),
            Segment::Enum { .. } | Segment::Unknown => pointer,
        })
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(&content_type(request));
        let body = limited(request, payload, json_limit(request));
        Box::pin(async move {
            if !json {
                return Err(Code::WrongMediaType.into());
            }
            Ok(Self(parse(&bytes(body).await?)?))
        })
    }
}

/// A JSON body whose lists are read item by item, each with a verdict of its own.
#[derive(Debug)]
pub struct ListBody<T>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for ListBody<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(&content_type(request));
        let body = limited(request, payload, json_limit(request));
        Box::pin(async move {
            if !json {
                return Err(Code::WrongMediaType.into());
            }
            let mut body = read(&bytes(body).await?)?;
            let shape = Shape::of::<T>();
            let strangers = shape.strangers_beside_lists(&mut body).into_vec();
            Ok(Self(take(&shape, body, strangers)?))
        })
    }
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(&content_type(request));
        let body = limited(request, payload, json_limit(request));
        Box::pin(async move {
            let bytes = bytes(body).await?;
            if bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Self(T::default()));
            }
            if !json {
                return Err(Code::WrongMediaType.into());
            }
            Ok(Self(parse(&bytes)?))
        })
    }
}

/// An uploaded file, whole, with its content type.
#[derive(Debug)]
pub struct Upload {
    /// In lower case, without parameters.
    pub content_type: String,
    /// What was sent.
    pub bytes: web::Bytes,
}

impl Upload {
    /// Refuses what is not of these content types.
    ///
    /// # Errors
    /// `wrong_media_type`.
    pub fn of_type(&self, accepted: &[&str]) -> Result<(), Refusal> {
        of_type(&self.content_type, accepted)
    }
}

/// Refuses a file that is not of these content types.
///
/// # Errors
/// `wrong_media_type`.
pub fn of_type(content_type: &str, accepted: &[&str]) -> Result<(), Refusal> {
    if accepted.contains(&content_type) {
        return Ok(());
    }
    let list = accepted.join(", ");
    Err(Refusal::new(
        Code::WrongMediaType,
        Text::new(
            format!("Envoyez le fichier avec Content-Type : {list}."),
            format!("Send the file with Content-Type: {list}."),
        ),
    ))
}

impl FromRequest for Upload {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = content_type(request);
        let body = limited(request, payload, UPLOAD_LIMIT);
        Box::pin(async move {
            Ok(Self {
                content_type,
                bytes: bytes(body).await?,
            })
        })
    }
}

/// Bytes of a JSON body at the most, by whether whoever sends it is known.
fn json_limit(request: &HttpRequest) -> usize {
    match crate::access::is_known(request) {
        true => JSON_LIMIT,
        false => STRANGER_LIMIT,
    }
}

/// A body that is read to a limit of so many bytes.
pub fn limited(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> impl Future<Output = Result<web::Bytes, actix_web::Error>> + 'static {
    let declared = request
        .headers()
        .get(actix_web::http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    let payload = payload.take();
    async move {
        let too_large = || actix_web::error::ErrorPayloadTooLarge("too large");
        if declared.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        match actix_web::body::to_bytes_limited(actix_web::body::BodyStream::new(payload), limit)
            .await
        {
            Err(_) => Err(too_large()),
            Ok(Err(_)) => Err(actix_web::error::ErrorBadRequest("unreadable")),
            Ok(Ok(bytes)) => Ok(bytes),
        }
    }
}

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

impl<T> Deref for Body<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
