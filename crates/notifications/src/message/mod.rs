//! Every message that the program sends: what it says, as plain values. Who hears it, and
//! how, stands in the table of `events`.

mod facts;
mod pages;
mod parts;

use kernel::{Instant, ObligationId, WaveId};
use serde::{Deserialize, Serialize};

pub use parts::{AccountChange, Appointment, ChangeItem, Quantity, Recipient};

/// A message. Each variant has its templates: `<kind>.<language>.txt` and `.html`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs)] // the fields are the template's words
pub enum Message {
    /// To a person invited by an administrator: sets the password.
    Invitation {
        organisation: String,
        token: String,
        expires_at: Instant,
    },
    /// To an association or a firm that registered itself: confirms the address, sets the password.
    RegistrationReceived {
        organisation: String,
        /// It is a firm that gives.
        #[serde(default)]
        gives: bool,
        token: String,
        expires_at: Instant,
    },
    /// To a person who forgot their password, or somebody who says so: sets a new one.
    PasswordReset { token: String, expires_at: Instant },
    /// To the address that somebody wants for their account: confirms it.
    EmailChange { token: String, expires_at: Instant },
    /// To a person: what was done to their account, in case it was not they who did it.
    AccountChanged { change: AccountChange, at: Instant },
    /// To the people of an organization: somebody was invited into it. To staff: an association
    /// registered from the mailbox of another account.
    NewMember {
        organisation: String,
        person: String,
        email: String,
        same_mailbox: bool,
    },
    /// To the association: its identity was verified.
    AssociationVerified { organisation: String },
    /// To staff: somebody registers an association that is there already.
    RegistrationTwice {
        organisation: String,
        association: String,
        person: String,
        email: String,
    },
    /// To staff: the register has an association that registers under quite another name.
    RegisterNameDiffers {
        organisation: String,
        given_name: String,
        person: String,
        email: String,
    },
    /// To the people of an organization, and to staff when it is to be verified again: what was
    /// changed of it.
    OrganisationChanged {
        organisation: String,
        #[serde(default)]
        formerly: Option<String>,
        fields: Vec<String>,
        pending: bool,
    },
    /// To the people of an organization that is suspended.
    OrganisationSuspended {
        organisation: String,
        reason: String,
    },

    /// To staff: a donor submitted a batch.
    BatchSubmitted {
        reference: String,
        title: String,
        donor: String,
        quantities: Vec<Quantity>,
    },
    /// To the donor.
    BatchAccepted { reference: String, title: String },
    /// To the donor.
    BatchRefused {
        reference: String,
        title: String,
        reason: String,
    },
    /// To the donor and the workshop; takes the pickup out of their calendars.
    BatchCancelled {
        reference: String,
        title: String,
        reason: String,
        #[serde(default)]
        appointment: Option<Appointment>,
    },
    /// To the donor and the workshop: when the batch is picked up.
    PickupScheduled {
        reference: String,
        title: String,
        donor: String,
        workshop: String,
        contact_name: String,
        contact_phone: String,
        /// They knew of it at another time or place.
        #[serde(default)]
        moved: bool,
        /// A further truck of a donation that does not fit in one: 2 for the second.
        #[serde(default)]
        truck: Option<i32>,
        appointment: Appointment,
    },
    /// To the donor: the truck left.
    BatchCollected {
        reference: String,
        title: String,
        pallets: Option<i32>,
        weight_kg: Option<String>,
    },
    /// To each person of the donor: counted against the manifest; a link to confirm or
    /// contest.
    BatchClosed {
        reference: String,
        title: String,
        expected: i64,
        received: i64,
        missing: i64,
        unexpected: i64,
        #[serde(default)]
        token: String,
        #[serde(default)]
        answer_until: Option<Instant>,
    },
    /// To staff and the workshop that is to fetch it: the list of an offered batch was replaced.
    ManifestReplaced {
        reference: String,
        title: String,
        donor: String,
        rows: u64,
        added: u64,
        removed: u64,
    },
    /// To staff and the workshop: the donor does not agree with the count.
    ReceptionContested {
        reference: String,
        title: String,
        donor: String,
        comment: String,
        /// The tags of the devices that it is about; none when it is about the whole.
        #[serde(default)]
        devices: Vec<String>,
    },
    /// To staff and the workshop that is to fetch it: the donor changed whom to call or when it
    /// suits, or asks for another time.
    PickupChanged {
        reference: String,
        title: String,
        donor: String,
        place: String,
        contact_name: String,
        contact_phone: String,
        asks_to_move: bool,
        /// Why the time that was set does not suit.
        comment: Option<String>,
        /// Times that suit.
        windows: Vec<(Instant, Instant)>,
    },

    /// To the workshop that receives: devices are on the road to it, or were called back.
    TransferSent {
        transfer: String,
        /// Who sends.
        workshop: String,
        devices: i64,
        quantities: Vec<Quantity>,
        #[serde(default)]
        note: Option<String>,
        #[serde(default)]
        called_back: bool,
    },

    /// To the donor: machines of a closed batch turned up after all.
    BatchLate {
        reference: String,
        title: String,
        received: i64,
        missing: i64,
    },
    /// To the donor: every drive of the batch is proven erased, destroyed or absent.
    ErasureProven {
        reference: String,
        title: String,
        devices: i64,
        drives: i64,
        destroyed: i64,
        /// The certificate as a page, when it is short enough to travel along.
        #[serde(default)]
        certificate: String,
    },
    /// To the donor: where its computers are now.
    DonationNews {
        reference: String,
        title: String,
        handed_over: i64,
        associations: i64,
        recycled: i64,
        waiting: i64,
    },

    /// To the association: the acknowledgement of its application, with the legal mentions.
    ApplicationReceived {
        reference: String,
        programme: String,
        association: String,
        submitted_at: Instant,
        silence_at: Instant,
        requests: Vec<Quantity>,
        /// What the decision still waits for, in both languages.
        #[serde(default)]
        missing: Vec<Quantity>,
        /// Staff filled it in on behalf of the association.
        #[serde(default)]
        assisted: bool,
    },
    /// To staff: an application is there to review.
    ApplicationToReview {
        reference: String,
        programme: String,
        association: String,
    },
    /// To the association.
    ChangesRequested {
        reference: String,
        programme: String,
        items: Vec<ChangeItem>,
    },
    /// To whoever asked for it: mail leaves.
    TestMail { at: Instant },
    /// To the association, or to the city's staff who have the case: somebody of the other side wrote
    /// about an application.
    ApplicationMessage {
        reference: String,
        programme: String,
        association: String,
        /// Who wrote it.
        author: String,
        /// What they wrote, line by line.
        lines: Vec<String>,
        /// The association wrote it.
        to_city: bool,
    },
    /// To associations with an open application: what applies in its programme changed.
    ProgrammeChanged {
        reference: String,
        programme: String,
        changes: Vec<Quantity>,
    },
    /// To the association.
    ApplicationWithdrawn {
        reference: String,
        programme: String,
    },
    /// To the association: eligible, with its score in points.
    ApplicationEligible {
        reference: String,
        programme: String,
        score: String,
        /// It had been found not eligible before.
        #[serde(default)]
        again: bool,
    },
    /// To the association: not eligible, with the reasons and the ways to appeal.
    ApplicationIneligible {
        reference: String,
        programme: String,
        reasons: Vec<String>,
        /// It had been found eligible before.
        #[serde(default)]
        revoked: bool,
    },

    /// To the association: a draft has to be submitted, or changes to be made, by a day.
    ApplicationReminder {
        reference: String,
        programme: String,
        /// `deadline` or `changes`.
        about: String,
        /// The deadline, or when changes were requested.
        day: Instant,
    },
    /// To staff: silence is about to decide.
    SilenceNear {
        reference: String,
        programme: String,
        association: String,
        silence_at: Instant,
    },
    /// To the association: silence has decided, with the ways to appeal.
    SilenceDecided {
        reference: String,
        programme: String,
        silence_at: Instant,
    },
    /// To the association: the acknowledgement of its appeal.
    AppealReceived {
        reference: String,
        application: String,
        programme: String,
        filed_at: Instant,
        silence_at: Instant,
    },
    /// To staff but who decided before: an appeal waits.
    AppealToReview {
        reference: String,
        application: String,
        programme: String,
        association: String,
    },
    /// To the association: how its appeal was decided, and why.
    AppealDecided {
        reference: String,
        application: String,
        programme: String,
        /// `refusal`, `silence` or `score`; empty in messages that wait from before.
        #[serde(default)]
        contested: String,
        overturned: bool,
        /// The contested marks are still to be given anew.
        #[serde(default)]
        marked_anew: bool,
        /// As it is now, such as "82,5"; none while it is not eligible.
        #[serde(default)]
        score: Option<String>,
        reasons: Vec<String>,
    },
    /// To staff: an application asks for more or less than when it was sent.
    ApplicationAsksOtherwise {
        reference: String,
        programme: String,
        association: String,
        requests: Vec<Quantity>,
        reason: String,
    },
    /// To the association: its score after an accepted appeal had its project marked anew.
    ApplicationRescored {
        reference: String,
        programme: String,
        appeal: String,
        before: String,
        score: String,
    },

    /// To staff other than who submitted it: a wave waits for approval.
    WaveToApprove {
        #[serde(default)]
        wave_id: Option<WaveId>,
        wave: String,
        programme: String,
        submitted_by: String,
        associations: i64,
        devices: i64,
    },
    /// To who submitted it.
    WaveRejected {
        #[serde(default)]
        wave_id: Option<WaveId>,
        wave: String,
        programme: String,
        reason: String,
    },
    /// To an association that receives something: how many, why, and its right to the rules.
    LotGranted {
        reference: String,
        wave: String,
        programme: String,
        association: String,
        granted: Vec<Quantity>,
        /// What it is worth.
        value: Quantity,
        score: String,
        rank: i64,
        of: i64,
        /// Lent for so many months, and not given.
        #[serde(default)]
        loan_months: Option<i32>,
    },
    /// To an association whose turn did not come in this wave.
    LotNotGranted {
        reference: String,
        wave: String,
        programme: String,
        association: String,
        score: String,
        rank: i64,
        of: i64,
        reason: Quantity,
    },
    /// To the association, when an approved wave is called off.
    LotReleased {
        reference: String,
        wave: String,
        reason: String,
    },
    /// To the workshop: devices to put aside.
    PickingList {
        #[serde(default)]
        wave_id: Option<WaveId>,
        wave: String,
        programme: String,
        lots: i64,
        devices: i64,
    },
    /// To the association, and to the workshop when it is soon: when the lot is handed over.
    HandoverScheduled {
        reference: String,
        association: String,
        granted: Vec<Quantity>,
        appointment: Appointment,
    },
    /// To the workshop: when it hands a lot over; with the others of the day.
    HandoverBooked {
        reference: String,
        association: String,
        granted: Vec<Quantity>,
        appointment: Appointment,
    },
    /// To the association: the lot was handed over.
    HandoverCompleted {
        reference: String,
        association: String,
        devices: i64,
        recipient_name: String,
        /// Its devices, a line each, when there are not too many for a mail.
        #[serde(default)]
        lot: Vec<String>,
        /// It is lent, and due back then.
        #[serde(default)]
        loan_until: Option<Instant>,
    },
    /// To the association, and to staff once it is overdue: what is still out of a lot that was lent.
    LoanDue {
        reference: String,
        association: String,
        /// Still with the association.
        devices: i64,
        due_at: Instant,
        overdue: bool,
    },
    /// To the association: its loan has another day.
    LoanExtended {
        reference: String,
        association: String,
        due_at: Instant,
        reason: String,
    },
    /// To the association: what was in a lot that it signed for is corrected.
    HandoverCorrected {
        reference: String,
        association: String,
        removed: String,
        #[serde(default)]
        added: Option<String>,
        devices: i64,
        reason: String,
    },
    /// To the workshop and staff: a device that was given does not work, or is not needed any more.
    IncidentReported {
        incident: String,
        reference: String,
        handover: String,
        association: String,
        tag: String,
        broken: bool,
        guaranteed: bool,
        description: String,
    },
    /// To the association: how its report was dealt with.
    IncidentClosed {
        incident: String,
        reference: String,
        handover: String,
        tag: String,
        outcome: String,
        #[serde(default)]
        replacement: Option<String>,
        note: String,
    },
    /// To an association: it has a device now that another one did not need any more.
    DevicePassedOn {
        reference: String,
        association: String,
        tag: String,
        #[serde(default)]
        machine: Option<String>,
        reason: String,
    },
    /// To the association: there are times to choose from, to collect its lot.
    HandoverSlots {
        reference: String,
        association: String,
    },
    /// To the association and staff: nobody came.
    HandoverMissed {
        reference: String,
        association: String,
        reason: String,
    },
    /// To the association: its report on what it received is due, or overdue.
    FollowUpDue {
        #[serde(default)]
        obligation: Option<ObligationId>,
        what: String,
        due_at: Instant,
        overdue: bool,
    },

    /// To staff: mail that did not arrive, once for many.
    MailFailed {
        count: i64,
        /// What it was and for whom, in words of both languages.
        examples: Vec<Quantity>,
    },
    /// To staff, once a day: the last head over all chains, to be kept.
    ChainHead {
        number: i64,
        made_at: Instant,
        custody_lines: u64,
        audit_lines: u64,
        /// The signed line.
        line: String,
    },
    /// To who set it up: a webhook that failed for too long is no longer called.
    WebhookDisabled {
        url: String,
        failing_since: Instant,
        error: String,
    },
}
