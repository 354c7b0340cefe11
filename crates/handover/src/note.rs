//! The delivery note: one printable page, to be signed on the spot. In the language of the
//! association that reads it.

use std::fmt::Write as _;

use crate::page::{escaped, page, word};
use kernel::{DeviceKind, Instant, Language};

use crate::model::{HandoverStatus, HandoverView, LotItem, by_kind};

const STYLE: &str = "<style>dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{font-weight:bold}\
dd{margin:0}.sign{display:flex;flex-wrap:wrap;gap:1rem 3rem;margin-top:2.5cm;break-inside:avoid}\
.sign p{flex:1 1 12rem;border-top:1px solid #000;padding-top:.2rem}</style>";

/// The delivery note of a handover that was read with its lot.
#[must_use]
pub fn note(handover: &HandoverView, language: Language) -> String {
    let lot = handover.lot.as_deref().unwrap_or_default();
    let mut body = STYLE.to_owned();
    facts(&mut body, handover, lot, language);
    devices(&mut body, handover.status, lot, language);
    signatures(&mut body, handover, language);
    let name = word(language, "Bordereau de remise", "Delivery note");
    page(language, &format!("{name} {}", handover.reference), &body)
}

fn kind(language: Language, kind: DeviceKind, count: u64) -> &'static str {
    match language {
        Language::French => kind.french(count),
        Language::English => kind.english(count),
    }
}

fn facts(body: &mut String, handover: &HandoverView, lot: &[LotItem], language: Language) {
    let counts = by_kind(lot);
    let value = allocation::rules::euros(allocation::rules::value_cents(&counts));
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(of, count)| format!("{count} {}", kind(language, of, count)))
        .collect();
    let when = handover.completed_at.or(handover.from);
    let facts = [
        ("Association", "Association", handover.association.clone()),
        ("Demande", "Application", handover.application.clone()),
        ("Vague", "Wave", handover.wave.clone()),
        (
            "Atelier",
            "Workshop",
            handover.workshop.clone().unwrap_or_default(),
        ),
        ("Lieu", "Place", handover.place.clone().unwrap_or_default()),
        (
            "Vient chercher le lot",
            "Collects the lot",
            handover.collector.clone().unwrap_or_default(),
        ),
        (
            "Date",
            "Date",
            when.map(|at| day(at, language)).unwrap_or_default(),
        ),
        ("Lot", "Lot", counts.join(", ")),
        ("Valeur", "Value", word_of(language, value.fr, value.en)),
    ];
    body.push_str("<dl>\n");
    for (fr, en, value) in facts.iter().filter(|(.., value)| !value.is_empty()) {
        let name = word(language, fr, en);
        let _ = writeln!(body, "<dt>{name}</dt><dd>{}</dd>", escaped(value));
    }
    body.push_str("</dl>\n");
}

fn word_of(language: Language, fr: String, en: String) -> String {
    match language {
        Language::French => fr,
        Language::English => en,
    }
}

fn day(at: Instant, language: Language) -> String {
    let pattern = word(language, "%d/%m/%Y", "%-d %B %Y");
    at.in_paris().format(pattern).to_string()
}

fn devices(body: &mut String, status: HandoverStatus, lot: &[LotItem], language: Language) {
    let given = match status {
        HandoverStatus::Completed => '☑',
        _ => '☐', // to be ticked on the spot
    };
    body.push_str("<table><thead><tr>");
    for head in [
        word(language, "N°", "No."),
        word(language, "Étiquette", "Tag"),
        word(language, "N° de série", "Serial number"),
        word(language, "Type", "Kind"),
        word(language, "Modèle", "Model"),
        word(language, "Remis", "Given"),
    ] {
        let _ = write!(body, "<th scope=\"col\">{head}</th>");
    }
    body.push_str("</tr></thead><tbody>\n");
    for (number, item) in (1..).zip(lot) {
        let model = [item.manufacturer.as_deref(), item.model.as_deref()];
        let model = model.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let _ = writeln!(
            body,
            "<tr><td>{number}</td><td class=\"code\">{}</td><td class=\"code\">{}</td><td>{}</td><td>{}</td><td>{given}</td></tr>",
            escaped(&item.tag),
            escaped(item.serial.as_deref().unwrap_or("—")),
            kind(language, item.kind, 1),
            escaped(&model),
        );
    }
    body.push_str("</tbody></table>\n");
}

/// The signature as it was taken with its hash, or why there is none.
fn signature(body: &mut String, handover: &HandoverView, language: Language) {
    if let Some(reason) = &handover.signature_waived {
        let waived = word(
            language,
            "Remis sans signature. Raison",
            "Handed over without a signature. Reason",
        );
        let _ = writeln!(body, "<p>{waived} : {}</p>", escaped(reason));
        return;
    }
    match handover.signature.as_deref() {
        Some(image) if image.starts_with("data:image/") => {
            let alt = word(language, "Signature", "Signature");
            let _ = writeln!(
                body,
                "<p><img src=\"{}\" alt=\"{alt}\" width=\"240\"></p>",
                escaped(image)
            );
        }
        Some(name) if !name.is_empty() => {
            let typed = word(language, "Signature saisie", "Typed signature");
            let _ = writeln!(body, "<p>{typed} : <em>{}</em></p>", escaped(name));
        }
        _ => {}
    }
    if let Some(sha256) = &handover.signature_sha256 {
        let print = word(
            language,
            "Empreinte de la signature (SHA-256)",
            "Fingerprint of the signature (SHA-256)",
        );
        let _ = writeln!(body, "<p class=\"code\">{print} : {sha256}</p>");
    }
}

fn signatures(body: &mut String, handover: &HandoverView, language: Language) {
    let receives = word(
        language,
        "L'association reçoit ces appareils pour son projet, s'engage à ne pas les revendre et à rendre compte de \
         leur usage.",
        "The association receives these devices for its project, undertakes not to sell them and to report on \
         their use.",
    );
    let _ = writeln!(body, "<p>{receives}</p>");
    if handover.status == HandoverStatus::Completed {
        let who = escaped(handover.recipient_name.as_deref().unwrap_or_default());
        let when = handover.completed_at.map(|at| day(at, language));
        let when = when.unwrap_or_default();
        let done = match (language, handover.signed) {
            (Language::French, true) => format!("Lot signé par {who} le {when}."),
            (Language::French, false) => format!("Lot reçu par {who} le {when}."),
            (Language::English, true) => format!("Lot signed for by {who} on {when}."),
            (Language::English, false) => format!("Lot received by {who} on {when}."),
        };
        let _ = writeln!(body, "<p>{done}</p>");
        signature(body, handover, language);
        return;
    }
    let _ = writeln!(
        body,
        "<div class=\"sign\"><p>{}</p><p>{}</p></div>",
        word(
            language,
            "Pour l'association (nom, date, signature)",
            "For the association (name, date, signature)"
        ),
        word(
            language,
            "Pour l'atelier (nom, date, signature)",
            "For the workshop (name, date, signature)"
        ),
    );
}
