//! The certificate of erasure: for every drive of a batch what was done about its data, by what
//! and when. One page in French and English, to keep and print, with a code by which anybody finds
//! out whether it is genuine.

mod code;
mod verify;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use db::schema::{
    batches as b, custody_events as e, devices as d, drives as r, organisations as o, people as p,
};
use db::{Db, Result};
use diesel::prelude::*;
use identity::heads;
use kernel::{
    Actor, BatchId, ChainKeys, Code, DeviceId, DeviceKind, Instant, Language, OrganisationId,
    PersonId, Refusal, Text,
};
use serde::Serialize;
use serde_json::json;
use workshop::{AcceptedAs, EraseMethod, Media, Proof};

use crate::paper;
use crate::progress::{is_proven, proven_cycles};

pub use code::CertificateCode;
pub use verify::{
    CertificateInForce, CertificateStatus, CertificateSummary, VerifiedCertificate,
    certificate_in_force, verified,
};

/// What makes a certificate one that can be verified.
#[derive(Debug, Clone, Copy)]
pub struct Verifying<'a> {
    /// The keys of the chains; the first makes the code.
    pub keys: &'a ChainKeys,
    /// Where the program is reached from outside, without a slash at the end.
    pub base_url: &'a str,
}

#[derive(Serialize)]
struct Certificate {
    reference: String,
    title: String,
    donor: String,
    workshop: String,
    counted_on: String,
    drives: Vec<Drive>,
    fingerprint: String,
    code: Option<String>,
    /// Where the code is verified; the page to type it into.
    address: String,
    page: String,
    head: Option<Head>,
}

/// The signed head that covers the lines of the devices' logs: whoever keeps the certificate can show
/// by it that these were not changed since.
#[derive(Serialize)]
struct Head {
    number: i64,
    on: String,
    sha256: String,
    public_key: String,
}

#[derive(Serialize)]
struct Drive {
    tag: String,
    kind: &'static str,
    device_serial: Option<String>,
    serial: Option<String>,
    media: &'static str,
    model: Option<String>,
    treatment: &'static str,
    tool: String,
    ground: String,
    operators: String,
    verification: &'static str,
    on: String,
}

/// A drive of a device that came, in one of the device's cycles.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct DriveRow {
    device: DeviceId,
    cycle: i32,
    tag: String,
    device_serial: Option<String>,
    kind: DeviceKind,
    serial: Option<String>,
    model: Option<String>,
    media: Media,
    proof: Option<Proof>,
    pub(crate) method: Option<EraseMethod>,
}

/// What keeps a certificate from being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unproven {
    /// The device.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// Where it stands.
    pub stage: String,
    /// Its drives without proof, by serial number; none when no drive of it was seen yet.
    pub drives: Vec<String>,
}

/// Devices that a refusal names; a longer list is counted.
const NAMED: usize = 500;

/// The certificate of a batch, for those who see the batch. There is none before every device
/// that came has its proof: the refusal says which do not, and which drives are open.
///
/// # Errors
/// `not_found`, also while something is not proven.
pub fn certificate(
    db: &mut Db,
    actor: &Actor,
    id: BatchId,
    verifying: Verifying<'_>,
) -> Result<String> {
    let batch = intake::batch(db, actor, id)?;
    if batch.closed_at.is_none() {
        return Err(Refusal::new(
            Code::NotFound,
            Text::new(
                "L'attestation vient quand le comptage du lot est clos.",
                "The certificate comes once the count of the batch is closed.",
            ),
        )
        .into());
    }
    if !is_proven(db, id)? {
        return Err(not_yet(&unproven(db, id)?).into());
    }
    write(db, id, verifying)
}

fn not_yet(missing: &[Unproven]) -> Refusal {
    let count = missing.len();
    let named: Vec<&str> = missing.iter().take(20).map(|it| it.tag.as_str()).collect();
    let (named, more) = (named.join(", "), if count > 20 { ", …" } else { "" });
    let some = &missing[..count.min(NAMED)];
    Refusal::new(
        Code::NotFound,
        Text::new(
            format!(
                "L'attestation n'existe pas encore : il manque la preuve d'effacement de {count} appareil(s) : {named}{more}."
            ),
            format!(
                "There is no certificate yet: {count} device(s) have no proof of erasure: {named}{more}."
            ),
        ),
    )
    .with_extra(json!({ "unproven": count, "missing": some }))
}

/// Every device that came and is not proven, with the drives that are open.
fn unproven(db: &mut Db, id: BatchId) -> Result<Vec<Unproven>> {
    let rows: Vec<(DeviceId, i32, String, Option<String>, String)> = d::table
        .filter(d::batch_id.eq(id))
        .filter(d::stage.ne_all(["expected", "missing"]))
        .filter(d::erasure_proven.eq(false))
        .order(d::tag)
        .select((d::id, d::cycle, d::tag, d::serial, d::stage))
        .load(db)?;
    let before: HashSet<DeviceId> = proven_cycles(db, id)?.into_keys().collect();
    let mut missing = Vec::new();
    for (device, cycle, tag, serial, stage) in rows {
        if before.contains(&device) {
            continue;
        }
        let open: Vec<Option<String>> = r::table
            .filter(r::device_id.eq(device))
            .filter(r::cycle.eq(cycle))
            .filter(r::proven.eq(false))
            .order(r::id)
            .select(r::serial)
            .load(db)?;
        missing.push(Unproven {
            tag,
            serial,
            stage,
            drives: open
                .into_iter()
                .map(|serial| serial.unwrap_or_else(|| "?".to_owned()))
                .collect(),
        });
    }
    Ok(missing)
}

/// The page as it stands now.
pub(crate) fn write(db: &mut Db, id: BatchId, verifying: Verifying<'_>) -> Result<String> {
    let certificate = load(db, id, verifying)?;
    paper::write("certificate.html", Language::French, &certificate)
}

type Batch = (
    String,
    String,
    OrganisationId,
    String,
    Option<Instant>,
    Option<OrganisationId>,
);

fn load(db: &mut Db, id: BatchId, verifying: Verifying<'_>) -> Result<Certificate> {
    let (reference, title, donor_id, donor, closed_at, workshop): Batch = b::table
        .inner_join(o::table.on(o::id.eq(b::donor_id)))
        .filter(b::id.eq(id))
        .select((
            b::reference,
            b::title,
            b::donor_id,
            o::name,
            b::closed_at,
            b::workshop_id,
        ))
        .first(db)?;
    let closed_at = closed_at.ok_or_else(Refusal::not_found)?;
    let workshop = match workshop {
        Some(id) => identity::names(db, &[id])?.remove(&id),
        None => None,
    };
    let rows = drives_of(db, id)?;
    let fingerprint = verify::fingerprint((id, donor_id, closed_at), &rows);
    let code = CertificateCode::print(verifying.keys, &reference, &fingerprint);
    let page = format!("{}/verifier", verifying.base_url);
    let people = operators(db, &rows)?;
    let drives = rows.into_iter().map(|row| {
        let operators = people.get(&(row.device, row.cycle)).cloned();
        Drive::of(row, operators.unwrap_or_default())
    });
    Ok(Certificate {
        reference,
        title,
        donor,
        workshop: workshop.unwrap_or_default(),
        counted_on: day(closed_at),
        drives: drives.collect(),
        fingerprint: HEXLOWER.encode(&fingerprint),
        address: format!("{page}/{}", code.as_deref().unwrap_or_default()),
        code,
        page,
        head: head(db, id)?,
    })
}

/// The head that covers every line about the erasure of a batch's drives; none until it is made.
fn head(db: &mut Db, id: BatchId) -> Result<Option<Head>> {
    let last: Option<i64> = e::table
        .inner_join(d::table.on(d::id.eq(e::device_id)))
        .filter(d::batch_id.eq(id))
        .filter(e::event_type.eq_any(["erased", "received"]))
        .select(diesel::dsl::max(e::epoch))
        .get_result(db)?;
    let Some(last) = last else {
        return Ok(None);
    };
    let signed = heads::head_covering(db, last)?;
    Ok(signed.map(|signed| Head {
        number: signed.head.number,
        on: day(signed.head.at),
        sha256: heads::sha256(&signed.line),
        public_key: signed.head.public_key,
    }))
}

/// Every proven drive of the devices that came: of the cycle that a device is in, or of the last
/// one in which it was proven.
pub(crate) fn drives_of(db: &mut Db, id: BatchId) -> Result<Vec<DriveRow>> {
    let before = proven_cycles(db, id)?;
    let mut rows: Vec<(DriveRow, i32)> = r::table
        .inner_join(d::table)
        .filter(d::batch_id.eq(id))
        .filter(r::proven.eq(true))
        .order((d::tag, r::id))
        .select((
            (
                r::device_id,
                r::cycle,
                d::tag,
                d::serial,
                d::kind,
                r::serial,
                r::model,
                r::media,
                r::proof,
                r::method,
            ),
            d::cycle,
        ))
        .load(db)?;
    rows.retain(|(row, present)| {
        let shown = before.get(&row.device).unwrap_or(present);
        row.cycle == *shown
    });
    Ok(rows.into_iter().map(|(row, _)| row).collect())
}

/// Who dealt with the drives of each device in each of its cycles: whoever stood at the machine,
/// or logged it.
fn operators(db: &mut Db, rows: &[DriveRow]) -> Result<HashMap<(DeviceId, i32), String>> {
    let mut devices: Vec<DeviceId> = rows.iter().map(|row| row.device).collect();
    devices.sort_unstable();
    devices.dedup();
    let mut people: BTreeMap<(DeviceId, i32), Vec<PersonId>> = BTreeMap::new();
    for chunk in devices.chunks(500) {
        let lines: Vec<(DeviceId, String, String, PersonId, Option<PersonId>)> = e::table
            .filter(e::device_id.eq_any(chunk))
            .filter(e::event_type.eq_any(["erased", "received"]))
            .order((e::device_id, e::seq))
            .select((
                e::device_id,
                e::event_type,
                e::from_stage,
                e::actor_id,
                e::operated_by,
            ))
            .load(db)?;
        let mut cycles: HashMap<DeviceId, i32> = HashMap::new();
        for (device, event_type, from, actor, operator) in lines {
            let cycle = cycles.entry(device).or_default();
            if event_type == "erased" {
                let names = people.entry((device, (*cycle).max(1))).or_default();
                names.push(operator.unwrap_or(actor));
            } else if ["expected", "returned", "missing"].contains(&from.as_str()) {
                *cycle += 1;
            }
        }
    }
    let mut ids: Vec<PersonId> = people.values().flatten().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut names: HashMap<PersonId, String> = HashMap::new();
    for chunk in ids.chunks(500) {
        let found: Vec<(PersonId, String)> = p::table
            .filter(p::id.eq_any(chunk))
            .select((p::id, p::name))
            .load(db)?;
        names.extend(found);
    }
    let joined = people.into_iter().map(|(key, ids)| {
        let mut all: Vec<&str> = Vec::new();
        for name in ids.iter().filter_map(|id| names.get(id)) {
            if !all.contains(&name.as_str()) {
                all.push(name);
            }
        }
        (key, all.join(", "))
    });
    Ok(joined.collect())
}

impl Drive {
    fn of(row: DriveRow, operators: String) -> Self {
        let proof = row.proof.as_ref();
        Self {
            treatment: proof.map_or("—", |proof| treatment(proof.method)),
            tool: proof.map_or_else(|| "—".to_owned(), tool),
            ground: proof.map(ground).unwrap_or_default(),
            verification: proof.map_or("—", verification),
            on: proof.map(|proof| day(proof.at)).unwrap_or_default(),
            tag: row.tag,
            kind: row.kind.french(1),
            device_serial: row.device_serial,
            serial: row.serial,
            media: row.media.as_str(),
            model: row.model,
            operators,
        }
    }
}

/// How it was verified: by the tool, whose report says so, or by looking at it.
const fn verification(proof: &Proof) -> &'static str {
    match (proof.method, &proof.report) {
        (EraseMethod::Destroy, _) => "constatée à l'œil / seen by eye",
        (EraseMethod::Absent, _) => "machine ouverte / machine opened",
        (_, Some(_)) => "par l'outil, rapport joint / by the tool, report attached",
        (_, None) => "par l'outil, selon l'atelier / by the tool, as stated",
    }
}

/// The tool with its version.
fn tool(proof: &Proof) -> String {
    let tool = proof.tool.as_deref().unwrap_or("—");
    match &proof.tool_version {
        Some(version) => format!("{tool} {version}"),
        None => tool.to_owned(),
    }
}

/// On which ground: a report of the tool, or the word of the workshop; and what two people accepted.
fn ground(proof: &Proof) -> String {
    let mut ground = match &proof.report {
        Some(hash) => format!("rapport / report {}", hash.get(..12).unwrap_or(hash)),
        None => "déclaré par l'atelier / stated by the workshop".to_owned(),
    };
    if let Some(accepted) = &proof.accepted {
        let what = match accepted.accepted_as {
            AcceptedAs::HiddenAreaFalseAlarm => {
                "fausse alerte de secteurs cachés / false warning of hidden sectors"
            }
            AcceptedAs::WrongClock => "horloge de la station fausse / wrong station clock",
            AcceptedAs::AbsentConfirmed => "absence confirmée / absence confirmed",
            AcceptedAs::LayoutConfirmed => {
                "rapport relu, présentation non vérifiée / report read by people, layout not verified"
            }
        };
        let _ = write!(
            ground,
            " ; accepté par deux personnes / accepted by two people: {what} ({})",
            accepted.reason
        );
    }
    ground
}

const fn treatment(method: EraseMethod) -> &'static str {
    match method {
        EraseMethod::Clear => "écrasement / clear",
        EraseMethod::Purge => "effacement sécurisé / purge",
        EraseMethod::Destroy => "destruction / destroy",
        EraseMethod::Absent => "absent",
    }
}

fn day(at: Instant) -> String {
    at.in_paris().format("%d/%m/%Y").to_string()
}
