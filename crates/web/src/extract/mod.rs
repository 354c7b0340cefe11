//! What handlers take in, with refusals that name the field: bodies here, what stands in the address and
//! the headers in `address`.

mod address;

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use kernel::{Code, FieldError, Refusal, Shape, Text};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use utoipa::ToSchema;

pub use self::address::{Csv, IfMatch, Paging, PagingParams, Params, PathId, preferred};
use crate::json::Once;
use crate::problem::{ApiError, ApiResult};

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
    match crate::known::is_known(request) {
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

impl<T> Deref for Body<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
