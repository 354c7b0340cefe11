//! Files that people attach: kept, and sent back to be saved.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use eligibility::{DOCUMENT_TYPES, DocumentKind, LARGEST_DOCUMENT, NewDocument};
use files::{Kept, MediaType, NotKept};
use kernel::{Code, Refusal, Text};
use workshop::{ErasureReport, NewFile, PHOTOGRAPH_TYPES, REPORT_TYPES};

use crate::problem::ApiError;
use crate::{ApiResult, State};

/// Takes a file in, once a scanner has looked at it. Nothing refers to it yet.
///
/// # Errors
/// `document_infected`; `unavailable` when folder or scanner do not work.
pub async fn keep(state: &State, bytes: web::Bytes) -> ApiResult<Kept> {
    let files = state.files.clone();
    let outcome = web::block(move || files.keep(&bytes)).await;
    match outcome.map_err(db::Error::internal)? {
        Ok(kept) => Ok(kept),
        Err(NotKept::Infected(what)) => {
            tracing::warn!(%what, "a file is infected");
            Err(Code::DocumentInfected.into())
        }
        Err(NotKept::Failed(cause)) => {
            tracing::error!(%cause, "a file cannot be kept");
            Err(ApiError::from(Code::Unavailable))
        }
    }
}

/// Takes in a supporting document of an application: recognized by its content, whatever is
/// declared.
///
/// # Errors
/// `too_large`, `document_not_accepted`; as [`keep`].
pub async fn keep_document(
    state: &State,
    kind: DocumentKind,
    name: &str,
    bytes: web::Bytes,
) -> ApiResult<NewDocument> {
    if bytes.len() > LARGEST_DOCUMENT {
        let detail = Text::new(
            "Une pièce a 10 Mo au plus.",
            "A document has at most 10 MB.",
        );
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    let media_type = files::recognize(&bytes)
        .filter(|media_type| DOCUMENT_TYPES.contains(media_type))
        .ok_or_else(|| Refusal::plain(Code::DocumentNotAccepted))?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let kept = keep(state, bytes).await?;
    Ok(NewDocument {
        kind,
        name: name.to_owned(),
        media_type,
        size,
        sha256: kept.sha256,
        scanned: kept.scanned,
    })
}

/// Bytes of an erasure report at the most.
pub const LARGEST_REPORT: usize = 5 << 20;

/// What a file that is sent as an erasure report says: recognized by its content, and read where
/// its tool is known. Nothing is kept yet.
///
/// # Errors
/// `too_large`, `wrong_media_type`, `report_unreadable`.
pub async fn read_report(bytes: &web::Bytes) -> ApiResult<(MediaType, Option<ErasureReport>)> {
    if bytes.len() > LARGEST_REPORT {
        let detail = Text::new("Un rapport a 5 Mo au plus.", "A report has at most 5 MB.");
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    let media_type = files::recognize(bytes)
        .filter(|media_type| REPORT_TYPES.contains(media_type))
        .ok_or_else(not_a_report)?;
    let read = bytes.clone();
    let report = web::block(move || workshop::read_report(&read, media_type))
        .await
        .map_err(db::Error::internal)??;
    Ok((media_type, report))
}

/// What a report is called that is kept.
pub fn report_name(said: &str, media_type: MediaType) -> String {
    files::name_for(said, media_type, "rapport")
}

fn not_a_report() -> Refusal {
    Refusal::new(
        Code::WrongMediaType,
        Text::new(
            "Un rapport d'effacement est un texte, un PDF, du XML ou du JSON.",
            "An erasure report is text, PDF, XML or JSON.",
        ),
    )
}

/// Bytes of a photograph at the most.
const LARGEST_PHOTOGRAPH: usize = 10 << 20;

/// Keeps a photograph of a device, recognized by its content.
///
/// # Errors
/// `too_large`, `wrong_media_type`; as [`keep`].
pub async fn keep_photograph(
    state: &State,
    name: Option<&str>,
    bytes: web::Bytes,
) -> ApiResult<NewFile> {
    if bytes.len() > LARGEST_PHOTOGRAPH {
        let detail = Text::new(
            "Une photographie a 10 Mo au plus.",
            "A photograph has at most 10 MB.",
        );
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    let media_type = files::recognize(&bytes).filter(|one| PHOTOGRAPH_TYPES.contains(one));
    let media_type = media_type.ok_or_else(|| {
        let detail = Text::new(
            "Une photographie est un fichier JPEG, PNG ou WebP.",
            "A photograph is a JPEG, PNG or WebP file.",
        );
        Refusal::new(Code::WrongMediaType, detail)
    })?;
    let name = name.filter(|name| !name.is_empty());
    let name = name.map(|name| files::name_for(name, media_type, "photographie"));
    keep_evidence(state, bytes, media_type, name).await
}

/// Keeps a file that is evidence about a device. Nothing refers to it yet.
///
/// # Errors
/// As [`keep`].
pub async fn keep_evidence(
    state: &State,
    bytes: web::Bytes,
    media_type: MediaType,
    name: Option<String>,
) -> ApiResult<NewFile> {
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let kept = keep(state, bytes).await?;
    Ok(NewFile {
        sha256: kept.sha256,
        media_type,
        size,
        name,
    })
}

/// A file itself, to be saved and never shown within a page.
///
/// # Errors
/// `unavailable` when it cannot be read, or is not what came in.
pub async fn send(
    state: &State,
    sha256: String,
    media_type: MediaType,
    name: &str,
) -> ApiResult<HttpResponse> {
    let files = state.files.clone();
    let read = web::block(move || files.read(&sha256)).await;
    let bytes = read.map_err(db::Error::internal)?.map_err(|cause| {
        tracing::error!(%cause, "a file cannot be read");
        ApiError::from(Code::Unavailable)
    })?;
    let name: String = form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type.as_str()))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        ))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .body(bytes))
}
