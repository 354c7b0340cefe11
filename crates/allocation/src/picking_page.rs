//! The picking list as a page to print: lot by lot, what to fetch and where it stands.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kernel::{ApplicationId, Language};

use crate::model::LotDevice;
use crate::page::{escaped, page, word};

/// The picking list of a wave, one table a lot, in the order of places.
#[must_use]
pub fn picking_page(wave: &str, devices: Vec<LotDevice>, language: Language) -> String {
    let mut lots: BTreeMap<(String, ApplicationId), Vec<LotDevice>> = BTreeMap::new();
    for device in devices {
        let lot = (device.association.clone(), device.application_id);
        lots.entry(lot).or_default().push(device);
    }
    let mut body = String::new();
    for ((association, _), mut devices) in lots {
        devices.sort_by(|a, b| (&a.location, &a.tag).cmp(&(&b.location, &b.tag)));
        lot(&mut body, &association, &devices, language);
    }
    let title = match language {
        Language::French => format!("Liste de préparation – {wave}"),
        Language::English => format!("Picking list – {wave}"),
    };
    page(language, &title, &body)
}

fn lot(body: &mut String, association: &str, devices: &[LotDevice], language: Language) {
    let count = devices.len();
    let devices_word = match (language, count) {
        (Language::French, 0 | 1) => "appareil",
        (Language::French, _) => "appareils",
        (Language::English, 1) => "device",
        (Language::English, _) => "devices",
    };
    let _ = write!(
        body,
        "<section><h2>{} – {count} {devices_word}</h2>\n<table><thead><tr>",
        escaped(association)
    );
    for head in [
        word(language, "Étiquette", "Tag"),
        word(language, "Emplacement", "Place"),
        word(language, "Type", "Kind"),
        word(language, "Modèle", "Model"),
        word(language, "Grade", "Grade"),
        word(language, "Pris", "Taken"),
    ] {
        let _ = write!(body, "<th scope=\"col\">{head}</th>");
    }
    body.push_str("</tr></thead><tbody>\n");
    for device in devices {
        let maker = device.manufacturer.as_deref();
        let model: Vec<&str> = maker.into_iter().chain(device.model.as_deref()).collect();
        let kind = match language {
            Language::French => device.kind.french(1),
            Language::English => device.kind.english(1),
        };
        let grade = device.grade.map(|grade| grade.to_string());
        let _ = writeln!(
            body,
            "<tr><td class=\"code\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>☐</td></tr>",
            escaped(&device.tag),
            escaped(device.location.as_deref().unwrap_or("—")),
            escaped(kind),
            escaped(&model.join(" ")),
            grade.as_deref().unwrap_or("—"),
        );
    }
    body.push_str("</tbody></table></section>\n");
}
