//! Who hears what: the one table. A message without a row here does not compile into the
//! outbox, and the README of this crate shows the same table; a test compares them.

use kernel::{Role, Text, text_enum};

text_enum! {
    /// How a person wants to hear of a kind of message.
    pub enum Choice {
        /// As it happens.
        AtOnce = "at_once",
        /// In one mail a day.
        Daily = "daily",
        /// In one mail a week.
        Weekly = "weekly",
        /// Not at all.
        Off = "off",
    }
}
db::text_column!(Choice);

/// Who hears of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The person whom it is about.
    Person,
    /// The people of the donor.
    Donor,
    /// The people of the workshop.
    Workshop,
    /// The people of the association.
    Association,
    /// Staff and administrators of the city.
    Staff,
}

impl Audience {
    fn includes(self, role: Role) -> bool {
        match self {
            Self::Person => true,
            Self::Donor => role == Role::Donor,
            Self::Workshop => role == Role::Refurbisher,
            Self::Association => role == Role::Association,
            Self::Staff => matches!(role, Role::Staff | Role::Admin),
        }
    }

    #[cfg(test)]
    const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "the person",
            Self::Donor => "donor",
            Self::Workshop => "workshop",
            Self::Association => "association",
            Self::Staff => "staff",
        }
    }
}

/// How a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// By itself, as soon as it is true.
    Alone,
    /// With others of its kind to the same person that come within a short while.
    Gathered,
    /// In one mail a day, with all else that the person hears of daily, unless they chose
    /// otherwise.
    Daily,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Event {
    /// The message, and its template.
    pub(crate) kind: &'static str,
    /// Who hears of it.
    pub(crate) audience: &'static [Audience],
    /// What it is about, for people who choose how to hear of it.
    pub(crate) title: [&'static str; 2],
    pub(crate) pace: Pace,
    /// Law or safety asks that it always leaves, and at once.
    pub(crate) always: bool,
    /// Other programs of the organization may be told.
    pub(crate) webhook: bool,
}

impl Event {
    /// What it is about.
    pub(crate) fn title(&self) -> Text {
        Text::new(self.title[0], self.title[1])
    }

    /// How whoever chose nothing hears of it.
    pub(crate) fn default_choice(&self) -> Choice {
        match self.pace {
            Pace::Alone | Pace::Gathered => Choice::AtOnce,
            Pace::Daily => Choice::Daily,
        }
    }

    /// Whether somebody of this role may hear of it.
    pub(crate) fn concerns(&self, role: Role) -> bool {
        self.audience.iter().any(|audience| audience.includes(role))
    }
}

/// The row of a kind.
pub(crate) fn of_kind(kind: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.kind == kind)
}

macro_rules! events {
    ($($kind:literal $audience:tt $pace:ident $always:ident $webhook:ident $fr:literal $en:literal;)*) => {
        /// The whole table.
        pub(crate) const EVENTS: &[Event] = &[$(Event {
            kind: $kind,
            audience: events!(@audience $audience),
            title: [$fr, $en],
            pace: Pace::$pace,
            always: events!(@always $always),
            webhook: events!(@webhook $webhook),
        }),*];
    };
    (@audience [$($audience:ident)*]) => { &[$(Audience::$audience),*] };
    (@always always) => { true };
    (@always optional) => { false };
    (@webhook webhook) => { true };
    (@webhook private) => { false };
}

events! {
    "invitation" [Person] Alone always private "Invitation" "Invitation";
    "registration_received" [Person] Alone always private "Inscription d'une association" "Registration of an association";
    "password_reset" [Person] Alone always private "Nouveau mot de passe" "New password";
    "email_change" [Person] Alone always private "Nouvelle adresse" "New address";
    "account_changed" [Person] Alone always private "Sécurité du compte" "Security of the account";
    "new_member" [Donor Workshop Association Staff] Gathered always private "Nouveau membre" "New member";
    "association_verified" [Association] Alone always webhook "Vérification de l'association" "Verification of the association";
    "registration_twice" [Staff] Gathered optional private "Association inscrite deux fois" "Association registered twice";
    "register_name_differs" [Staff] Gathered optional private "Nom différent au registre national" "Another name in the national register";
    "organisation_changed" [Donor Workshop Association Staff] Alone always private "Fiche de l'organisation changée" "Organization changed";
    "organisation_suspended" [Donor Workshop Association] Alone always webhook "Suspension de l'organisation" "Suspension of the organization";

    "batch_submitted" [Staff] Gathered optional webhook "Don proposé" "Donation offered";
    "batch_accepted" [Donor] Gathered optional webhook "Don accepté" "Donation accepted";
    "batch_refused" [Donor] Gathered always webhook "Don refusé" "Donation refused";
    "batch_cancelled" [Donor Workshop Staff] Alone optional webhook "Don annulé" "Donation cancelled";
    "pickup_scheduled" [Donor Workshop] Alone optional webhook "Rendez-vous d'enlèvement" "Pickup appointment";
    "batch_collected" [Donor] Gathered optional webhook "Don enlevé" "Donation picked up";
    "batch_closed" [Donor] Alone always webhook "Réception comptée" "Reception counted";
    "batch_late" [Donor] Gathered optional webhook "Appareils arrivés après la clôture" "Devices that came after the closing";
    "manifest_replaced" [Workshop Staff] Gathered optional webhook "Inventaire remplacé" "Manifest replaced";
    "reception_contested" [Workshop Staff] Gathered optional webhook "Réception contestée" "Reception contested";
    "pickup_changed" [Workshop Staff] Alone optional webhook "Enlèvement : demande du donateur" "Pickup: request of the donor";
    "transfer_sent" [Workshop] Gathered optional webhook "Envoi à recevoir" "Shipment to receive";
    "erasure_proven" [Donor] Gathered optional webhook "Effacement prouvé" "Erasure proven";
    "donation_news" [Donor] Gathered optional webhook "Ce que devient le don" "What becomes of the donation";

    "application_received" [Association] Alone always webhook "Accusé de réception de la demande" "Acknowledgement of the application";
    "application_to_review" [Staff] Gathered optional webhook "Demande à instruire" "Application to review";
    "changes_requested" [Association] Alone always webhook "Compléments demandés" "Changes requested";
    "application_message" [Association Staff] Alone optional private "Message sur une demande" "Message about an application";
    "programme_changed" [Association] Alone always private "Programme modifié" "Programme changed";
    "application_withdrawn" [Association] Alone always webhook "Demande retirée" "Application withdrawn";
    "application_eligible" [Association] Alone always webhook "Demande éligible" "Application eligible";
    "application_ineligible" [Association] Alone always webhook "Demande non éligible" "Application not eligible";
    "application_reminder" [Association] Gathered optional webhook "Rappel sur la demande" "Reminder about the application";
    "silence_near" [Staff] Gathered optional webhook "Silence bientôt décisif" "Silence about to decide";
    "silence_decided" [Association] Alone always webhook "Rejet par silence" "Refusal by silence";
    "appeal_received" [Association] Alone always webhook "Accusé de réception du recours" "Acknowledgement of the appeal";
    "appeal_to_review" [Staff] Gathered optional webhook "Recours à examiner" "Appeal to review";
    "appeal_decided" [Association] Alone always webhook "Décision sur le recours" "Decision on the appeal";
    "application_asks_otherwise" [Staff] Gathered optional webhook "Quantité demandée changée" "Other quantity asked for";
    "application_rescored" [Association] Alone always webhook "Nouveaux points" "New score";

    "wave_to_approve" [Staff] Alone optional webhook "Vague à approuver" "Wave to approve";
    "wave_rejected" [Staff] Alone optional webhook "Vague rejetée" "Wave rejected";
    "lot_granted" [Association] Alone always webhook "Lot attribué" "Lot granted";
    "lot_not_granted" [Association] Alone always webhook "Lot non attribué" "Lot not granted";
    "lot_released" [Association] Alone always webhook "Attribution annulée" "Award called off";
    "picking_list" [Workshop] Alone optional webhook "Lots à préparer" "Lots to put aside";
    "handover_scheduled" [Workshop Association] Alone optional webhook "Rendez-vous de remise" "Handover appointment";
    "handover_booked" [Workshop] Daily optional webhook "Remises à venir" "Handovers to come";
    "handover_completed" [Association] Gathered optional webhook "Lot remis" "Lot handed over";
    "handover_corrected" [Association] Alone always webhook "Lot corrigé" "Lot corrected";
    "incident_reported" [Workshop Staff] Gathered optional webhook "Appareil signalé après la remise" "Device reported after the handover";
    "incident_closed" [Association] Alone always webhook "Suite d'un signalement" "What came of a report";
    "device_passed_on" [Association] Alone always webhook "Appareil transmis par une autre association" "Device passed on by another association";
    "loan_due" [Association Staff] Gathered optional webhook "Prêt à rendre" "Loan due back";
    "loan_extended" [Association] Alone always webhook "Prêt prolongé" "Loan extended";
    "handover_slots" [Association] Gathered optional webhook "Créneaux à choisir" "Slots to choose from";
    "handover_missed" [Association Staff] Gathered optional webhook "Rendez-vous manqué" "Missed appointment";
    "follow_up_due" [Association] Gathered optional webhook "Bilan attendu" "Report due";

    "test_mail" [Person] Alone always private "Message d'essai" "Test mail";
    "mail_failed" [Staff] Alone always private "Messages non remis" "Mail that failed";
    "chain_head" [Staff] Alone optional private "Tête des chaînes" "Head of the chains";
    "webhook_disabled" [Person] Alone always private "Webhook désactivé" "Webhook disabled";
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::collections::BTreeSet;

    use super::*;
    use crate::samples;

    /// The row as the README shows it, but for its first column, which is for people.
    fn shown(event: &Event) -> String {
        let who: Vec<_> = event.audience.iter().map(|who| who.as_str()).collect();
        format!(
            "| {} | `{}` | {} | {} |",
            who.join(", "),
            event.kind,
            if event.always {
                "always"
            } else {
                "may be turned off"
            },
            match event.pace {
                Pace::Alone => "alone",
                Pace::Gathered => "gathered",
                Pace::Daily => "one mail a day",
            },
        )
    }

    #[test]
    fn the_readme_shows_the_same_table() {
        let readme = include_str!("../README.md");
        let section = readme.split("## Who hears what").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows: Vec<_> = section
            .lines()
            .filter(|line| line.starts_with("| ") && line.contains('`'))
            .map(|line| {
                let (_, rest) = line[2..].split_once(" | ").unwrap();
                format!("| {rest}")
            })
            .collect();
        let table: Vec<_> = EVENTS.iter().map(shown).collect();
        for (row, expected) in rows.iter().zip(&table) {
            assert_eq!(row, expected);
        }
        assert_eq!(rows.len(), table.len());
    }

    #[test]
    fn every_message_has_one_row_and_every_row_a_message() {
        let sampled: BTreeSet<_> = samples::all()
            .iter()
            .map(|(_, message)| message.kind())
            .collect();
        let listed: BTreeSet<_> = EVENTS.iter().map(|event| event.kind).collect();
        assert_eq!(sampled, listed);
        assert_eq!(listed.len(), EVENTS.len());
    }

    #[test]
    fn what_lets_somebody_in_or_decides_always_leaves_alone() {
        for (name, message) in samples::all() {
            let event = of_kind(message.kind()).unwrap();
            let data = serde_json::to_value(&message).unwrap();
            if data.get("token").is_some() {
                assert!(event.always && event.pace == Pace::Alone, "{name}");
            }
            if message.appointment().is_some() {
                assert_eq!(event.pace, Pace::Alone, "{name}: one calendar entry a mail");
            }
        }
    }
}
