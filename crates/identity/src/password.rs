//! Passwords, hashed with argon2id on threads of their own.
//!
//! Hashing is slow and hungry on purpose. A few threads do nothing else, so that a rush of
//! sign-ins takes the memory of those few and holds up nobody who does not sign in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher, Version};
use db::{Error, Result};
use serde::Deserialize;
use tokio::sync::oneshot;

/// Sign-ins that may wait for a thread; more are told to come back.
const WAITING: usize = 256;

/// What passwords have to be, and how they are hashed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PasswordSettings {
    /// Characters at the least.
    pub min_length: usize,
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes that it is cut into.
    pub lanes: u32,
    /// Hashes at the same time.
    pub threads: usize,
    /// Words that everybody here would think of, beside the person's own.
    pub obvious: Vec<String>,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self {
            min_length: 8,
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            threads: 2,
            obvious: vec!["ressac".to_owned(), "marseille".to_owned()],
        }
    }
}

/// The shortest password, whatever is set (NIST SP 800-63B-4, 3.1.1.2).
const LEAST: usize = 8;

impl PasswordSettings {
    /// Characters that a password has at the least.
    pub fn least(&self) -> usize {
        self.min_length.max(LEAST)
    }

    fn hasher(&self) -> Result<Hasher, String> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|cause| format!("auth.password: {cause}"))?;
        Ok(Hasher {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            settings: self.clone(),
            runs: AtomicU64::new(0),
        })
    }

    /// The hash of a random text that nobody kept, with these parameters.
    fn nobody(&self) -> String {
        let Self {
            memory_kib,
            passes,
            lanes,
            ..
        } = self;
        format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}$c2VsLXF1aS1uZS1zZXJ0$Y2VjaS1uLWVzdC1wYXMtdW4tbW90LWRlLXBhc3NlLS0"
        )
    }

    fn is_current(&self, stored: &PasswordHash) -> bool {
        Params::try_from(stored).is_ok_and(|params| {
            params.m_cost() == self.memory_kib
                && params.t_cost() == self.passes
                && params.p_cost() == self.lanes
        })
    }
}

/// What a password was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    /// Another than the stored one, or nothing is stored.
    Wrong,
    /// The stored one.
    Right,
    /// The stored one, hashed with other parameters than today's: the hash to keep instead.
    Outdated(String),
}

/// What the threads share.
struct Hasher {
    argon: Argon2<'static>,
    settings: PasswordSettings,
    /// How often the slow function ran.
    runs: AtomicU64,
}

/// What a hash is computed in. A thread keeps its own: allocated anew for each sign-in, the C
/// library would hold on to several times as much.
type Memory = Vec<Block>;

type Job = Box<dyn FnOnce(&Hasher, &mut Memory) + Send>;

/// Hashes and compares passwords, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    hasher: Arc<Hasher>,
    jobs: SyncSender<Job>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passwords({:?})", self.hasher.settings)
    }
}

impl Passwords {
    /// Starts the threads; they end with the last copy of this.
    ///
    /// # Errors
    /// A sentence for the operator when the parameters are none that argon2 takes.
    pub fn start(settings: &PasswordSettings) -> Result<Self, String> {
        let hasher = Arc::new(settings.hasher()?);
        let (jobs, queue) = sync_channel::<Job>(WAITING);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..settings.threads.max(1) {
            let (queue, hasher) = (Arc::clone(&queue), Arc::clone(&hasher));
            std::thread::Builder::new()
                .name("passwords".to_owned())
                .spawn(move || {
                    let mut memory = Memory::new();
                    while let Some(job) = next(&queue) {
                        job(&hasher, &mut memory);
                    }
                })
                .map_err(|cause| cause.to_string())?;
        }
        Ok(Self { hasher, jobs })
    }

    /// How many passwords were hashed since the start, to keep them or to compare them.
    pub fn runs(&self) -> u64 {
        self.hasher.runs.load(Ordering::Relaxed)
    }

    /// What passwords have to be.
    pub fn settings(&self) -> &PasswordSettings {
        &self.hasher.settings
    }

    /// Hashes a password with a salt of its own, as a PHC string.
    ///
    /// # Errors
    /// `unavailable` when too many wait.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move |hasher, _| hasher.hash(&password)).await?
    }

    /// Compares a password with what is stored. Where nothing is stored it takes as long
    /// and says no, so that an unknown address cannot be told from a wrong password.
    ///
    /// # Errors
    /// `unavailable` when too many wait.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<Matched> {
        self.run(move |hasher, memory| hasher.compare(&password, stored.as_deref(), memory))
            .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher, &mut Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let (give, take) = oneshot::channel();
        let job: Job = Box::new(move |hasher, memory| {
            // who gave up waiting is not told
            let _ = give.send(work(hasher, memory));
        });
        let full = |_: TrySendError<Job>| Error::Unavailable("too many sign-ins wait".to_owned());
        self.jobs.try_send(job).map_err(full)?;
        take.await
            .map_err(|_| Error::internal("a thread that hashes passwords has stopped"))
    }
}

fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok()
}

/// Hashes a password here and now: for the command line.
///
/// # Errors
/// When the parameters are wrong, or the machine has no randomness.
pub fn hash(settings: &PasswordSettings, password: &str) -> Result<String> {
    settings.hasher().map_err(Error::internal)?.hash(password)
}

impl Hasher {
    fn hash(&self, password: &str) -> Result<String> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        self.argon
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|cause| Error::internal(cause.to_string()))
    }

    fn compare(
        &self,
        password: &str,
        stored: Option<&str>,
        memory: &mut Memory,
    ) -> Result<Matched> {
        let nobody = self.settings.nobody();
        let parsed = PasswordHash::new(stored.unwrap_or(&nobody))
            .map_err(|cause| Error::Inconsistent(format!("a password's hash: {cause}")))?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        let computed = output(password, &parsed, memory)
            .map_err(|cause| Error::Inconsistent(format!("a password's hash: {cause}")))?;
        // compared in constant time
        if Some(computed) != parsed.hash || stored.is_none() {
            return Ok(Matched::Wrong);
        }
        if self.settings.is_current(&parsed) {
            return Ok(Matched::Right);
        }
        self.hash(password).map(Matched::Outdated)
    }
}

/// The hash of a password with the salt and the parameters of another.
fn output(
    password: &str,
    like: &PasswordHash,
    memory: &mut Memory,
) -> argon2::password_hash::Result<Output> {
    let (Some(salt), Some(hash)) = (&like.salt, &like.hash) else {
        return Err(argon2::password_hash::Error::PasswordInvalid);
    };
    let algorithm = Algorithm::try_from(like.algorithm.as_str())?;
    let version = like.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(like)?;
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::new());
    }
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..hash.len());
    let output = output.ok_or(argon2::password_hash::Error::OutputSize)?;
    Argon2::new(algorithm, version.unwrap_or_default(), params).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        output,
        memory,
    )?;
    Ok(Output::new(output)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn light() -> PasswordSettings {
        PasswordSettings {
            memory_kib: 64,
            passes: 1,
            ..PasswordSettings::default()
        }
    }

    fn judge(settings: &PasswordSettings, password: &str, stored: Option<&str>) -> Matched {
        let hasher = settings.hasher().expect("parameters");
        let mut memory = Memory::new();
        let verdict = hasher.compare(password, stored, &mut memory);
        let verdict = verdict.expect("compares");
        let hashed = matches!(verdict, Matched::Outdated(_));
        assert_eq!(hasher.runs.into_inner(), 1 + u64::from(hashed));
        verdict
    }

    #[test]
    fn only_the_same_password_matches() {
        let settings = PasswordSettings::default();
        let stored = hash(&settings, "un mot de passe").expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let stored = Some(stored.as_str());
        assert_eq!(judge(&settings, "un mot de passe", stored), Matched::Right);
        assert_eq!(judge(&settings, "un autre mot", stored), Matched::Wrong);
        assert_eq!(judge(&settings, "un mot de passe", None), Matched::Wrong);
    }

    #[test]
    fn a_hash_of_other_parameters_is_replaced() {
        let old = hash(&light(), "un mot de passe").expect("hashes");
        let settings = PasswordSettings::default();
        let Matched::Outdated(new) = judge(&settings, "un mot de passe", Some(&old)) else {
            panic!("not replaced");
        };
        assert_eq!(
            judge(&settings, "un mot de passe", Some(&new)),
            Matched::Right
        );
        assert_eq!(judge(&settings, "un autre mot", Some(&old)), Matched::Wrong);
    }

    #[test]
    fn an_unknown_address_costs_a_whole_hash() {
        // else it would be answered at once
        for settings in [light(), PasswordSettings::default()] {
            let nobody = settings.nobody();
            let parsed = PasswordHash::new(&nobody).expect("a hash");
            assert!(settings.is_current(&parsed));
            assert_eq!(parsed.hash.expect("output").len(), 32);
        }
    }

    #[tokio::test]
    async fn the_threads_answer_and_parameters_are_checked() {
        let passwords = Passwords::start(&light()).expect("starts");
        let stored = passwords.hash("un mot".to_owned()).await.expect("hashes");
        let verdict = passwords.verify("un mot".to_owned(), Some(stored)).await;
        assert_eq!(verdict.expect("compares"), Matched::Right);
        let wrong = PasswordSettings {
            memory_kib: 1,
            ..light()
        };
        assert!(Passwords::start(&wrong).is_err());
    }
}
