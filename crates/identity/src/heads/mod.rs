//! Signed heads over all chains: what is shown of them outside the database.
//!
//! Lines are written in epochs. A head closes one, and covers its lines by how many they are and a
//! hash over all of them, custody apart from audit; it names the head before by its hash. Heads
//! are lines of JSON, signed with Ed25519 over the line without its signature, and leave the
//! machine: whoever keeps one can show that nothing it counted was changed or taken away since.

mod store;
mod verify;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use kernel::{Folded, Instant};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use store::{
    Steps, close_epoch, fold_audit, fold_custody, head_covering, head_lines, insert_head,
    last_head, note_mailed, note_token, pending_epochs, settled, unmailed_head, unstamped_head,
};
pub use verify::{Anchored, verify_heads};

const FORMAT: u32 = 1;
const SIGNATURE: &str = ",\"signature\":\"";

/// What a head says of one of the logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Chains that grew since the head before.
    pub chains: u64,
    /// Lines since the head before.
    pub lines: u64,
    /// SHA-256 over these, in the order of chain and number.
    pub root: String,
    /// Lines of this head and all before it.
    pub lines_in_all: u64,
}

impl Part {
    fn of(folded: &Folded, before: u64) -> Self {
        Self {
            chains: folded.chains,
            lines: folded.lines,
            root: HEXLOWER.encode(&folded.root),
            lines_in_all: before + folded.lines,
        }
    }
}

/// A head, without its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// The form of the line.
    pub ressac_head: u32,
    /// Its number, which is that of the epoch; 0 covers what was there before lines had keys.
    pub number: i64,
    /// When it was made.
    pub at: Instant,
    /// The logs of devices.
    pub custody: Part,
    /// The audit log.
    pub audit: Part,
    /// Ids of the keys that marked the lines.
    pub keys: BTreeSet<String>,
    /// SHA-256 of the line before; empty for the first.
    pub previous: String,
    /// Whose signature it bears.
    pub public_key: String,
}

impl ChainHead {
    /// The head of an epoch, after the one before.
    pub fn new(
        number: i64,
        at: Instant,
        (custody, audit): (&Folded, &Folded),
        before: Option<&SignedHead>,
    ) -> Self {
        let total = |part: fn(&Self) -> &Part| before.map_or(0, |it| part(&it.head).lines_in_all);
        Self {
            ressac_head: FORMAT,
            number,
            at,
            custody: Part::of(custody, total(|head| &head.custody)),
            audit: Part::of(audit, total(|head| &head.audit)),
            keys: custody.keys.union(&audit.keys).cloned().collect(),
            previous: before.map_or_else(String::new, |before| sha256(&before.line)),
            public_key: String::new(),
        }
    }
}

/// A head as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// What it says.
    pub head: ChainHead,
    /// The line, byte for byte.
    pub line: String,
}

impl SignedHead {
    /// Reads a line; whose signature it bears is not asked here.
    ///
    /// # Errors
    /// A sentence when it is no head.
    pub fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim_end();
        let head: ChainHead =
            serde_json::from_str(line).map_err(|cause| format!("this is no head: {cause}"))?;
        match head.ressac_head {
            FORMAT => Ok(Self {
                head,
                line: line.to_owned(),
            }),
            other => Err(format!("the form {other} of this head is not known here")),
        }
    }

    /// What was signed, and the signature.
    fn parts(&self) -> Option<(String, Vec<u8>)> {
        let (content, signature) = self.line.rsplit_once(SIGNATURE)?;
        let signature = signature.strip_suffix("\"}")?;
        Some((format!("{content}}}"), STANDARD.decode(signature).ok()?))
    }
}

/// Signs heads, and knows whose signatures count.
pub struct HeadSigner {
    pair: Ed25519KeyPair,
    trusted: Vec<Vec<u8>>,
}

impl std::fmt::Debug for HeadSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeadSigner({})", self.public_key())
    }
}

impl HeadSigner {
    /// Of several secrets the first signs; what the others signed counts, and what was signed
    /// with the keys of these public ones.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn new(secrets: &[Vec<u8>], public_keys: &[String]) -> Result<Self, String> {
        let pairs = secrets
            .iter()
            .map(|secret| {
                let seed = Sha256::new_with_prefix(b"ressac head key 1")
                    .chain_update(secret)
                    .finalize();
                Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|cause| cause.to_string())
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut trusted: Vec<Vec<u8>> = pairs
            .iter()
            .map(|pair| pair.public_key().as_ref().to_vec())
            .collect();
        for key in public_keys {
            let bytes = STANDARD.decode(key).ok().filter(|bytes| bytes.len() == 32);
            trusted.push(bytes.ok_or_else(|| format!("{key} is no public key in base64"))?);
        }
        let pair = pairs
            .into_iter()
            .next()
            .ok_or("there is no key to sign with")?;
        Ok(Self { pair, trusted })
    }

    /// The public key of what is signed now, in base64.
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.pair.public_key())
    }

    /// Signs a head.
    ///
    /// # Errors
    /// Never: a head is always JSON.
    pub fn sign(&self, mut head: ChainHead) -> db::Result<SignedHead> {
        head.public_key = self.public_key();
        let content = serde_json::to_string(&head).map_err(db::Error::internal)?;
        let signature = STANDARD.encode(self.pair.sign(content.as_bytes()));
        let open = content.strip_suffix('}').unwrap_or(&content);
        let line = format!("{open}{SIGNATURE}{signature}\"}}");
        Ok(SignedHead { head, line })
    }

    /// Whether a head bears a signature that counts.
    pub fn holds(&self, head: &SignedHead) -> bool {
        let key = STANDARD.decode(&head.head.public_key).unwrap_or_default();
        let Some((content, signature)) = head.parts() else {
            return false;
        };
        self.trusted.contains(&key)
            && UnparsedPublicKey::new(&ED25519, &key)
                .verify(content.as_bytes(), &signature)
                .is_ok()
    }
}

/// SHA-256 of a line, in hexadecimal.
pub fn sha256(line: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(line.as_bytes()))
}

#[cfg(test)]
mod tests;
