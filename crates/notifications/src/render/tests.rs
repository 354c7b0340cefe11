//! Every message in both languages: the text as a snapshot, the HTML well-formed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use kernel::{DeviceKind, Instant, Language};

use super::*;
use crate::{Appointment, ChangeItem, Quantity};

const HERE: Surroundings<'static> = Surroundings {
    sender: "Ville de Marseille",
    contact: "numerique@marseille.example",
    base_url: "https://ressac.marseille.example/",
};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn twenty() -> Vec<Quantity> {
    vec![
        Quantity::of(DeviceKind::Desktop, 20),
        Quantity::of(DeviceKind::Laptop, 1),
    ]
}

fn appointment(sequence: i32, cancelled: bool) -> Appointment {
    Appointment {
        uid: s("0190-1"),
        sequence,
        from: at("2023-03-28T07:00:00Z"),
        to: at("2023-03-28T09:30:00Z"),
        place: s("Atelier du Panier, 12 rue de l'Évêché, 13002 Marseille"),
        cancelled,
    }
}

fn pickup(sequence: i32, cancelled: bool) -> Message {
    Message::PickupScheduled {
        reference: s("LOT-2023-0007"),
        title: s("Renouvellement du siège"),
        donor: s("Orange"),
        workshop: s("Atelier du Panier"),
        contact_name: s("Nadia Benali"),
        contact_phone: s("04 91 00 00 00"),
        moved: sequence == 1,
        appointment: appointment(sequence, cancelled),
    }
}

fn handover(sequence: i32, cancelled: bool) -> Message {
    Message::HandoverScheduled {
        reference: s("DEM-2023-0042"),
        association: s("Les Mots du Port"),
        granted: twenty(),
        appointment: appointment(sequence, cancelled),
    }
}

/// At least one of each kind, with the variants that read differently.
fn samples() -> Vec<(&'static str, Message)> {
    let mut samples = accounts();
    samples.extend(donations());
    samples.extend(applications());
    samples.extend(reminders_and_appeals());
    samples.extend(allocation());
    samples
}

fn accounts() -> Vec<(&'static str, Message)> {
    let token = s("3fJ9-Qw_tokentokentokentokentokentokentoken0");
    vec![
        (
            "invitation",
            Message::Invitation {
                organisation: s("Orange"),
                token: token.clone(),
                expires_at: at("2023-03-03T16:00:00Z"),
            },
        ),
        (
            "registration_received",
            Message::RegistrationReceived {
                organisation: s("Les Mots du Port"),
                token,
                expires_at: at("2023-03-03T16:00:00Z"),
            },
        ),
        (
            "association_verified",
            Message::AssociationVerified {
                organisation: s("Les Mots du Port"),
            },
        ),
        (
            "registration_twice",
            Message::RegistrationTwice {
                organisation: s("Les Mots du Port"),
                association: s("LES MOTS DU PORT"),
                person: s("Nadia Benali"),
                email: s("nadia@mots.example"),
            },
        ),
        (
            "organisation_suspended",
            Message::OrganisationSuspended {
                organisation: s("Les Mots du Port"),
                reason: s("L'association est dissoute selon le répertoire national."),
            },
        ),
    ]
}

fn donations() -> Vec<(&'static str, Message)> {
    let reference = || s("LOT-2023-0007");
    let title = || s("Renouvellement du siège");
    let closed = |missing, unexpected| Message::BatchClosed {
        reference: reference(),
        title: title(),
        expected: 1000,
        received: 1000 - missing,
        missing,
        unexpected,
        token: s("3fJ9-Qw_tokentokentokentokentokentokentoken0"),
        answer_until: Some(at("2023-04-27T16:00:00Z")),
    };
    vec![
        (
            "batch_submitted",
            Message::BatchSubmitted {
                reference: reference(),
                title: title(),
                donor: s("Orange"),
                quantities: vec![Quantity::of(DeviceKind::Desktop, 1000)],
            },
        ),
        (
            "batch_accepted",
            Message::BatchAccepted {
                reference: reference(),
                title: title(),
            },
        ),
        (
            "batch_refused",
            Message::BatchRefused {
                reference: reference(),
                title: title(),
                reason: s("Ces modèles ne peuvent plus recevoir de mises à jour de sécurité."),
            },
        ),
        (
            "batch_cancelled",
            Message::BatchCancelled {
                reference: reference(),
                title: title(),
                reason: s("Le renouvellement est reporté d'un an."),
                appointment: Some(appointment(3, true)),
            },
        ),
        ("pickup_scheduled", pickup(0, false)),
        ("pickup_moved", pickup(1, false)),
        ("pickup_cancelled", pickup(2, true)),
        (
            "batch_collected",
            Message::BatchCollected {
                reference: reference(),
                title: title(),
                pallets: Some(24),
                weight_kg: Some(s("8 120,5")),
            },
        ),
        (
            "batch_collected_bare",
            Message::BatchCollected {
                reference: reference(),
                title: title(),
                pallets: None,
                weight_kg: None,
            },
        ),
        ("batch_closed", closed(4, 1)),
        ("batch_closed_complete", closed(0, 0)),
        (
            "reception_contested",
            Message::ReceptionContested {
                reference: reference(),
                title: title(),
                donor: s("Orange"),
                comment: s("Deux cartons étaient dans le second camion."),
            },
        ),
    ]
}

fn applications() -> Vec<(&'static str, Message)> {
    let reference = || s("DEM-2023-0042");
    let programme = || s("Marseille 2023");
    let association = || s("Les Mots du Port");
    vec![
        (
            "application_received",
            Message::ApplicationReceived {
                reference: reference(),
                programme: programme(),
                association: association(),
                submitted_at: at("2023-02-28T13:30:00Z"),
                silence_at: at("2023-04-28T13:30:00Z"),
                requests: twenty(),
                missing: Vec::new(),
                assisted: false,
            },
        ),
        (
            "application_received_pending",
            Message::ApplicationReceived {
                reference: reference(),
                programme: programme(),
                association: association(),
                submitted_at: at("2023-02-28T13:30:00Z"),
                silence_at: at("2023-04-28T13:30:00Z"),
                requests: twenty(),
                missing: vec![Quantity {
                    fr: s("La vérification de l'existence de l'association."),
                    en: s("The verification that the association exists."),
                }],
                assisted: true,
            },
        ),
        (
            "application_to_review",
            Message::ApplicationToReview {
                reference: reference(),
                programme: programme(),
                association: association(),
            },
        ),
        (
            "changes_requested",
            Message::ChangesRequested {
                reference: reference(),
                programme: programme(),
                items: vec![
                    ChangeItem {
                        field: s("Bénéficiaires par an"),
                        message: s(
                            "Le nombre semble être celui de la ville entière : combien de personnes accueillez-vous ?",
                        ),
                    },
                    ChangeItem {
                        field: s("Statuts"),
                        message: s("La page 2 manque."),
                    },
                ],
            },
        ),
        (
            "application_withdrawn",
            Message::ApplicationWithdrawn {
                reference: reference(),
                programme: programme(),
            },
        ),
        (
            "application_eligible",
            Message::ApplicationEligible {
                reference: reference(),
                programme: programme(),
                score: s("72,40"),
            },
        ),
        (
            "application_ineligible",
            Message::ApplicationIneligible {
                reference: reference(),
                programme: programme(),
                reasons: vec![
                    s("Le siège de l'association est hors du territoire du programme."),
                    s("Le projet ne comporte pas d'accompagnement des publics."),
                ],
            },
        ),
    ]
}

fn reminders_and_appeals() -> Vec<(&'static str, Message)> {
    let reference = || s("REC-2023-0003");
    let application = || s("DEM-2023-0042");
    let programme = || s("Marseille 2023");
    let association = || s("Les Mots du Port");
    let day = || at("2023-04-28T13:30:00Z");
    let reminder = |about: &str| Message::ApplicationReminder {
        reference: application(),
        programme: programme(),
        about: s(about),
        day: day(),
    };
    let decided = |overturned| Message::AppealDecided {
        reference: reference(),
        application: application(),
        programme: programme(),
        overturned,
        reasons: vec![s("L'atelier se tient bien dans le 15e arrondissement.")],
    };
    vec![
        ("application_reminder_deadline", reminder("deadline")),
        ("application_reminder_changes", reminder("changes")),
        (
            "silence_near",
            Message::SilenceNear {
                reference: application(),
                programme: programme(),
                association: association(),
                silence_at: day(),
            },
        ),
        (
            "silence_decided",
            Message::SilenceDecided {
                reference: application(),
                programme: programme(),
                silence_at: day(),
            },
        ),
        (
            "appeal_received",
            Message::AppealReceived {
                reference: reference(),
                application: application(),
                programme: programme(),
                filed_at: at("2023-02-28T13:30:00Z"),
                silence_at: day(),
            },
        ),
        (
            "appeal_to_review",
            Message::AppealToReview {
                reference: reference(),
                application: application(),
                programme: programme(),
                association: association(),
            },
        ),
        ("appeal_overturned", decided(true)),
        ("appeal_upheld", decided(false)),
    ]
}

fn allocation() -> Vec<(&'static str, Message)> {
    let reference = || s("DEM-2023-0042");
    let wave = || s("Vague 1");
    let programme = || s("Marseille 2023");
    let association = || s("Les Mots du Port");
    vec![
        (
            "wave_to_approve",
            Message::WaveToApprove {
                wave: wave(),
                programme: programme(),
                submitted_by: s("Camille Roux"),
                associations: 27,
                devices: 486,
            },
        ),
        (
            "wave_rejected",
            Message::WaveRejected {
                wave: wave(),
                programme: programme(),
                reason: s("Le 3e arrondissement est oublié."),
            },
        ),
        (
            "lot_granted",
            Message::LotGranted {
                reference: reference(),
                wave: wave(),
                programme: programme(),
                association: association(),
                granted: twenty(),
                value: Quantity {
                    fr: s("3 000 €"),
                    en: s("€3,000"),
                },
                score: s("72,40"),
                rank: 3,
                of: 61,
            },
        ),
        (
            "lot_not_granted",
            Message::LotNotGranted {
                reference: reference(),
                wave: wave(),
                programme: programme(),
                association: association(),
                score: s("41,00"),
                rank: 52,
                of: 61,
                reason: Quantity {
                    fr: s(
                        "Le matériel prêt pour cette vague ne suffisait pas pour toutes les demandes.",
                    ),
                    en: s("The equipment ready for this wave was not enough for all applications."),
                },
            },
        ),
        (
            "lot_released",
            Message::LotReleased {
                reference: reference(),
                wave: wave(),
                reason: s("La vague est annulée."),
            },
        ),
        (
            "picking_list",
            Message::PickingList {
                wave: wave(),
                programme: programme(),
                lots: 27,
                devices: 486,
            },
        ),
        ("handover_scheduled", handover(0, false)),
        ("handover_moved", handover(1, false)),
        ("handover_cancelled", handover(2, true)),
        (
            "handover_completed",
            Message::HandoverCompleted {
                reference: reference(),
                association: association(),
                devices: 21,
                recipient_name: s("Jeanne Martin"),
            },
        ),
        (
            "handover_missed",
            Message::HandoverMissed {
                reference: reference(),
                association: association(),
                reason: s("Personne ne s'est présenté."),
            },
        ),
    ]
}

#[test]
fn every_kind_has_a_sample_and_a_template() {
    let sampled: BTreeSet<_> = samples()
        .iter()
        .map(|(_, message)| message.kind())
        .collect();
    let templates: BTreeSet<_> = environment::names()
        .filter_map(|name| name.strip_suffix(".fr.txt"))
        .filter(|name| !name.starts_with('_'))
        .collect();
    assert_eq!(sampled, templates);
    let readme = include_str!("../../README.md");
    for kind in sampled {
        assert!(readme.contains(&format!("`{kind}`")), "who hears {kind}?");
    }
    for (_, message) in samples() {
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["kind"], message.kind());
    }
}

#[test]
fn every_message_reads_well_in_both_languages() {
    for (name, message) in samples() {
        for language in [Language::French, Language::English] {
            let rendered = render(&message, "Jeanne Martin", language, HERE).expect(name);
            let text = format!("{}\n\n{}", rendered.subject, rendered.text);
            insta::assert_snapshot!(format!("{name}.{language}"), text);
        }
    }
}

#[test]
fn the_html_is_well_formed_and_says_the_same() {
    for (name, message) in samples() {
        for language in [Language::French, Language::English] {
            let rendered = render(&message, "Jeanne Martin", language, HERE).expect(name);
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
    let message = Message::BatchSubmitted {
        reference: s("LOT-1"),
        title: s(
            "<a href=\"https://evil.example\">gratuit</a>\n## Titre\n\u{1}Cliquez\u{2}https://evil.example",
        ),
        donor: s("A & B\r\nBcc: everyone@example.com"),
        quantities: twenty(),
    };
    let rendered = render(&message, "", Language::French, HERE).unwrap();
    assert!(rendered.text.starts_with("Bonjour,\n"));
    assert!(!rendered.subject.contains(['\r', '\n']));
    assert!(rendered.html.contains("A &amp; B"));
    assert!(!rendered.html.contains("<a href=\"https://evil"));
    assert_eq!(rendered.html.matches("<h2").count(), 0);
    assert_eq!(rendered.html.matches("<a ").count(), 1);
}

#[test]
fn the_token_stands_on_a_line_of_its_own() {
    for (name, message) in accounts().into_iter().take(2) {
        let rendered = render(&message, "Jeanne", Language::French, HERE).expect(name);
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

#[test]
fn the_subject_needs_nothing_but_the_message() {
    for (name, message) in samples() {
        for language in [Language::French, Language::English] {
            let rendered = render(&message, "Jeanne", language, HERE).expect(name);
            assert_eq!(subject(&message, language).unwrap(), rendered.subject);
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
    for (name, message) in samples() {
        let decision = [
            "application_eligible",
            "application_ineligible",
            "lot_granted",
            "lot_not_granted",
            "appeal_overturned",
            "appeal_upheld",
        ]
        .contains(&name);
        let text = render(&message, "", Language::French, HERE).unwrap().text;
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
        if decision && !["application_eligible", "appeal_overturned"].contains(&name) {
            // who appealed to the administration has the court left
            let first = text.contains("recours administratif") || name == "appeal_upheld";
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
