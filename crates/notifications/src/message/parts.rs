//! What messages are made of.

use kernel::{Instant, Language, PersonId};
use serde::{Deserialize, Serialize};

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The person, when there is an account.
    pub person: Option<PersonId>,
    /// Where to.
    pub email: String,
    /// How they are addressed.
    pub name: String,
    /// In which language.
    pub language: Language,
}

/// So many of a kind, in words of both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// Such as « 20 ordinateurs fixes ».
    pub fr: String,
    /// Such as "20 desktop computers".
    pub en: String,
}

impl Quantity {
    /// Writes out a number of machines.
    pub fn of(kind: kernel::DeviceKind, count: u64) -> Self {
        Self {
            fr: format!("{count} {}", kind.french(count)),
            en: format!("{count} {}", kind.english(count)),
        }
    }
}

/// An item that staff ask to be changed in an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeItem {
    /// Which field, as the form names it.
    pub field: String,
    /// Why, and what to do.
    pub message: String,
}

kernel::text_enum! {
    /// What was done to somebody's account.
    pub enum AccountChange {
        /// It has a new password.
        Password = "password",
        /// Somebody who knows its password asked for another address.
        EmailAsked = "email_asked",
        /// It has another address.
        Email = "email",
        /// Signing in takes a code from now on.
        SecondFactorOn = "second_factor_on",
        /// It takes none any more.
        SecondFactorOff = "second_factor_off",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery_code_used",
        /// Somebody tried to sign in, several times and in vain.
        SignInsFailed = "sign_ins_failed",
    }
}

/// A calendar entry that travels with a message. The same `uid` with a higher
/// `sequence` moves an earlier one (RFC 5545).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Names the entry for good.
    pub uid: String,
    /// 0, and one more each time it moves.
    pub sequence: i32,
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
    /// Where.
    pub place: String,
    /// True when the entry is called off.
    pub cancelled: bool,
}
