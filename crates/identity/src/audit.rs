//! Who saw and changed what: a chain of events for each subject, each carrying the hash of
//! the one before.
//!
//! One chain a subject (a person, an application, a wave …), and not one for all: two people
//! who work on different cases never wait for each other's line. `hash = SHA-256(prev_hash ‖
//! fields)`, the fields written as [`Canonical`] says, in the order of [`AuditLine::canonical`].
//! A line bears an HMAC over its hash, and the end of its chain is sealed; lines that were
//! written before there were keys have none, and belong to epoch 0.

use kernel::{
    ApiKeyId, AuditEventId, Canonical, ChainKeys, Id, Instant, Mark, OrganisationId, PersonId,
    Shown,
};

const FORMAT: &str = "ressac audit 1";

/// Whatever an event is about.
#[derive(Debug)]
pub enum Subject {}

/// What happened, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The operation, as the OpenAPI document names it.
    pub action: String,
    /// About whom or what.
    pub subject: Id<Subject>,
    /// Who; none for the command line.
    pub actor: Option<PersonId>,
    /// For whom.
    pub organisation: Option<OrganisationId>,
    /// The machine's key that asked, if it was one.
    pub key: Option<ApiKeyId>,
    /// From where, without the part that tells one machine from its neighbors.
    pub network: Option<String>,
    /// More of it, as JSON. No personal data: this is never changed or deleted.
    pub detail: String,
}

/// A line of a chain, without its hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// What happened.
    pub deed: Deed,
    /// Its place in the chain, the first being 1.
    pub seq: i32,
    /// Its id.
    pub id: AuditEventId,
    /// When.
    pub at: Instant,
}

impl AuditLine {
    /// What is hashed after the previous hash.
    fn canonical(&self) -> Canonical {
        let deed = &self.deed;
        let mut line = Canonical::new(FORMAT, 256 + deed.detail.len());
        line.field(deed.subject.uuid().as_bytes());
        line.field(&self.seq.to_be_bytes());
        line.field(self.id.uuid().as_bytes());
        line.field(&self.at.micros().to_be_bytes());
        line.field(deed.action.as_bytes());
        let uuids = [
            deed.actor.map(Id::uuid),
            deed.organisation.map(Id::uuid),
            deed.key.map(Id::uuid),
        ];
        for uuid in &uuids {
            line.optional(uuid.as_ref().map(|uuid| &uuid.as_bytes()[..]));
        }
        line.optional(deed.network.as_deref().map(str::as_bytes));
        line.field(deed.detail.as_bytes());
        line
    }

    /// The hash of this line over the one before.
    pub fn hash(&self, prev: &[u8]) -> Vec<u8> {
        self.canonical().hash_after(prev)
    }
}

/// A line with its hashes, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLink {
    /// What it says.
    pub line: AuditLine,
    /// Hash of the line before, empty for the first.
    pub prev_hash: Vec<u8>,
    /// Hash of this one.
    pub hash: Vec<u8>,
    /// The mark of the key.
    pub mark: Option<Mark>,
    /// Number of the head that covers it; 0 from before there were keys.
    pub epoch: i64,
}

impl AuditLink {
    /// The line after the one with this hash.
    pub fn after(prev_hash: Vec<u8>, line: AuditLine, keys: &ChainKeys, epoch: i64) -> Self {
        let hash = line.hash(&prev_hash);
        Self {
            mark: keys.mark(&hash),
            line,
            prev_hash,
            hash,
            epoch,
        }
    }

    fn shown(&self, keys: &ChainKeys) -> Shown {
        match &self.mark {
            Some(mark) => keys.check(&self.hash, &mark.key, &mark.mac),
            None if self.epoch == 0 || keys.is_empty() => Shown::Genuine,
            None => Shown::Forged,
        }
    }
}

/// Where a chain ends, as its head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Whose chain.
    pub subject: Id<Subject>,
    /// Number of the last line.
    pub seq: i32,
    /// Its hash.
    pub hash: Vec<u8>,
    /// HMAC over the end of the chain.
    pub seal: Option<Vec<u8>>,
}

impl AuditHead {
    fn content(&self) -> Canonical {
        let mut content = Canonical::new("ressac audit end 1", 96);
        content.field(self.subject.uuid().as_bytes());
        content.field(&self.seq.to_be_bytes());
        content.field(&self.hash);
        content
    }

    /// Seals the end of a chain; none without a key.
    pub fn sealed(mut self, keys: &ChainKeys) -> Self {
        self.seal = keys.seal(&self.content());
        self
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditBreak {
    /// The line's content does not give its hash.
    Altered,
    /// The line was not written with the key.
    Forged,
    /// A line is not there, or stands in another's place.
    Missing,
    /// The chain does not end where its head says.
    Head,
    /// The end of the chain was not sealed with the key.
    Seal,
}

impl std::fmt::Display for AuditBreak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Altered => "the content of this line was altered",
            Self::Forged => "this line was not written with the program's key",
            Self::Missing => "this line is missing, or another took its place",
            Self::Head => "the chain does not end where its head says",
            Self::Seal => "the end of the chain was changed outside the program",
        })
    }
}

/// Walks a chain, and names the first line that does not hold; else how many lines have a key
/// that is lost.
///
/// # Errors
/// The number of the line and what is wrong with it.
pub fn check(
    head: &AuditHead,
    links: &[AuditLink],
    keys: &ChainKeys,
) -> Result<u64, (i32, AuditBreak)> {
    let mut prev: &[u8] = &[];
    let (mut unproven, mut keyed) = (0, false);
    for (expected, link) in (1..).zip(links) {
        if link.line.seq != expected || link.prev_hash != prev {
            return Err((expected, AuditBreak::Missing));
        }
        if link.line.hash(prev) != link.hash {
            return Err((expected, AuditBreak::Altered));
        }
        match link.shown(keys) {
            Shown::Forged => return Err((expected, AuditBreak::Forged)),
            _ if keyed && link.mark.is_none() => return Err((expected, AuditBreak::Forged)),
            Shown::Unknown => unproven += 1,
            Shown::Genuine => {}
        }
        keyed = link.mark.is_some();
        prev = &link.hash;
    }
    let last = i32::try_from(links.len()).unwrap_or(i32::MAX);
    if last < head.seq {
        return Err((last + 1, AuditBreak::Missing));
    }
    if last > head.seq || head.hash != prev {
        return Err((last, AuditBreak::Head));
    }
    if keys.is_empty() {
        return Ok(unproven);
    }
    match keys.check_seal(&head.content(), head.seal.as_deref()) {
        Shown::Forged => Err((last, AuditBreak::Seal)),
        Shown::Unknown | Shown::Genuine => Ok(unproven),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<T>(n: u8) -> Id<T> {
        format!("00000000-0000-7000-8000-0000000000{n:02x}")
            .parse()
            .expect("id")
    }

    fn chain(length: i32) -> Vec<AuditLink> {
        let mut prev = Vec::new();
        (1..=length)
            .map(|seq| {
                let line = AuditLine {
                    deed: Deed {
                        action: "get_applications_id".to_owned(),
                        subject: id(1),
                        actor: Some(id(2)),
                        organisation: Some(id(3)),
                        key: None,
                        network: Some("192.0.2.0/24".to_owned()),
                        detail: format!("{{\"version\":{seq}}}"),
                    },
                    seq,
                    id: id(u8::try_from(seq).expect("small")),
                    at: Instant::from_micros(i64::from(seq)).expect("time"),
                };
                let before = std::mem::take(&mut prev);
                let link = AuditLink::after(before, line, &ChainKeys::default(), 0);
                prev = link.hash.clone();
                link
            })
            .collect()
    }

    fn head(links: &[AuditLink]) -> AuditHead {
        let last = links.last();
        AuditHead {
            subject: id(1),
            seq: last.map_or(0, |last| last.line.seq),
            hash: last.map_or_else(Vec::new, |last| last.hash.clone()),
            seal: None,
        }
    }

    fn walk(head: &AuditHead, links: &[AuditLink]) -> Result<(), (i32, AuditBreak)> {
        check(head, links, &ChainKeys::default()).map(drop)
    }

    #[test]
    fn without_the_key_no_line_is_changed_and_no_chain_cut() {
        let keys = ChainKeys::new([("a".to_owned(), [7; 32])], []).expect("keys");
        let mut prev = Vec::new();
        let links: Vec<_> = chain(3)
            .into_iter()
            .map(|link| {
                let link = AuditLink::after(std::mem::take(&mut prev), link.line, &keys, 1);
                prev = link.hash.clone();
                link
            })
            .collect();
        let at = head(&links).sealed(&keys);
        assert_eq!(check(&at, &links, &keys), Ok(0));

        let cut = AuditHead {
            seal: at.seal.clone(),
            ..head(&links[..2])
        };
        assert_eq!(check(&cut, &links[..2], &keys), Err((2, AuditBreak::Seal)));
        let unsealed = head(&links[..2]);
        assert_eq!(
            check(&unsealed, &links[..2], &keys),
            Err((2, AuditBreak::Seal))
        );

        let mut changed = links;
        changed[2].line.deed.actor = Some(id(9));
        changed[2].hash = changed[2].line.hash(&changed[2].prev_hash);
        let sealed = AuditHead {
            seal: at.seal,
            ..head(&changed)
        };
        assert_eq!(
            check(&sealed, &changed, &keys),
            Err((3, AuditBreak::Forged))
        );
        changed[2].mark = None;
        assert_eq!(
            check(&sealed, &changed, &keys),
            Err((3, AuditBreak::Forged))
        );
        changed[2].epoch = 0;
        assert_eq!(
            check(&sealed, &changed, &keys),
            Err((3, AuditBreak::Forged))
        );
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
                "ae2c9d4489493c02ea3fb0cc2230acb99f0ef2fa3d8318a533dd00d3ad148709",
                "7e5eadab4dc1c414b58e3d12fd87467de534522dfc3a6e9bbe303f678c401dd1",
            ]
        );
    }

    #[test]
    fn an_intact_chain_holds() {
        for length in 0..4 {
            let links = chain(length);
            assert_eq!(walk(&head(&links), &links), Ok(()));
        }
    }

    #[test]
    fn audit_names_the_first_broken_line() {
        let intact = chain(4);
        let at = head(&intact);
        let mut altered = intact.clone();
        altered[1].line.deed.detail.push(' ');
        assert_eq!(walk(&at, &altered), Err((2, AuditBreak::Altered)));
        let mut removed = intact.clone();
        removed.remove(2);
        assert_eq!(walk(&at, &removed), Err((3, AuditBreak::Missing)));
        let mut shortened = intact.clone();
        shortened.pop();
        assert_eq!(walk(&at, &shortened), Err((4, AuditBreak::Missing)));
        assert_eq!(walk(&head(&shortened), &intact), Err((4, AuditBreak::Head)));
    }

    #[test]
    fn each_field_changes_the_hash() {
        let line = chain(1).remove(0).line;
        let hash = line.hash(&[]);
        let changes: [fn(&mut AuditLine); 9] = [
            |line| line.seq = 9,
            |line| line.id = id(9),
            |line| line.at = line.at.plus_seconds(1),
            |line| line.deed.action.push('s'),
            |line| line.deed.subject = id(9),
            |line| line.deed.actor = None,
            |line| line.deed.organisation = None,
            |line| line.deed.key = Some(id(9)),
            |line| line.deed.network = None,
        ];
        for (n, change) in changes.iter().enumerate() {
            let mut changed = line.clone();
            change(&mut changed);
            assert_ne!(changed.hash(&[]), hash, "{n}");
        }
    }
}
