//! Whether a certificate that somebody holds is genuine, and still the one in force. It says what the
//! certificate counts, and no name and no serial number of it.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use db::schema::batches as b;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, Canonical, Instant, OrganisationId, Refusal};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use workshop::Proof;

use super::code::CertificateCode;
use super::{DriveRow, drives_of};
use crate::progress::is_proven;

/// Names the format of what a fingerprint is over.
const FORMAT: &str = "erasure certificate 1";

/// What is known of a certificate by its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VerifiedCertificate {
    /// Whether it is the one in force.
    pub status: CertificateStatus,
    /// The batch that it is of.
    pub reference: String,
    /// The one in force; none while a device of the batch has no proof of erasure again.
    pub in_force: Option<CertificateSummary>,
}

/// Where a genuine certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateStatus {
    /// Genuine and up to date.
    Current,
    /// Genuine, but what it says was corrected or completed since.
    Superseded,
}

/// What a certificate counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CertificateSummary {
    /// When the count of the batch was closed.
    pub closed_at: Instant,
    /// Devices.
    pub devices: u64,
    /// Their drives.
    pub drives: u64,
    /// Drives by what was done to them.
    pub methods: BTreeMap<String, u64>,
    /// SHA-256 over what it says of each drive; it is printed on the certificate.
    pub fingerprint: String,
}

/// The certificate of a batch as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInForce {
    fingerprint: [u8; 32],
    summary: CertificateSummary,
}

/// The certificate in force of the batch that a code names; none while something is not proven.
/// It reads the drives of the batch.
///
/// # Errors
/// `not_found` when there is no such batch any more.
pub fn certificate_in_force(
    db: &mut Db,
    code: &CertificateCode,
) -> Result<Option<CertificateInForce>> {
    let found: Option<(BatchId, OrganisationId, Option<Instant>)> = b::table
        .filter(b::reference.eq(code.reference()))
        .select((b::id, b::donor_id, b::closed_at))
        .first(db)
        .optional()?;
    let (id, donor, closed_at) = found.ok_or_else(Refusal::not_found)?;
    let Some(closed_at) = closed_at else {
        return Ok(None);
    };
    if !is_proven(db, id)? {
        return Ok(None);
    }
    let rows = drives_of(db, id)?;
    let fingerprint = fingerprint((id, donor, closed_at), &rows);
    Ok(Some(CertificateInForce {
        summary: summary(closed_at, &rows, &fingerprint),
        fingerprint,
    }))
}

/// What the holder of a code is told.
pub fn verified(
    code: &CertificateCode,
    in_force: Option<&CertificateInForce>,
) -> VerifiedCertificate {
    let current = in_force.is_some_and(|it| code.is_of(&it.fingerprint));
    VerifiedCertificate {
        status: match current {
            true => CertificateStatus::Current,
            false => CertificateStatus::Superseded,
        },
        reference: code.reference().to_owned(),
        in_force: in_force.map(|it| it.summary.clone()),
    }
}

fn summary(closed_at: Instant, rows: &[DriveRow], fingerprint: &[u8]) -> CertificateSummary {
    let mut methods: BTreeMap<String, u64> = BTreeMap::new();
    for method in rows.iter().filter_map(|row| row.method) {
        *methods.entry(method.as_str().to_owned()).or_default() += 1;
    }
    let mut devices: Vec<_> = rows.iter().map(|row| row.device).collect();
    devices.sort_unstable();
    devices.dedup();
    CertificateSummary {
        closed_at,
        devices: devices.len() as u64,
        drives: rows.len() as u64,
        methods,
        fingerprint: HEXLOWER.encode(fingerprint),
    }
}

/// SHA-256 over the batch, its donor and what is said of each drive, in the order of the paper. Not
/// over the names of people, which are erased in time, nor over those of organizations.
pub(super) fn fingerprint(
    (batch, donor, closed_at): (BatchId, OrganisationId, Instant),
    rows: &[DriveRow],
) -> [u8; 32] {
    let mut content = Canonical::new(FORMAT, 64 + rows.len() * 200);
    content.field(batch.uuid().as_bytes());
    content.field(donor.uuid().as_bytes());
    content.field(&closed_at.micros().to_be_bytes());
    for row in rows {
        content.field(row.tag.as_bytes());
        content.field(&row.cycle.to_be_bytes());
        content.field(row.kind.as_str().as_bytes());
        let texts = [&row.device_serial, &row.serial, &row.model];
        for text in texts {
            content.optional(text.as_ref().map(String::as_bytes));
        }
        content.field(row.media.as_str().as_bytes());
        proof(&mut content, row.proof.as_ref());
    }
    Sha256::digest(content.bytes()).into()
}

fn proof(content: &mut Canonical, proof: Option<&Proof>) {
    let Some(proof) = proof else {
        return content.optional(None);
    };
    content.field(proof.method.as_str().as_bytes());
    content.field(&proof.at.micros().to_be_bytes());
    for text in [&proof.tool, &proof.tool_version, &proof.report] {
        content.optional(text.as_ref().map(String::as_bytes));
    }
    let accepted = proof.accepted.as_ref();
    let accepted_as = accepted.map(|it| it.accepted_as.as_str().as_bytes());
    content.optional(accepted_as);
    content.optional(accepted.map(|it| it.reason.as_bytes()));
}
