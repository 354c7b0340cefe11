//! The chain of custody: each line of a device's log carries the hash of the one before.
//!
//! `hash = SHA-256(prev_hash ‖ fields)`, the fields written as [`Canonical`] says, in the order
//! of [`Line::canonical`]. Times are microseconds since 1970 as eight bytes, the number as
//! four, ids as sixteen, big-endian. The evidence is hashed as the very text that is stored,
//! so nothing depends on how JSON is written.
//!
//! A line also says which columns of the device it set (`state`), and bears an HMAC over its
//! hash. Lines of version 1 have neither: they were written before there were keys.

use kernel::{
    ApiKeyId, Canonical, ChainKeys, CustodyEventId, DeviceId, Instant, Mark, OrganisationId,
    PersonId, Shown, Text,
};

use crate::model::{Device, SEALED_AT_UPGRADE, Stage};
use crate::state;

const FORMAT_1: &str = "ressac custody 1";
const FORMAT: &str = "ressac custody 2";
/// A line that a machine's key logged: the same fields, then the key and who stood there.
const BY_MACHINE: &str = "ressac custody 2 key";

/// A line of the log, without its hashes.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the columns of `custody_events`
pub struct Line {
    pub device: DeviceId,
    pub seq: i32,
    pub id: CustodyEventId,
    pub event_type: String,
    pub at: Instant,
    pub recorded_at: Instant,
    /// Who; of a machine's key, whoever made it.
    pub actor: PersonId,
    pub organisation: OrganisationId,
    /// The machine's key that logged it.
    pub key: Option<ApiKeyId>,
    /// Who stood at the machine and proved it.
    pub operated_by: Option<PersonId>,
    pub from_stage: Stage,
    pub to_stage: Stage,
    pub client_id: Option<String>,
    pub evidence: String,
    pub note: Option<String>,
    /// The columns that it set, as JSON; none in a line of version 1.
    pub state: Option<String>,
}

impl Line {
    /// What is hashed after the previous hash.
    fn canonical(&self) -> Canonical {
        let by_machine = self.key.is_some() || self.operated_by.is_some();
        let format = match self.state {
            _ if by_machine => BY_MACHINE,
            Some(_) => FORMAT,
            None => FORMAT_1,
        };
        let mut line = Canonical::new(format, 320 + self.evidence.len());
        line.field(self.device.uuid().as_bytes());
        line.field(&self.seq.to_be_bytes());
        line.field(self.id.uuid().as_bytes());
        line.field(self.event_type.as_bytes());
        line.field(&self.at.micros().to_be_bytes());
        line.field(&self.recorded_at.micros().to_be_bytes());
        line.field(self.actor.uuid().as_bytes());
        line.field(self.organisation.uuid().as_bytes());
        line.field(self.from_stage.as_str().as_bytes());
        line.field(self.to_stage.as_str().as_bytes());
        line.optional(self.client_id.as_deref().map(str::as_bytes));
        line.field(self.evidence.as_bytes());
        line.optional(self.note.as_deref().map(str::as_bytes));
        if by_machine {
            line.optional(self.state.as_deref().map(str::as_bytes));
            let uuids = [
                self.key.map(kernel::Id::uuid),
                self.operated_by.map(kernel::Id::uuid),
            ];
            for uuid in &uuids {
                line.optional(uuid.as_ref().map(|uuid| &uuid.as_bytes()[..]));
            }
        } else if let Some(state) = &self.state {
            line.field(state.as_bytes());
        }
        line
    }

    /// The hash of this line over the one before.
    pub fn hash(&self, prev: &[u8]) -> Vec<u8> {
        self.canonical().hash_after(prev)
    }
}

/// A line of the log with its hashes, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What it says.
    pub line: Line,
    /// Hash of the line before, empty for the first.
    pub prev_hash: Vec<u8>,
    /// Hash of this one.
    pub hash: Vec<u8>,
    /// The mark of the key; none in a line of version 1.
    pub mark: Option<Mark>,
    /// Number of the head that covers it; 0 in a line of version 1, and before it is stored.
    pub epoch: i64,
}

impl Link {
    /// The line after the one with this hash.
    pub fn after(prev_hash: Vec<u8>, line: Line, keys: &ChainKeys) -> Self {
        let hash = line.hash(&prev_hash);
        Self {
            mark: keys.mark(&hash),
            line,
            prev_hash,
            hash,
            epoch: 0,
        }
    }

    /// What its mark shows. Only a line of version 1 has none, and belongs to epoch 0.
    fn shown(&self, keys: &ChainKeys) -> Shown {
        match (&self.mark, &self.line.state) {
            (Some(mark), Some(_)) => keys.check(&self.hash, &mark.key, &mark.mac),
            (None, None) if self.epoch == 0 => Shown::Genuine,
            (None, Some(_)) if keys.is_empty() => Shown::Genuine,
            _ => Shown::Forged,
        }
    }
}

/// The end of a device's log, as the device's row has it.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Number of the last line.
    pub seq: i32,
    /// Its hash.
    pub hash: &'a [u8],
    /// The stage to which it brought the device.
    pub stage: Stage,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The line's content does not give its hash.
    Altered,
    /// The line was not written with the key.
    Forged,
    /// A line is not there, or stands in another's place.
    Missing,
    /// The device's row does not stand where its log ends.
    Head,
    /// The device's row is not the one that was sealed when its log was written last.
    Seal,
}

impl Break {
    /// For a person.
    pub fn text(self) -> Text {
        match self {
            Self::Altered => Text::new(
                "le contenu de cette ligne a été modifié",
                "the content of this line was altered",
            ),
            Self::Forged => Text::new(
                "cette ligne n'a pas été écrite avec la clé du programme",
                "this line was not written with the program's key",
            ),
            Self::Missing => Text::new(
                "cette ligne manque, ou une autre a pris sa place",
                "this line is missing, or another took its place",
            ),
            Self::Head => Text::new(
                "la fiche de l'appareil ne correspond pas à la dernière ligne de son journal",
                "the device's record does not match the last line of its log",
            ),
            Self::Seal => Text::new(
                "la fiche de l'appareil, ou la fin de son journal, a été modifiée hors du programme",
                "the device's record, or the end of its log, was changed outside the program",
            ),
        }
    }
}

/// Lines whose key is lost, so that their hashes are all there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unproven {
    /// How many.
    pub lines: u64,
}

/// Walks the chain of one device, and names the first line that does not hold.
///
/// # Errors
/// The number of the line and what is wrong with it.
pub fn check(head: Head<'_>, links: &[Link], keys: &ChainKeys) -> Result<Unproven, (i32, Break)> {
    let mut prev: &[u8] = &[];
    let (mut unproven, mut keyed) = (Unproven::default(), false);
    for (expected, link) in (1..).zip(links) {
        if link.line.seq != expected || link.prev_hash != prev {
            return Err((expected, Break::Missing));
        }
        if link.line.hash(prev) != link.hash {
            return Err((expected, Break::Altered));
        }
        // once there are keys, no line goes without
        match link.shown(keys) {
            Shown::Forged => return Err((expected, Break::Forged)),
            _ if keyed && link.mark.is_none() => return Err((expected, Break::Forged)),
            Shown::Unknown => unproven.lines += 1,
            Shown::Genuine => {}
        }
        keyed = link.mark.is_some();
        prev = &link.hash;
    }
    let last = i32::try_from(links.len()).unwrap_or(i32::MAX);
    if last < head.seq {
        return Err((last + 1, Break::Missing));
    }
    let stage_holds = links
        .last()
        .is_none_or(|link| link.line.to_stage == head.stage);
    if last > head.seq || head.hash != prev || !stage_holds {
        return Err((last, Break::Head));
    }
    Ok(unproven)
}

/// What a seal covers: where the device's log ends, and its columns.
fn sealed(device: &Device) -> Canonical {
    let state = state::of(device).to_string();
    let mut content = Canonical::new("ressac device 1", 128 + state.len());
    content.field(device.id.uuid().as_bytes());
    content.field(&device.custody_seq.to_be_bytes());
    content.field(device.custody_hash());
    content.field(state.as_bytes());
    content
}

/// Seals a device as it stands, behind the hash at the end of its log; not without a key.
pub fn seal(device: &mut Device, keys: &ChainKeys) {
    if let Some(seal) = keys.seal(&sealed(device)) {
        device.custody_head.truncate(device.custody_hash().len());
        device.custody_head.extend(seal);
    }
}

/// What stands at the end of a log that was written before there were keys, once it is sealed.
pub fn sealed_at_upgrade(device: &Device, keys: &ChainKeys) -> Option<Vec<u8>> {
    let seal = keys.seal(&sealed(device))?;
    Some([device.custody_hash(), &[SEALED_AT_UPGRADE], &seal].concat())
}

/// What the seal of a device shows.
pub fn check_seal(device: &Device, keys: &ChainKeys) -> Shown {
    match keys.is_empty() {
        true => Shown::Genuine,
        false => {
            let seal = device.custody_seal();
            let mac = match seal {
                Some([SEALED_AT_UPGRADE, mac @ ..]) if mac.len() == 32 => Some(mac),
                seal => seal,
            };
            keys.check_seal(&sealed(device), mac)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
