//! The count on the page: a sentence, the tables, the devices that differ.

use std::fmt::Write as _;

use intake::Differing;
use kernel::Language;
use workshop::Reconciliation;

use super::words::{accessory, kind, number, one, say};
use crate::page::escape;

/// What was counted, of machines and accessories.
pub(super) fn count(language: Language, count: &Reconciliation) -> String {
    let say = |fr, en| say(language, fr, en);
    let columns = [
        say("Type", "Kind"),
        say("Annoncés", "Declared"),
        say("Sur votre liste", "On your list"),
        say("Reçus de la liste", "Received of the list"),
        say("Manquants", "Missing"),
        say("Hors liste", "Not on the list"),
    ];
    let total = (
        say("Total", "Total").to_owned(),
        vec![
            count.declared,
            count.on_manifest,
            count.received,
            count.missing,
            count.unexpected,
        ],
    );
    let rows = count.per_kind.iter().map(|line| {
        let counts = vec![
            line.declared,
            line.on_manifest,
            line.received,
            line.missing,
            line.unexpected,
        ];
        (kind(language, line.kind).to_owned(), counts)
    });
    let mut text = format!("<p>{}</p>\n", escape(&summary(language, count)));
    text.push_str(&table(
        language,
        say(
            "Appareils comptés par l'atelier",
            "Devices counted by the workshop",
        ),
        &columns,
        rows.chain(std::iter::once(total)),
    ));
    if !count.accessories.is_empty() {
        text.push_str(&table(
            language,
            say("Accessoires", "Accessories"),
            &[
                say("Type", "Kind"),
                say("Annoncés", "Declared"),
                say("Reçus", "Received"),
            ],
            count.accessories.iter().map(|line| {
                let name = accessory(language, line.kind).to_owned();
                (name, vec![line.declared, line.received])
            }),
        ));
    }
    text
}

/// The count in one sentence, for who reads no table.
fn summary(language: Language, count: &Reconciliation) -> String {
    let n = |count| number(language, count);
    let (listed, received) = (n(count.on_manifest), n(count.received));
    let (missing, unexpected) = (n(count.missing), n(count.unexpected));
    match language {
        Language::French => format!(
            "Appareils de votre liste : {listed}. Arrivés : {received}. Manquants : {missing}. Arrivés sans être sur votre liste : {unexpected}."
        ),
        Language::English => format!(
            "Devices on your list: {listed}. Arrived: {received}. Missing: {missing}. Arrived without being on your list: {unexpected}."
        ),
    }
}

/// On a narrow screen each line stands as a block, its numbers led by the names of their
/// columns; the roles keep it a table for who listens to it.
fn table(
    language: Language,
    caption: &str,
    columns: &[&str],
    rows: impl Iterator<Item = (String, Vec<i64>)>,
) -> String {
    let head: String = columns
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let class = if at == 0 { "" } else { " class=\"n\"" };
            format!(
                "<th scope=\"col\" role=\"columnheader\"{class}>{}</th>",
                escape(name)
            )
        })
        .collect();
    let mut text = format!(
        "<table class=\"blocks\" role=\"table\">\n<caption>{}</caption>\n\
         <thead role=\"rowgroup\"><tr role=\"row\">{head}</tr></thead>\n<tbody role=\"rowgroup\">\n",
        escape(caption)
    );
    for (name, counts) in rows {
        let counts: String = counts
            .iter()
            .zip(columns.iter().skip(1))
            .map(|(count, column)| {
                format!(
                    "<td class=\"n\" role=\"cell\" data-of=\"{}\">{}</td>",
                    escape(column),
                    number(language, *count)
                )
            })
            .collect();
        let _ = writeln!(
            text,
            "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}</th>{counts}</tr>",
            escape(&name)
        );
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

/// The devices that are missing, and those that nobody announced; of very many the first.
pub(super) fn differing(
    language: Language,
    count: &Reconciliation,
    devices: &[Differing],
) -> String {
    let missing = say(language, "Appareils manquants", "Missing devices");
    let unexpected = say(
        language,
        "Appareils qui n'étaient pas sur votre liste",
        "Devices that were not on your list",
    );
    let mut text = String::new();
    for (unannounced, heading) in [(false, missing), (true, unexpected)] {
        let mut of_these = devices
            .iter()
            .filter(|device| device.unexpected == unannounced)
            .peekable();
        if of_these.peek().is_none() {
            continue;
        }
        let _ = write!(text, "<h2>{heading}</h2>\n<ul>\n");
        for device in of_these {
            text.push_str(&line(language, device));
        }
        text.push_str("</ul>\n");
    }
    let listed = i64::try_from(devices.len()).unwrap_or(i64::MAX);
    let more = count.missing + count.unexpected - listed;
    if more > 0 {
        let rest = say(
            language,
            "Autres appareils qui ne sont pas cités ici :",
            "Other devices that are not named here:",
        );
        let _ = writeln!(text, "<p>{rest} {}.</p>", number(language, more));
    }
    text
}

fn line(language: Language, device: &Differing) -> String {
    let serial = device.serial.as_deref().unwrap_or(say(
        language,
        "sans numéro de série lisible",
        "without a readable serial number",
    ));
    let names: Vec<&str> = [
        Some(one(language, device.kind)),
        device.manufacturer.as_deref(),
        device.model.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!(
        "<li>{} – {} (<span class=\"whole\">{}</span>)</li>\n",
        escape(serial),
        escape(&names.join(" ")),
        escape(&device.tag)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reconciliation(missing: i64) -> Reconciliation {
        Reconciliation {
            batch_id: kernel::Id::from_uuid(uuid::Uuid::nil()),
            reference: String::new(),
            status: String::new(),
            version: 1,
            declared: 12_000,
            on_manifest: 12_000,
            received: 12_000 - missing,
            missing,
            unexpected: 0,
            per_kind: Vec::new(),
            accessories: Vec::new(),
        }
    }

    #[test]
    fn the_count_is_said_in_a_sentence_in_both_languages() {
        let counted = reconciliation(1_500);
        let french = count(Language::French, &counted);
        assert!(french.contains("Manquants : 1\u{202f}500."), "{french}");
        let english = count(Language::English, &counted);
        assert!(english.contains("Missing: 1,500."), "{english}");
    }

    #[test]
    fn devices_beyond_those_named_are_counted() {
        let named = Differing {
            tag: "RS-00001-X".to_owned(),
            serial: None,
            kind: kernel::DeviceKind::Laptop,
            manufacturer: None,
            model: Some("<T490>".to_owned()),
            unexpected: false,
        };
        let text = differing(
            Language::French,
            &reconciliation(3),
            std::slice::from_ref(&named),
        );
        assert!(
            text.contains("cités ici : 2.") && text.contains("&lt;T490&gt;"),
            "{text}"
        );
        let all = differing(Language::French, &reconciliation(1), &[named]);
        assert!(!all.contains("cités ici"), "{all}");
    }
}
