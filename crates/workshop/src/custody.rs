//! The chain of custody: each line of a device's log carries the hash of the one before.
//!
//! `hash = SHA-256(prev_hash ‖ fields)`, the fields written as [`Canonical`] says, in the order
//! of [`Line::canonical`]. Times are microseconds since 1970 as eight bytes, the number as
//! four, ids as sixteen, big-endian. The evidence is hashed as the very text that is stored,
//! so nothing depends on how JSON is written.

use kernel::{Canonical, CustodyEventId, DeviceId, Instant, OrganisationId, PersonId, Text};

use crate::model::Stage;

const FORMAT: &str = "ressac custody 1";

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
    pub actor: PersonId,
    pub organisation: OrganisationId,
    pub from_stage: Stage,
    pub to_stage: Stage,
    pub client_id: Option<String>,
    pub evidence: String,
    pub note: Option<String>,
}

impl Line {
    /// What is hashed after the previous hash.
    fn canonical(&self) -> Canonical {
        let mut line = Canonical::new(FORMAT, 256 + self.evidence.len());
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
    /// A line is not there, or stands in another's place.
    Missing,
    /// The device's row does not stand where its log ends.
    Head,
}

impl Break {
    /// For a person.
    pub fn text(self) -> Text {
        match self {
            Self::Altered => Text::new(
                "le contenu de cette ligne a été modifié",
                "the content of this line was altered",
            ),
            Self::Missing => Text::new(
                "cette ligne manque, ou une autre a pris sa place",
                "this line is missing, or another took its place",
            ),
            Self::Head => Text::new(
                "la fiche de l'appareil ne correspond pas à la dernière ligne de son journal",
                "the device's record does not match the last line of its log",
            ),
        }
    }
}

/// Walks the chain of one device, and names the first line that does not hold.
///
/// # Errors
/// The number of the line and what is wrong with it.
pub fn check(head: Head<'_>, links: &[Link]) -> Result<(), (i32, Break)> {
    let mut prev: &[u8] = &[];
    for (expected, link) in (1..).zip(links) {
        if link.line.seq != expected || link.prev_hash != prev {
            return Err((expected, Break::Missing));
        }
        if link.line.hash(prev) != link.hash {
            return Err((expected, Break::Altered));
        }
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
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use kernel::Id;
    use uuid_of::uuid;

    use super::*;

    mod uuid_of {
        pub fn uuid<T>(n: u8) -> kernel::Id<T> {
            format!("00000000-0000-7000-8000-0000000000{n:02x}")
                .parse()
                .expect("id")
        }
    }

    fn chain(length: i32) -> Vec<Link> {
        let mut prev = Vec::new();
        let stages = [Stage::Received, Stage::Triaged, Stage::Erased];
        (1..=length)
            .map(|seq| {
                let line = Line {
                    device: uuid(1),
                    seq,
                    id: uuid(u8::try_from(seq).expect("small")),
                    event_type: "moved".into(),
                    at: Instant::from_micros(i64::from(seq)).expect("time"),
                    recorded_at: Instant::from_micros(i64::from(seq) + 5).expect("time"),
                    actor: uuid(2),
                    organisation: uuid(3),
                    from_stage: Stage::Received,
                    to_stage: stages[usize::try_from(seq).expect("small") % 3],
                    client_id: (seq % 2 == 0).then(|| format!("line-{seq}")),
                    evidence: format!("{{\"location\":\"A{seq}\"}}"),
                    note: None,
                };
                let hash = line.hash(&prev);
                let link = Link {
                    line,
                    prev_hash: prev.clone(),
                    hash: hash.clone(),
                };
                prev = hash;
                link
            })
            .collect()
    }

    fn head(links: &[Link]) -> Head<'_> {
        links.last().map_or(
            Head {
                seq: 0,
                hash: &[],
                stage: Stage::Expected,
            },
            |last| Head {
                seq: last.line.seq,
                hash: &last.hash,
                stage: last.line.to_stage,
            },
        )
    }

    /// Worked out by another program from what the top of this file says. What is stored was
    /// hashed like this: these never change.
    #[test]
    fn the_hashes_of_what_is_stored_stay_what_they_are() {
        let hashes = chain(2).into_iter().map(|link| link.hash);
        let hashes = hashes.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect());
        assert_eq!(
            hashes.collect::<Vec<String>>(),
            [
                "81e07c037fba688efeba494331465d487f1d5b3486dd1ac9b214d82bd5f201c3",
                "3218b44c933206dcef1704c9d604e1fbb0b307fe61fc31e07481a3c39a17fb0e",
            ]
        );
    }

    #[test]
    fn an_intact_chain_holds() {
        for length in 0..5 {
            let links = chain(length);
            assert_eq!(check(head(&links), &links), Ok(()));
        }
    }

    #[test]
    fn custody_names_the_first_broken_link() {
        let intact = chain(5);
        let mut altered = intact.clone();
        altered[2].line.evidence = "{\"location\":\"A4\"}".into();
        altered[3].line.note = Some("later".into());
        assert_eq!(check(head(&intact), &altered), Err((3, Break::Altered)));

        let mut removed = intact.clone();
        removed.remove(1);
        assert_eq!(check(head(&intact), &removed), Err((2, Break::Missing)));

        let mut shortened = intact.clone();
        shortened.pop();
        assert_eq!(check(head(&intact), &shortened), Err((5, Break::Missing)));
        assert_eq!(check(head(&shortened), &intact), Err((5, Break::Head)));

        let mut swapped = intact.clone();
        swapped.swap(1, 2);
        assert_eq!(check(head(&intact), &swapped), Err((2, Break::Missing)));
    }

    #[test]
    fn a_row_whose_stage_was_set_by_hand_is_named() {
        let links = chain(3);
        let forged = Head {
            stage: Stage::Ready,
            ..head(&links)
        };
        assert_eq!(check(forged, &links), Err((3, Break::Head)));
    }

    #[test]
    fn each_field_changes_the_hash() {
        let line = chain(1).remove(0).line;
        let hash = line.hash(&[]);
        let mut changes = vec![line.clone(); 9];
        changes[0].seq = 9;
        changes[1].event_type = "other".into();
        changes[2].at = line.at.plus_seconds(1);
        changes[3].actor = uuid(9);
        changes[4].client_id = Some(String::new());
        changes[5].evidence.push(' ');
        changes[6].note = Some(String::new());
        changes[7].to_stage = Stage::Ready;
        changes[8].device = Id::from_uuid(changes[8].id.uuid());
        for (n, changed) in changes.iter().enumerate().take(8) {
            assert_ne!(changed.hash(&[]), hash, "{n}");
        }
        assert_ne!(line.hash(&[1]), hash);
    }
}
