//! What anchors chains of hashes outside the database: keys for their lines, and the folds over
//! which heads are signed.
//!
//! A hash shows that a line fits the one before it; whoever can write to the database can compute
//! hashes again. An HMAC with a key that the database does not have shows that the program wrote
//! the line. Several keys may be held: the first signs, the others check what they signed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::Canonical;

const LINE: &[u8] = b"ressac line 1";
const SEAL: &[u8] = b"ressac seal 1";
const PAPER: &[u8] = b"ressac paper 1";

/// Bytes of the tag on a paper: 80 bits, which nobody guesses and a person can type.
pub const PAPER_TAG: usize = 10;

/// The keys of chains. None at all in a database that is opened without: its lines are hashed only.
#[derive(Clone, Default)]
pub struct ChainKeys(Arc<Inner>);

#[derive(Default)]
struct Inner {
    keys: Vec<(String, Hmac<Sha256>)>,
    lost: BTreeSet<String>,
}

/// The mark of a key on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Id of the key.
    pub key: String,
    /// HMAC-SHA-256 over the line's hash.
    pub mac: Vec<u8>,
}

/// What a mark shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The program wrote it.
    Genuine,
    /// Its key is declared lost: the hash is all there is.
    Unknown,
    /// It does not hold, or its key was never declared.
    Forged,
}

impl std::fmt::Debug for ChainKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.0.keys.iter().map(|(id, _)| id.as_str()).collect();
        write!(f, "ChainKeys({})", ids.join(", "))
    }
}

impl ChainKeys {
    /// Keys with their ids, the one that signs first; and the ids of those that were lost.
    ///
    /// # Errors
    /// A sentence for the operator when an id is used twice.
    pub fn new<S: AsRef<[u8]>>(
        keys: impl IntoIterator<Item = (String, S)>,
        lost: impl IntoIterator<Item = String>,
    ) -> Result<Self, String> {
        let mut ids = BTreeSet::new();
        let mut held = Vec::new();
        for (id, secret) in keys {
            if !ids.insert(id.clone()) {
                return Err(format!("the key {id} is there twice"));
            }
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_ref())
                .map_err(|_| format!("the key {id} cannot be used"))?;
            held.push((id, mac));
        }
        Ok(Self(Arc::new(Inner {
            keys: held,
            lost: lost.into_iter().collect(),
        })))
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.keys.is_empty()
    }

    /// Ids of the keys that are held.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys.iter().map(|(id, _)| id.as_str())
    }

    /// Whether a key was declared lost.
    pub fn is_lost(&self, id: &str) -> bool {
        self.0.lost.contains(id)
    }

    /// Marks a line by its hash; none without a key.
    pub fn mark(&self, hash: &[u8]) -> Option<Mark> {
        let (id, key) = self.0.keys.first()?;
        Some(Mark {
            key: id.clone(),
            mac: mac(key, LINE, &[hash]),
        })
    }

    /// What the mark of a line shows.
    pub fn check(&self, hash: &[u8], key: &str, given: &[u8]) -> Shown {
        match self.0.keys.iter().find(|(id, _)| id == key) {
            Some((_, key)) if holds(key, LINE, &[hash], given) => Shown::Genuine,
            Some(_) => Shown::Forged,
            None if self.0.lost.contains(key) => Shown::Unknown,
            None => Shown::Forged,
        }
    }

    /// Seals what `content` says; none without a key.
    pub fn seal(&self, content: &Canonical) -> Option<Vec<u8>> {
        let (_, key) = self.0.keys.first()?;
        Some(mac(key, SEAL, &[content.bytes()]))
    }

    /// What a seal shows, by any of the keys.
    pub fn check_seal(&self, content: &Canonical, given: Option<&[u8]>) -> Shown {
        let by = |given: &[u8]| {
            let mut keys = self.0.keys.iter();
            keys.any(|(_, key)| holds(key, SEAL, &[content.bytes()], given))
        };
        match given {
            Some(given) if by(given) => Shown::Genuine,
            Some(given) if given.len() == 32 && !self.0.lost.is_empty() => Shown::Unknown,
            _ => Shown::Forged,
        }
    }

    /// The tag by which it is known that we wrote what a paper says; none without a key.
    pub fn tag(&self, content: &Canonical) -> Option<[u8; PAPER_TAG]> {
        let (_, key) = self.0.keys.first()?;
        mac(key, PAPER, &[content.bytes()]).first_chunk().copied()
    }

    /// Whether a tag is one that any of the keys gave. It takes the same time whichever did.
    pub fn check_tag(&self, content: &Canonical, given: &[u8; PAPER_TAG]) -> bool {
        self.0.keys.iter().fold(false, |known, (_, key)| {
            let mac = keyed(key, PAPER, &[content.bytes()]);
            known | mac.verify_truncated_left(given).is_ok()
        })
    }
}

fn mac(key: &Hmac<Sha256>, purpose: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    keyed(key, purpose, parts).finalize().into_bytes().to_vec()
}

fn holds(key: &Hmac<Sha256>, purpose: &[u8], parts: &[&[u8]], given: &[u8]) -> bool {
    keyed(key, purpose, parts).verify_slice(given).is_ok()
}

fn keyed(key: &Hmac<Sha256>, purpose: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(purpose);
    for part in parts {
        mac.update(part);
    }
    mac
}

/// A running hash over lines, in the order of chain and number.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    hasher: Sha256,
    lines: u64,
    chains: u64,
    last: Option<[u8; 16]>,
    keys: BTreeSet<String>,
}

/// What a fold came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Lines.
    pub lines: u64,
    /// Chains to which they belong.
    pub chains: u64,
    /// SHA-256 over all of them.
    pub root: [u8; 32],
    /// Ids of the keys that marked them.
    pub keys: BTreeSet<String>,
}

impl Fold {
    /// Adds the next line: by chain, then by number.
    pub fn add(&mut self, chain: [u8; 16], seq: i32, hash: &[u8], key: Option<&str>) {
        self.hasher.update(chain);
        self.hasher.update(seq.to_be_bytes());
        self.hasher
            .update(u32::try_from(hash.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.hasher.update(hash);
        self.lines += 1;
        if self.last != Some(chain) {
            self.chains += 1;
            self.last = Some(chain);
        }
        if let Some(key) = key
            && !self.keys.contains(key)
        {
            self.keys.insert(key.to_owned());
        }
    }

    /// What it came to.
    pub fn finish(self) -> Folded {
        Folded {
            lines: self.lines,
            chains: self.chains,
            root: self.hasher.finalize().into(),
            keys: self.keys,
        }
    }
}

/// A fold for each epoch, filled in one pass over all chains.
#[derive(Debug, Clone, Default)]
pub struct Folds(BTreeMap<i64, Fold>);

impl Folds {
    /// Adds a line to the fold of its epoch.
    pub fn add(&mut self, epoch: i64, chain: [u8; 16], seq: i32, hash: &[u8], key: Option<&str>) {
        self.0.entry(epoch).or_default().add(chain, seq, hash, key);
    }

    /// What each came to.
    pub fn finish(self) -> BTreeMap<i64, Folded> {
        let folds = self.0.into_iter();
        folds.map(|(epoch, fold)| (epoch, fold.finish())).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn keys(ids: &[&str], lost: &[&str]) -> ChainKeys {
        let held = ids.iter().map(|id| ((*id).to_owned(), id.repeat(32)));
        ChainKeys::new(held, lost.iter().map(|id| (*id).to_owned())).unwrap()
    }

    #[test]
    fn a_mark_holds_for_its_hash_and_its_key_alone() {
        let mark = keys(&["b", "a"], &[]).mark(&[1; 32]).unwrap();
        assert_eq!(mark.key, "b");
        let check = |ids: &[&str], lost: &[&str], hash: &[u8], key: &str| {
            keys(ids, lost).check(hash, key, &mark.mac)
        };
        assert_eq!(check(&["c", "b"], &[], &[1; 32], "b"), Shown::Genuine);
        assert_eq!(check(&["c", "b"], &[], &[2; 32], "b"), Shown::Forged);
        assert_eq!(check(&["c", "b"], &[], &[1; 32], "c"), Shown::Forged);
        assert_eq!(check(&["c"], &[], &[1; 32], "b"), Shown::Forged);
        assert_eq!(check(&["c"], &["b"], &[1; 32], "b"), Shown::Unknown);
        assert_eq!(check(&["b"], &["b"], &[2; 32], "b"), Shown::Forged);
    }

    #[test]
    fn a_line_s_mark_is_no_seal() {
        let all = keys(&["a"], &[]);
        let content = Canonical::new("end", 0);
        let seal = all.seal(&content).unwrap();
        assert_eq!(all.check_seal(&content, Some(&seal)), Shown::Genuine);
        let mark = all.mark(content.bytes()).unwrap();
        assert_eq!(all.check_seal(&content, Some(&mark.mac)), Shown::Forged);
        assert_eq!(all.check_seal(&content, None), Shown::Forged);
    }

    #[test]
    fn a_tag_is_known_by_every_key_that_is_held_and_is_no_mark() {
        let content = Canonical::new("paper", 0);
        let tag = keys(&["a"], &[]).tag(&content).unwrap();
        assert!(keys(&["a"], &[]).check_tag(&content, &tag));
        assert!(
            keys(&["c", "b", "a"], &[]).check_tag(&content, &tag),
            "rotated"
        );
        assert!(!keys(&["b"], &["a"]).check_tag(&content, &tag));
        assert!(!keys(&["a"], &[]).check_tag(&Canonical::new("other", 0), &tag));
        let seal = keys(&["a"], &[]).seal(&content).unwrap();
        assert_ne!(seal.first_chunk(), Some(&tag));
        assert!(keys(&[], &[]).tag(&content).is_none());
        assert!(!keys(&[], &[]).check_tag(&content, &tag));
    }

    #[test]
    fn a_fold_changes_with_whatever_is_folded() {
        type Line = ([u8; 16], i32, [u8; 32]);
        let fold = |lines: &[Line]| {
            let mut fold = Fold::default();
            for (chain, seq, hash) in lines {
                fold.add(*chain, *seq, hash, Some("a"));
            }
            fold.finish()
        };
        let lines = [
            ([1; 16], 1, [1; 32]),
            ([1; 16], 2, [2; 32]),
            ([2; 16], 1, [3; 32]),
        ];
        let whole = fold(&lines);
        assert_eq!((whole.lines, whole.chains), (3, 2));
        assert_ne!(fold(&lines[..2]).root, whole.root);
        assert_ne!(fold(&lines[1..]).root, whole.root);
        let mut changed = lines;
        changed[1].2[31] ^= 1;
        assert_ne!(fold(&changed).root, whole.root);
        let mut renumbered = lines;
        renumbered[2].1 = 2;
        assert_ne!(fold(&renumbered).root, whole.root);
    }
}
