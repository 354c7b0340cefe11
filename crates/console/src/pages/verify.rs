//! `/verifier` and `/verifier/{code}`: whether a certificate of erasure is genuine. For anybody who
//! holds one: what the certificate counts, and no name and no serial number.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Path;
use handover::{CertificateStatus, CertificateSummary, VerifiedCertificate};
use kernel::Instant;
use serde::Serialize;

use crate::{FormView, PageResult, Sample, View, Visit};

/// Characters of a code that are taken along at the most.
const LONGEST: usize = 80;

#[derive(Serialize)]
struct VerifyPage {
    /// What was typed; empty when nothing was.
    code: String,
    /// None when the code is not one of ours.
    found: Option<Found>,
}

#[derive(Serialize)]
struct Found {
    reference: String,
    current: bool,
    in_force: Option<CertificateSummary>,
    at: Instant,
}

impl View for VerifyPage {
    const TEMPLATE: &'static str = "verify.html";
}

/// The code without what an address cannot have; a space stands for a hyphen.
fn plain(code: &str) -> String {
    code.trim()
        .chars()
        .map(|c| if c.is_whitespace() { '-' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(LONGEST)
        .collect()
}

/// The page to type a code into; with `?code=` it leads to what is known of it.
pub(crate) async fn ask(visit: Visit) -> PageResult {
    let code = plain(&visit.query("code"));
    if code.is_empty() {
        return visit.show(&VerifyPage { code, found: None });
    }
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("/verifier/{code}")))
        .finish())
}

pub(crate) async fn show(visit: Visit, code: Path<String>) -> PageResult {
    let at = visit.state().database.now();
    let verified = visit.state().verify_certificate(&code).await?;
    let found = verified.map(|it| Found::of(it, at));
    let status = match found {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    };
    let view = VerifyPage {
        code: plain(&code),
        found,
    };
    visit.show_with(status, &view, &FormView::empty()?)
}

impl Found {
    fn of(verified: VerifiedCertificate, at: Instant) -> Self {
        Self {
            reference: verified.reference,
            current: verified.status == CertificateStatus::Current,
            in_force: verified.in_force,
            at,
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let summary = || CertificateSummary {
        closed_at: at,
        devices: 998,
        drives: 1_004,
        methods: [("purge".to_owned(), 1_000), ("destroy".to_owned(), 4)].into(),
        fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
    };
    let page = |current, in_force| VerifyPage {
        code: "LOT-2023-0007-7K3M9QXZ-4N8TB2C6-0VWSHJRD".to_owned(),
        found: Some(Found {
            reference: "LOT-2023-0007".to_owned(),
            current,
            in_force,
            at,
        }),
    };
    let none = |code: &str| VerifyPage {
        code: code.to_owned(),
        found: None,
    };
    vec![
        Sample::of("certificate, genuine", &page(true, Some(summary()))),
        Sample::of("certificate, replaced", &page(false, Some(summary()))),
        Sample::of("certificate, none in force", &page(false, None)),
        Sample::of("certificate, unknown code", &none("LOT-1")),
        Sample::of("certificate, code to type", &none("")),
    ]
}
