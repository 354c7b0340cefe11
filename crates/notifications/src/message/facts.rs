//! What the program knows of a message without reading it out.

use kernel::Instant;

use super::{Appointment, Message};

/// The fields that other programs are told.
const PUBLIC: &[&str] = &[
    "reference",
    "application",
    "programme",
    "wave",
    "transfer",
    "called_back",
    "quantities",
    "requests",
    "granted",
    "value",
    "score",
    "rank",
    "of",
    "expected",
    "received",
    "missing",
    "unexpected",
    "pallets",
    "weight_kg",
    "devices",
    "drives",
    "destroyed",
    "lots",
    "handed_over",
    "associations",
    "recycled",
    "waiting",
    "overturned",
    "moved",
    "about",
    "day",
    "due_at",
    "submitted_at",
    "filed_at",
    "silence_at",
    "answer_until",
    "appointment",
];

impl Message {
    /// The stable name of this message, as in the JSON and in the names of its templates.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::RegistrationReceived { .. } => "registration_received",
            Self::PasswordReset { .. } => "password_reset",
            Self::EmailChange { .. } => "email_change",
            Self::AccountChanged { .. } => "account_changed",
            Self::NewMember { .. } => "new_member",
            Self::AssociationVerified { .. } => "association_verified",
            Self::RegistrationTwice { .. } => "registration_twice",
            Self::RegisterNameDiffers { .. } => "register_name_differs",
            Self::OrganisationChanged { .. } => "organisation_changed",
            Self::OrganisationSuspended { .. } => "organisation_suspended",
            Self::BatchSubmitted { .. } => "batch_submitted",
            Self::BatchAccepted { .. } => "batch_accepted",
            Self::BatchRefused { .. } => "batch_refused",
            Self::BatchCancelled { .. } => "batch_cancelled",
            Self::PickupScheduled { .. } => "pickup_scheduled",
            Self::BatchCollected { .. } => "batch_collected",
            Self::BatchClosed { .. } => "batch_closed",
            Self::BatchLate { .. } => "batch_late",
            Self::ManifestReplaced { .. } => "manifest_replaced",
            Self::ReceptionContested { .. } => "reception_contested",
            Self::PickupChanged { .. } => "pickup_changed",
            Self::TransferSent { .. } => "transfer_sent",
            Self::ErasureProven { .. } => "erasure_proven",
            Self::DonationNews { .. } => "donation_news",
            Self::ApplicationReceived { .. } => "application_received",
            Self::ApplicationToReview { .. } => "application_to_review",
            Self::ChangesRequested { .. } => "changes_requested",
            Self::TestMail { .. } => "test_mail",
            Self::ApplicationMessage { .. } => "application_message",
            Self::ProgrammeChanged { .. } => "programme_changed",
            Self::ApplicationWithdrawn { .. } => "application_withdrawn",
            Self::ApplicationEligible { .. } => "application_eligible",
            Self::ApplicationIneligible { .. } => "application_ineligible",
            Self::ApplicationReminder { .. } => "application_reminder",
            Self::SilenceNear { .. } => "silence_near",
            Self::SilenceDecided { .. } => "silence_decided",
            Self::AppealReceived { .. } => "appeal_received",
            Self::AppealToReview { .. } => "appeal_to_review",
            Self::AppealDecided { .. } => "appeal_decided",
            Self::ApplicationAsksOtherwise { .. } => "application_asks_otherwise",
            Self::ApplicationRescored { .. } => "application_rescored",
            Self::WaveToApprove { .. } => "wave_to_approve",
            Self::WaveRejected { .. } => "wave_rejected",
            Self::LotGranted { .. } => "lot_granted",
            Self::LotNotGranted { .. } => "lot_not_granted",
            Self::LotReleased { .. } => "lot_released",
            Self::PickingList { .. } => "picking_list",
            Self::HandoverScheduled { .. } => "handover_scheduled",
            Self::HandoverBooked { .. } => "handover_booked",
            Self::HandoverCompleted { .. } => "handover_completed",
            Self::HandoverCorrected { .. } => "handover_corrected",
            Self::IncidentReported { .. } => "incident_reported",
            Self::IncidentClosed { .. } => "incident_closed",
            Self::DevicePassedOn { .. } => "device_passed_on",
            Self::LoanDue { .. } => "loan_due",
            Self::LoanExtended { .. } => "loan_extended",
            Self::HandoverSlots { .. } => "handover_slots",
            Self::HandoverMissed { .. } => "handover_missed",
            Self::MailFailed { .. } => "mail_failed",
            Self::ChainHead { .. } => "chain_head",
            Self::WebhookDisabled { .. } => "webhook_disabled",
            Self::FollowUpDue { .. } => "follow_up_due",
        }
    }

    /// The calendar entry that travels with it.
    pub const fn appointment(&self) -> Option<&Appointment> {
        match self {
            Self::PickupScheduled { appointment, .. }
            | Self::HandoverScheduled { appointment, .. } => Some(appointment),
            Self::BatchCancelled { appointment, .. } => appointment.as_ref(),
            _ => None,
        }
    }

    /// A page that travels along: the name of its file, and the page.
    pub(crate) fn attachment(&self) -> Option<(String, &str)> {
        match self {
            Self::ErasureProven {
                reference,
                certificate,
                ..
            } if !certificate.is_empty() => {
                Some((format!("attestation-{reference}.html"), certificate))
            }
            _ => None,
        }
    }

    /// Blanks what lets somebody in, and what travelled along: once the mail has left, nobody
    /// needs it here. False when there is no such thing.
    pub(crate) fn forget_what_left(&mut self) -> bool {
        match self {
            Self::ErasureProven { certificate, .. } => {
                certificate.clear();
                true
            }
            Self::Invitation { token, .. }
            | Self::RegistrationReceived { token, .. }
            | Self::PasswordReset { token, .. }
            | Self::EmailChange { token, .. }
            | Self::BatchClosed { token, .. } => {
                token.clear();
                true
            }
            _ => false,
        }
    }

    /// What a later message is about too when it says anew what this one says: one of this
    /// topic that still waits is then not sent.
    pub(crate) fn topic(&self) -> Option<String> {
        let kind = self.kind();
        match self {
            Self::PickupScheduled { appointment, .. }
            | Self::HandoverScheduled { appointment, .. }
            | Self::HandoverBooked { appointment, .. } => {
                Some(format!("appointment:{}", appointment.uid))
            }
            Self::BatchCancelled { appointment, .. } => appointment
                .as_ref()
                .map(|appointment| format!("appointment:{}", appointment.uid)),
            Self::WaveToApprove {
                wave, programme, ..
            }
            | Self::PickingList {
                wave, programme, ..
            } => Some(format!("{kind}:{programme}:{wave}")),
            Self::TransferSent { transfer, .. } => Some(format!("{kind}:{transfer}")),
            Self::DonationNews { reference, .. } => Some(format!("{kind}:{reference}")),
            _ => None,
        }
    }

    /// When it is no longer of use to anyone: the appointment is over, the link has
    /// expired, the deadline has passed.
    pub(crate) fn useless_from(&self) -> Option<Instant> {
        match self {
            Self::Invitation { expires_at, .. }
            | Self::RegistrationReceived { expires_at, .. }
            | Self::PasswordReset { expires_at, .. }
            | Self::EmailChange { expires_at, .. } => Some(*expires_at),
            Self::ApplicationReminder { about, day, .. } if about == "deadline" => Some(*day),
            Self::SilenceNear { silence_at, .. } => Some(*silence_at),
            // who had it in the calendar is told that it is off, however late
            Self::PickupScheduled { appointment, .. }
            | Self::HandoverScheduled { appointment, .. }
            | Self::HandoverBooked { appointment, .. }
                if !appointment.cancelled =>
            {
                Some(appointment.to)
            }
            _ => None,
        }
    }

    /// What a webhook tells: ids, references, counts and moments. Free text and whatever
    /// names a person stay here.
    pub(crate) fn public_data(&self) -> serde_json::Value {
        let mut data = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = data.as_object_mut() {
            fields.retain(|name, _| PUBLIC.contains(&name.as_str()));
            if let Some(entry) = fields
                .get_mut("appointment")
                .and_then(|it| it.as_object_mut())
            {
                entry.remove("place");
            }
        }
        data
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use crate::samples;

    #[test]
    fn a_webhook_is_told_no_name_no_address_and_no_free_text() {
        for (name, message) in samples::all() {
            let told = message.public_data();
            for field in [
                "token",
                "name",
                "email",
                "person",
                "contact_name",
                "contact_phone",
                "place",
                "recipient_name",
                "submitted_by",
                "comment",
                "reason",
                "reasons",
                "items",
                "note",
                "title",
            ] {
                assert!(told.get(field).is_none(), "{name}: {field}");
            }
            assert!(told.pointer("/appointment/place").is_none(), "{name}");
            assert!(!told.to_string().contains('@'), "{name}");
        }
    }
}
