//! The certificate of erasure: for every drive of a batch what was done about its data, by what
//! and when. One page in French and English, to keep and print.

use std::fmt::Write as _;

use crate::page::{escaped, page};
use db::schema::{batches as b, devices as d, drives as r, organisations as o};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, BatchId, DeviceKind, Instant, Language, Refusal};
use workshop::{AcceptedAs, EraseMethod, Media, Proof};

use crate::donors;

/// What it is about.
struct Batch {
    reference: String,
    title: String,
    donor: String,
    workshop: String,
    closed_at: Instant,
}

/// Narrow enough for six columns on paper: what is next to each other belongs together.
const STYLE: &str = "<style>dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{font-weight:bold}\
dd{margin:0}th,td{font-size:.75rem}</style>";

/// A device, one of its drives, and that one's proof.
type Row = (
    (String, Option<String>, DeviceKind),
    (Option<String>, Option<String>, Media, Option<Proof>),
);

/// The certificate of a batch, for those who see the batch. There is none before every device
/// that came has its proof.
///
/// # Errors
/// `not_found`, also while something is not proven.
pub fn certificate(db: &mut Db, actor: &Actor, id: BatchId) -> Result<String> {
    let batch = intake::batch(db, actor, id)?;
    if batch.closed_at.is_none() || !donors::is_proven(db, id)? {
        return Err(Refusal::not_found().into());
    }
    write(db, id)
}

/// The page as it stands now.
pub(crate) fn write(db: &mut Db, id: BatchId) -> Result<String> {
    let batch = batch(db, id)?;
    let rows = rows(db, id)?;
    let mut body = STYLE.to_owned();
    facts(&mut body, &batch);
    body.push_str("<table><thead><tr>");
    for head in [
        "Appareil / Device",
        "Disque / Drive",
        "Modèle / Model",
        "Traitement / Treatment",
        "Outil et motif / Tool and ground",
        "Date",
    ] {
        let _ = write!(body, "<th scope=\"col\">{head}</th>");
    }
    body.push_str("</tr></thead><tbody>\n");
    for row in &rows {
        drive(&mut body, row);
    }
    body.push_str("</tbody></table>\n");
    let title = format!(
        "Attestation d'effacement / Certificate of erasure {}",
        batch.reference
    );
    Ok(page(Language::French, &title, &body))
}

fn batch(db: &mut Db, id: BatchId) -> Result<Batch> {
    let (reference, title, donor, closed_at, workshop): (_, _, _, Option<Instant>, _) = b::table
        .inner_join(o::table.on(o::id.eq(b::donor_id)))
        .filter(b::id.eq(id))
        .select((
            b::reference,
            b::title,
            o::name,
            b::closed_at,
            b::workshop_id,
        ))
        .first(db)?;
    let workshop: Option<kernel::OrganisationId> = workshop;
    let workshop = match workshop {
        Some(id) => identity::names(db, &[id])?.remove(&id),
        None => None,
    };
    Ok(Batch {
        reference,
        title,
        donor,
        workshop: workshop.unwrap_or_default(),
        closed_at: closed_at.ok_or_else(Refusal::not_found)?,
    })
}

/// Every proven drive of the devices that came, each in its present cycle.
fn rows(db: &mut Db, id: BatchId) -> Result<Vec<Row>> {
    Ok(r::table
        .inner_join(d::table)
        .filter(d::batch_id.eq(id))
        .filter(d::cycle.eq(r::cycle))
        .filter(r::proven.eq(true))
        .order((d::tag, r::id))
        .select((
            (d::tag, d::serial, d::kind),
            (r::serial, r::model, r::media, r::proof),
        ))
        .load(db)?)
}

fn facts(body: &mut String, batch: &Batch) {
    let facts = [
        ("Donateur / Donor", batch.donor.as_str()),
        ("Don / Donation", batch.title.as_str()),
        ("Atelier / Workshop", batch.workshop.as_str()),
    ];
    body.push_str("<dl>\n");
    for (name, value) in facts {
        let _ = writeln!(body, "<dt>{name}</dt><dd>{}</dd>", escaped(value));
    }
    let _ = writeln!(
        body,
        "<dt>Compté le / Counted on</dt><dd>{}</dd>\n</dl>",
        day(batch.closed_at)
    );
    body.push_str(
        "<p>Les données de chaque disque ci-dessous ont été effacées (NIST SP 800-88), le disque a été \
         détruit, ou son absence constatée ; la preuve est conservée.<br>\n<span lang=\"en\">The data of each \
         drive below was erased (NIST SP 800-88), the drive destroyed, or found absent; the proof is \
         kept.</span></p>\n",
    );
}

fn drive(body: &mut String, ((tag, serial, kind), (drive, model, media, proof)): &Row) {
    let proof = proof.as_ref();
    let treatment = proof.map_or("—", |proof| treatment(proof.method));
    let tool = proof.map(tool).unwrap_or_else(|| "—".to_owned());
    let ground = proof.map(ground).unwrap_or_default();
    let at = proof.map(|proof| day(proof.at)).unwrap_or_default();
    let or_dash = |text: &Option<String>| escaped(text.as_deref().unwrap_or("—"));
    let _ = writeln!(
        body,
        "<tr><td><span class=\"code\">{}</span><br>{}<br><span class=\"code\">{}</span></td>\
         <td class=\"code\">{}<br>{}</td><td>{}</td><td>{treatment}</td><td>{}<br>{}</td><td>{at}</td></tr>",
        escaped(tag),
        kind.french(1),
        or_dash(serial),
        or_dash(drive),
        media.as_str(),
        or_dash(model),
        escaped(&tool),
        escaped(&ground),
    );
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
