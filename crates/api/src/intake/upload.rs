//! A file that a client sends, taken in part by part: a small one in memory, a larger one on
//! the disk.

use std::future::poll_fn;
use std::io::Write;
use std::pin::pin;

use actix_web::body::{BodyStream, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{FromRequest, HttpRequest, web};
use intake::manifest::{Content, Spool};
use kernel::{Code, Refusal, Text};

use crate::ManifestLimit;
use crate::extract::{content_type, of_type};
use crate::problem::{ApiError, ApiResult};

/// Bytes that are gathered before they go to the disk together.
const PART: usize = 1 << 20;

/// How spreadsheet programs and scripts name what they save. What a file is, its content
/// says: browsers call a CSV file `application/vnd.ms-excel` where Excel is installed.
const ACCEPTED: [&str; 8] = [
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.ms-excel",
    "text/csv",
    "application/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/octet-stream",
];

/// An uploaded list, whole.
#[derive(Debug)]
pub struct UploadedList(pub Content);

impl FromRequest for UploadedList {
    type Error = ApiError;
    type Future = std::pin::Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let known_type = of_type(&content_type(request), &ACCEPTED);
        let limit = request
            .app_data::<web::Data<ManifestLimit>>()
            .map_or(0, |limit| limit.bytes);
        let announced = request
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let payload = payload.take();
        Box::pin(async move {
            known_type?;
            if announced.is_some_and(|length| length > limit) {
                return Err(too_large(limit).into());
            }
            Ok(Self(take_in(payload, limit).await?))
        })
    }
}

async fn take_in(payload: Payload, limit: u64) -> ApiResult<Content> {
    let mut body = pin!(BodyStream::new(payload));
    let mut spool = Spool::default();
    let mut part = Vec::new();
    while let Some(bytes) = poll_fn(|context| body.as_mut().poll_next(context)).await {
        let bytes = bytes.map_err(|_| ApiError::from(Code::MalformedRequest))?;
        part.extend_from_slice(&bytes);
        if spool.length() + part.len() as u64 > limit {
            return Err(too_large(limit).into());
        }
        if part.len() >= PART {
            (spool, part) = keep(spool, part).await?;
        }
    }
    let (spool, _) = keep(spool, part).await?;
    Ok(spool.finish().map_err(db::Error::internal)?)
}

/// Adds a part to what came before, and gives its buffer back, empty.
async fn keep(mut spool: Spool, mut part: Vec<u8>) -> ApiResult<(Spool, Vec<u8>)> {
    let kept = web::block(move || {
        spool.write_all(&part)?;
        part.clear();
        Ok::<_, std::io::Error>((spool, part))
    });
    let kept = kept.await.map_err(db::Error::internal)?;
    Ok(kept.map_err(db::Error::internal)?)
}

fn too_large(limit: u64) -> Refusal {
    let most = limit >> 20;
    Refusal::new(
        Code::TooLarge,
        Text::new(
            format!("Un inventaire a {most} Mo au plus ; déposez celui-ci en plusieurs lots."),
            format!("A manifest has at most {most} MB; upload this one as several batches."),
        ),
    )
}
