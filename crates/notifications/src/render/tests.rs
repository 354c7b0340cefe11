//! Every message in both languages: the text as a snapshot, the HTML well-formed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use kernel::{DeviceKind, Language};

use super::*;
use crate::Quantity;

fn templates() -> Templates {
    let settings = MailSettings {
        from: "Ville de Marseille <ressac@marseille.example>".to_owned(),
        contact: "numerique@marseille.example".to_owned(),
        base_url: "https://ressac.marseille.example/".to_owned(),
        ..MailSettings::default()
    };
    Templates::load(&settings).unwrap()
}

fn to(name: &str, language: Language) -> Reader<'_> {
    Reader {
        name,
        language,
        unsubscribe: None,
    }
}

fn s(text: &str) -> String {
    text.to_owned()
}

#[test]
fn every_kind_has_a_sample_and_a_template() {
    let sampled: BTreeSet<_> = samples::all()
        .iter()
        .map(|(_, message)| message.kind())
        .collect();
    let templates: BTreeSet<_> = environment::names()
        .filter_map(|name| name.strip_suffix(".fr.txt"))
        .filter(|name| !name.starts_with('_'))
        .collect();
    assert_eq!(sampled, templates);
    for (_, message) in samples::all() {
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["kind"], message.kind());
    }
}

#[test]
fn every_message_reads_well_in_both_languages() {
    let templates = templates();
    for (name, message) in &samples::all() {
        for language in [Language::French, Language::English] {
            let rendered = templates
                .render(std::slice::from_ref(message), to("Jeanne Martin", language))
                .expect(name);
            let text = format!("{}\n\n{}", rendered.subject, rendered.text);
            insta::assert_snapshot!(format!("{name}.{language}"), text);
        }
    }
}

#[test]
fn the_html_is_well_formed_and_says_the_same() {
    let templates = templates();
    for (name, message) in &samples::all() {
        for language in [Language::French, Language::English] {
            let rendered = templates
                .render(std::slice::from_ref(message), to("Jeanne Martin", language))
                .expect(name);
            assert_balanced(&rendered.html);
            assert!(!rendered.html.contains("undefined"), "{name}");
            assert!(
                rendered
                    .html
                    .contains(&format!("<html lang=\"{language}\">"))
            );
            assert_eq!(
                words(&unescaped(&rendered.html)),
                words(&rendered.text),
                "{name} {language}"
            );
        }
    }
}

#[test]
fn nobody_can_write_markup_into_a_mail() {
    let templates = templates();
    let message = Message::BatchSubmitted {
        reference: s("LOT-1"),
        title: s(
            "<a href=\"https://evil.example\">gratuit</a>\n## Titre\n\u{1}Cliquez\u{2}https://evil.example",
        ),
        donor: s("A & B\r\nBcc: everyone@example.com"),
        quantities: vec![Quantity::of(DeviceKind::Desktop, 20)],
    };
    let rendered = templates
        .render(std::slice::from_ref(&message), to("", Language::French))
        .unwrap();
    assert!(rendered.text.starts_with("Bonjour,\n"));
    assert!(!rendered.subject.contains(['\r', '\n']));
    assert!(rendered.html.contains("A &amp; B"));
    assert!(!rendered.html.contains("<a href=\"https://evil"));
    assert_eq!(rendered.html.matches("<h2").count(), 0);
    assert_eq!(rendered.html.matches("<a ").count(), 1);
}

#[test]
fn the_token_stands_on_a_line_of_its_own() {
    let templates = templates();
    for (name, message) in samples::all().into_iter().take(2) {
        let rendered = templates
            .render(&[message], to("Jeanne", Language::French))
            .expect(&name);
        let line = rendered
            .text
            .lines()
            .find(|line| line.contains("token="))
            .unwrap();
        assert_eq!(
            line,
            "https://ressac.marseille.example/invitation?token=3fJ9-Qw_tokentokentokentokentokentokentoken0"
        );
        assert!(!rendered.subject.contains("3fJ9"));
    }
}

/// The links of a mail's plain form.
fn links(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("https://ressac.marseille.example"))
        .collect()
}

#[test]
fn every_button_leads_to_the_page_of_its_message() {
    let templates = templates();
    for (name, message) in &samples::all() {
        for language in [Language::French, Language::English] {
            let rendered = templates
                .render(std::slice::from_ref(message), to("Jeanne", language))
                .expect(name);
            let page = message.page();
            for link in links(&rendered.text) {
                assert_eq!(link, page, "{name} {language}");
            }
            assert!(links(&rendered.text).len() <= 1, "{name}: two buttons");
        }
    }
}

#[test]
fn messages_that_were_stored_without_an_id_still_lead_somewhere() {
    for (name, message) in samples::all() {
        let mut stored = serde_json::to_value(&message).unwrap();
        let fields = stored.as_object_mut().unwrap();
        let had = fields.remove("wave_id").or(fields.remove("obligation"));
        let read: Message = serde_json::from_value(stored).expect(&name);
        assert!(read.page().starts_with('/'), "{name}");
        assert_eq!(read.page() != message.page(), had.is_some(), "{name}");
    }
}

#[test]
fn the_subject_needs_nothing_but_the_message() {
    let templates = templates();
    for (name, message) in &samples::all() {
        for language in [Language::French, Language::English] {
            let rendered = templates
                .render(std::slice::from_ref(message), to("Jeanne", language))
                .expect(name);
            assert_eq!(subject(message, language).unwrap(), rendered.subject);
            assert!(
                rendered.subject.chars().count() <= 78,
                "{}",
                rendered.subject
            );
        }
    }
}

#[test]
fn decisions_carry_the_legal_mentions() {
    let templates = templates();
    for (name, message) in &samples::all() {
        let decision = [
            "application_eligible",
            "application_ineligible",
            "lot_granted",
            "lot_not_granted",
            "appeal_overturned",
            "appeal_upheld",
            "appeal_overturned_score",
            "appeal_upheld_score",
            "application_rescored",
            "application_eligible_again",
            "application_revoked",
        ]
        .contains(&name.as_str());
        let text = templates
            .render(std::slice::from_ref(message), to("", Language::French))
            .unwrap()
            .text;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.contains("L. 311-3-1"), decision, "{name}");
        if decision {
            assert!(
                text.contains(
                    "prise par une personne. L'administration responsable est : Ville de Marseille"
                ),
                "{name}"
            );
        }
        let granted = [
            "application_eligible",
            "application_eligible_again",
            "application_rescored",
            "appeal_overturned",
            "appeal_overturned_score",
        ];
        if decision && !granted.contains(&name.as_str()) {
            // who appealed to the administration has the court left
            let first = text.contains("recours administratif") || name.starts_with("appeal_upheld");
            assert!(first && text.contains("tribunal administratif"), "{name}");
        }
        if name == "application_received" {
            for mention in [
                "mardi 28 février 2023",
                "vendredi 28 avril 2023",
                "refusée",
                "numerique@marseille.example",
                "recours administratif",
                "tribunal administratif",
            ] {
                assert!(text.contains(mention), "{mention}");
            }
        }
    }
}

#[test]
fn french_spaces_do_not_break() {
    assert_eq!(
        french_spaces("Quoi ? « oui » : 5 %"),
        "Quoi\u{a0}? «\u{a0}oui\u{a0}»\u{a0}: 5\u{a0}%"
    );
    assert_eq!(french_spaces("https://a.fr/?b=c"), "https://a.fr/?b=c");
}

#[test]
fn several_messages_are_one_letter() {
    let templates = templates();
    let all = samples::all();
    let of = |name: &str| {
        all.iter()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .clone()
    };
    let letters = [
        ("bundle", vec![of("batch_refused"), of("batch_refused")]),
        ("digest", vec![of("batch_accepted"), of("pickup_scheduled")]),
    ];
    for (name, messages) in letters {
        for language in [Language::French, Language::English] {
            let reader = Reader {
                unsubscribe: Some("https://ressac.marseille.example/unsubscribe?token=abc"),
                ..to("Jeanne Martin", language)
            };
            let rendered = templates.render(&messages, reader).unwrap();
            assert_balanced(&rendered.html);
            let text = format!("{}\n\n{}", rendered.subject, rendered.text);
            insta::assert_snapshot!(format!("{name}.{language}"), text);
        }
    }
}

#[test]
fn an_operator_s_templates_are_tried_at_the_start() {
    let folder = std::env::temp_dir().join(format!("ressac-templates-{}", std::process::id()));
    let load = |name: &str, text: &str| {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
        let settings = MailSettings {
            templates: folder.clone(),
            ..MailSettings::default()
        };
        let loaded = Templates::load(&settings);
        std::fs::remove_dir_all(&folder).unwrap();
        loaded
    };
    let own = load(
        "batch_accepted.fr.txt",
        "Merci {{ reference }}\n\nÀ bientôt.\n",
    )
    .unwrap();
    let preview = own
        .preview("batch_accepted", None, Language::French)
        .unwrap();
    assert_eq!(preview.subject, "Merci LOT-2023-0007");
    let refused = |name: &str, text: &str| load(name, text).unwrap_err();
    let syntax = refused("batch_accepted.fr.txt", "Merci\n\n{% if reference %}\n");
    assert!(syntax.contains("batch_accepted.fr.txt:"), "{syntax}");
    let missing = refused("lot_granted.en.txt", "Lot\n\nOne\n{{ nobody }}\n");
    assert!(missing.contains("lot_granted.en.txt:4"), "{missing}");
    let unknown = refused("lot_grantd.en.txt", "Lot\n");
    assert!(unknown.contains("lot_grantd.en.txt"), "{unknown}");
}

/// Each tag that opens is closed in turn.
fn assert_balanced(html: &str) {
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let tag = part.split(['>', ' ']).next().unwrap();
        match tag.strip_prefix('/') {
            Some(closing) => assert_eq!(open.pop(), Some(closing), "{html}"),
            None if tag == "meta" || tag.starts_with('!') => {}
            None => open.push(tag),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

/// What a reader sees of the page's body, from the greeting on.
fn unescaped(html: &str) -> String {
    let body = html.split_once("</h1>").unwrap().1;
    let mut text = String::new();
    for part in body.split('<') {
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        if let Some(address) = tag.strip_prefix("a href=\"") {
            text.push_str(address.split('"').next().unwrap());
        }
        text.push(' ');
        text.push_str(rest);
    }
    for (escape, character) in [
        ("&#x2f;", "/"),
        ("&#x27;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escape, character);
    }
    text
}

/// Without order, marks of lists and underlines.
fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect()
}
