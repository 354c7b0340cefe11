//! An answer that can be sent now and, under an idempotency key, again later.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::Serialize;

use crate::problem::ApiError;
use crate::table;

/// Status, version and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) etag: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn json(status: u16, body: &impl Serialize) -> db::Result<Self> {
        Ok(Self {
            status,
            content_type: "application/json".to_owned(),
            etag: None,
            body: serde_json::to_vec(body)?,
        })
    }

    /// 200 with a body.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn ok(body: &impl Serialize) -> db::Result<Self> {
        Self::json(200, body)
    }

    /// 201 with a body.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn created(body: &impl Serialize) -> db::Result<Self> {
        Self::json(201, body)
    }

    /// 303 with what the page that follows says; only a door that has pages sends it.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn see_other(body: &impl Serialize) -> db::Result<Self> {
        Self::json(303, body)
    }

    /// What is sent.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// 202: it will be seen to, and there is nothing more to say.
    pub fn accepted() -> Self {
        Self {
            status: 202,
            ..Self::no_content()
        }
    }

    /// 204.
    pub fn no_content() -> Self {
        Self {
            status: 204,
            content_type: String::new(),
            etag: None,
            body: Vec::new(),
        }
    }

    /// Another kind of text, such as a calendar or a page.
    pub fn text(content_type: &str, body: String) -> Self {
        Self {
            status: 200,
            content_type: content_type.to_owned(),
            etag: None,
            body: body.into_bytes(),
        }
    }

    /// A table, safe to open in a spreadsheet; in French spreadsheets' own form when the
    /// request says `csv=fr`.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub fn csv<R>(header: &[&str], rows: impl IntoIterator<Item = R>) -> db::Result<Self>
    where
        R: IntoIterator<Item = String>,
    {
        Ok(Self {
            status: 200,
            content_type: "text/csv; charset=utf-8".to_owned(),
            etag: None,
            body: table::write(header, rows)?,
        })
    }

    /// Adds the resource's version as its `ETag`.
    #[must_use]
    pub fn version(mut self, version: i32) -> Self {
        self.etag = Some(format!("\"{version}\""));
        self
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(etag) = self.etag {
            response.insert_header((ETAG, etag));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        if self.content_type.starts_with("text/csv") {
            if matches!(table::asked_in_french(request.query_string()), Ok(true)) {
                match table::in_french(&self.body) {
                    Ok(table) => self.body = table,
                    Err(cause) => return ApiError::from(cause).error_response(),
                }
            }
            response.insert_header((CONTENT_DISPOSITION, "attachment; filename=\"ressac.csv\""));
        }
        response.insert_header((CONTENT_TYPE, self.content_type));
        response.body(self.body)
    }
}
