//! Where a message leads: the one table of the page behind its button.

use super::Message;

impl Message {
    /// The page of what the message is about, for whoever reads it: a path of this program.
    /// What people name by a reference is found by it below `/aller`, which leads each reader
    /// to the page of their role.
    pub fn page(&self) -> String {
        match self {
            Self::Invitation { token, .. } | Self::RegistrationReceived { token, .. } => {
                format!("/invitation?token={token}")
            }
            Self::PasswordReset { token, .. } => format!("/reset?token={token}"),
            Self::EmailChange { token, .. } => format!("/email?token={token}"),
            Self::BatchClosed { token, .. } if !token.is_empty() => {
                format!("/reception?token={token}")
            }
            Self::AccountChanged { .. } | Self::NewMember { .. } | Self::WebhookDisabled { .. } => {
                "/compte".to_owned()
            }
            Self::OrganisationSuspended { .. } | Self::OrganisationChanged { .. } => "/".to_owned(),
            Self::ChainHead { .. } => "/ville".to_owned(),
            Self::AssociationVerified { .. } => "/demandes".to_owned(),
            Self::RegistrationTwice { .. } | Self::RegisterNameDiffers { .. } => {
                "/ville/inscriptions".to_owned()
            }
            Self::MailFailed { .. } => "/ville/messages?status=dead".to_owned(),
            Self::TransferSent { transfer, .. } => format!("/atelier/transferts/{transfer}"),

            Self::BatchSubmitted { reference, .. }
            | Self::BatchAccepted { reference, .. }
            | Self::BatchRefused { reference, .. }
            | Self::BatchCancelled { reference, .. }
            | Self::PickupScheduled { reference, .. }
            | Self::BatchCollected { reference, .. }
            | Self::BatchClosed { reference, .. }
            | Self::BatchLate { reference, .. }
            | Self::ManifestReplaced { reference, .. }
            | Self::ReceptionContested { reference, .. }
            | Self::PickupChanged { reference, .. }
            | Self::ErasureProven { reference, .. }
            | Self::DonationNews { reference, .. } => format!("/aller/dons/{reference}"),

            Self::ApplicationReceived { reference, .. }
            | Self::ApplicationToReview { reference, .. }
            | Self::ChangesRequested { reference, .. }
            | Self::ProgrammeChanged { reference, .. }
            | Self::ApplicationWithdrawn { reference, .. }
            | Self::ApplicationEligible { reference, .. }
            | Self::ApplicationIneligible { reference, .. }
            | Self::ApplicationRescored { reference, .. }
            | Self::ApplicationAsksOtherwise { reference, .. }
            | Self::ApplicationReminder { reference, .. }
            | Self::SilenceNear { reference, .. }
            | Self::SilenceDecided { reference, .. }
            | Self::LotGranted { reference, .. }
            | Self::LotNotGranted { reference, .. }
            | Self::LotReleased { reference, .. } => format!("/aller/demandes/{reference}"),
            Self::TestMail { .. } => "/ville/messages".to_owned(),
            Self::ApplicationMessage { reference, .. } => format!("/aller/messages/{reference}"),
            Self::AppealReceived { reference, .. }
            | Self::AppealToReview { reference, .. }
            | Self::AppealDecided { reference, .. } => format!("/aller/recours/{reference}"),

            Self::HandoverScheduled { reference, .. }
            | Self::HandoverBooked { reference, .. }
            | Self::HandoverCompleted { reference, .. }
            | Self::HandoverCorrected { reference, .. }
            | Self::DevicePassedOn { reference, .. }
            | Self::HandoverSlots { reference, .. }
            | Self::LoanDue { reference, .. }
            | Self::LoanExtended { reference, .. }
            | Self::HandoverMissed { reference, .. } => format!("/aller/lots/{reference}"),
            Self::IncidentReported { incident, .. } | Self::IncidentClosed { incident, .. } => {
                format!("/aller/signalements/{incident}")
            }
            // messages that wait from before these had an id lead to where the thing is listed
            Self::WaveToApprove { wave_id, .. } => match wave_id {
                Some(id) => format!("/ville/approbations/{id}"),
                None => "/ville".to_owned(),
            },
            Self::WaveRejected { wave_id, .. } => match wave_id {
                Some(id) => format!("/ville/vagues/{id}"),
                None => "/ville".to_owned(),
            },
            Self::PickingList { wave_id, .. } => match wave_id {
                Some(id) => format!("/vagues/{id}/preparation"),
                None => "/atelier/remises".to_owned(),
            },
            Self::FollowUpDue { obligation, .. } => match obligation {
                Some(id) => format!("/aller/suivis/{id}"),
                None => "/demandes".to_owned(),
            },
        }
    }
}
