//! The delivery note: one printable page, to be signed on the spot. French, as the
//! association reads it.

use std::fmt::Write as _;

use kernel::Instant;

use crate::model::{HandoverStatus, HandoverView, LotItem, by_kind};

const STYLE: &str = "body{font:11pt/1.4 system-ui,sans-serif;margin:2cm auto;max-width:18cm}\
h1{font-size:16pt}table{border-collapse:collapse;width:100%}th,td{border:1px solid #555;\
padding:.2em .5em;text-align:left}thead{display:table-header-group}tr{break-inside:avoid}\
.sign{display:flex;gap:2cm;margin-top:1.5cm;break-inside:avoid}.sign p{flex:1;border-top:1px solid #000}\
@media print{body{margin:0}}";

/// The delivery note of a handover that was read with its lot.
#[must_use]
pub fn note(handover: &HandoverView) -> String {
    let lot = handover.lot.as_deref().unwrap_or_default();
    let reference = escaped(&handover.reference);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\"><title>Bordereau de remise {reference}</title>\
         <style>{STYLE}</style></head><body>\n<h1>Bordereau de remise {reference}</h1>\n"
    );
    facts(&mut page, handover, lot);
    devices(&mut page, lot);
    signatures(&mut page, handover);
    page.push_str("</body></html>\n");
    page
}

fn facts(page: &mut String, handover: &HandoverView, lot: &[LotItem]) {
    let counts: Vec<String> = by_kind(lot)
        .into_iter()
        .map(|(kind, count)| format!("{count} {}", kind.french(count)))
        .collect();
    let facts = [
        ("Association", handover.association.clone()),
        ("Demande", handover.application.clone()),
        ("Vague", handover.wave.clone()),
        ("Atelier", handover.workshop.clone().unwrap_or_default()),
        ("Lieu", handover.place.clone().unwrap_or_default()),
        (
            "Date",
            handover
                .completed_at
                .or(handover.from)
                .map(day)
                .unwrap_or_default(),
        ),
        ("Lot", counts.join(", ")),
    ];
    page.push_str("<dl>\n");
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(page, "<dt><b>{name}</b></dt><dd>{}</dd>", escaped(value));
    }
    page.push_str("</dl>\n");
}

fn day(at: Instant) -> String {
    at.utc().format("%d/%m/%Y").to_string()
}

fn devices(page: &mut String, lot: &[LotItem]) {
    page.push_str(
        "<table><thead><tr><th>N°</th><th>Étiquette</th><th>N° de série</th><th>Type</th><th>Modèle</th>\
         <th>Remis</th></tr></thead><tbody>\n",
    );
    for (number, item) in lot.iter().enumerate() {
        let model = [item.manufacturer.as_deref(), item.model.as_deref()];
        let model = model.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td></td></tr>",
            number + 1,
            escaped(&item.tag),
            escaped(item.serial.as_deref().unwrap_or("—")),
            item.kind.french(1),
            escaped(&model),
        );
    }
    page.push_str("</tbody></table>\n");
}

fn signatures(page: &mut String, handover: &HandoverView) {
    page.push_str(
        "<p>L'association reçoit ces appareils pour son projet, s'engage à ne pas les revendre et à rendre compte de \
         leur usage.</p>\n",
    );
    if handover.status == HandoverStatus::Completed {
        let who = escaped(handover.recipient_name.as_deref().unwrap_or_default());
        let when = handover.completed_at.map(day).unwrap_or_default();
        let how = if handover.signed { "signé" } else { "reçu" };
        let _ = writeln!(page, "<p>Lot {how} par {who} le {when}.</p>");
        return;
    }
    page.push_str(
        "<div class=\"sign\"><p>Pour l'association (nom, date, signature)</p><p>Pour l'atelier (nom, date, \
         signature)</p></div>\n",
    );
}

/// Text that is safe inside a page.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
