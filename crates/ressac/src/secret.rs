//! The secrets that sign access tokens, and those that encrypt: set by the operator, or kept
//! in a file that only the program's user can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::Database;
use identity::Vault;

use crate::settings::{AuthSection, ChainSection};

/// Bytes of a secret at the least.
const SHORTEST: usize = 32;
/// What stands in examples and in haste where a secret should.
const EXAMPLES: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "secret",
    "password",
    "example",
    "exemple",
    "default",
    "insecure",
    "motdepasse",
];

/// A list of secrets: in the settings, or in a file.
struct Secrets<'a> {
    /// As the settings name it; its file is named so with `_file`.
    name: &'static str,
    value: &'a str,
    previous: &'a [String],
    file: &'a Path,
    /// How many a rotation leaves behind the new one.
    kept: usize,
}

/// Those that sign: the one before is enough, for tokens are short-lived.
fn signing(auth: &AuthSection) -> Secrets<'_> {
    Secrets {
        name: "auth.secret",
        value: &auth.secret,
        previous: &auth.previous_secrets,
        file: &auth.secret_file,
        kept: 1,
    }
}

/// Those that encrypt: none is dropped, for something may still be encrypted with it.
fn encrypting(auth: &AuthSection) -> Secrets<'_> {
    Secrets {
        name: "auth.data_secret",
        value: &auth.data_secret,
        previous: &auth.previous_data_secrets,
        file: &auth.data_secret_file,
        kept: usize::MAX,
    }
}

/// The bytes of the secrets that sign: the first one signs, the others check what they signed
/// before.
///
/// # Errors
/// A line for the operator, also when a secret is one that anyone could guess.
pub fn load(auth: &AuthSection) -> Result<Vec<Vec<u8>>, String> {
    signing(auth).load(true)
}

/// What encrypts. A secret is only made where nothing is encrypted yet; where something is
/// that cannot be opened, the program does not start.
///
/// # Errors
/// A line for the operator.
pub fn vault(auth: &AuthSection, database: &Database) -> Result<Vault, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?;
    let sealed = runtime
        .block_on(database.read(identity::sealed_secrets))
        .map_err(|cause| cause.to_string())?;
    let vault = Vault::new(&encrypting(auth).load(sealed.is_empty())?)?;
    let lost = sealed.iter().filter(|it| !vault.has_key_of(it)).count();
    if lost == 0 {
        return Ok(vault);
    }
    Err(format!(
        "{lost} second factors are encrypted with a secret that is not here: put it back into auth.data_secret_file ({}) or auth.previous_data_secrets",
        auth.data_secret_file.display()
    ))
}

/// Puts a new secret before the one that signs now, which still checks what it signed:
/// nobody is signed out. Older ones are dropped.
///
/// # Errors
/// A line for the operator, also when the secret is set elsewhere.
pub fn rotate(auth: &AuthSection) -> Result<(), String> {
    signing(auth).rotate()
}

/// Puts a new secret before the one that encrypts now. All others stay.
///
/// # Errors
/// A line for the operator, also when the secret is set elsewhere.
pub fn rotate_data(auth: &AuthSection) -> Result<(), String> {
    encrypting(auth).rotate()
}

/// Those that mark lines of chains: none is dropped, for lines bear its marks.
fn marking(chain: &ChainSection) -> Secrets<'_> {
    Secrets {
        name: "chain.key",
        value: &chain.key,
        previous: &chain.previous_keys,
        file: &chain.key_file,
        kept: usize::MAX,
    }
}

/// The secrets that mark lines of chains, the newest first. `may_make` one where there is none.
///
/// # Errors
/// A line for the operator.
pub fn chain_keys(chain: &ChainSection, may_make: bool) -> Result<Vec<Vec<u8>>, String> {
    marking(chain).load(may_make)
}

/// Those that sign heads: none is dropped, for heads bear its signatures.
fn signing_heads(chain: &ChainSection) -> Secrets<'_> {
    Secrets {
        name: "chain.signing_key",
        value: &chain.signing_key,
        previous: &chain.previous_signing_keys,
        file: &chain.signing_key_file,
        kept: usize::MAX,
    }
}

/// The secrets that sign heads, the newest first.
///
/// # Errors
/// A line for the operator.
pub fn head_keys(chain: &ChainSection) -> Result<Vec<Vec<u8>>, String> {
    signing_heads(chain).load(true)
}

/// Puts a new secret before the one that signs heads now. All others stay.
///
/// # Errors
/// A line for the operator, also when the secret is set elsewhere.
pub fn rotate_heads(chain: &ChainSection) -> Result<(), String> {
    signing_heads(chain).rotate()
}

/// Whether a secret that marks lines is set or kept.
pub fn has_chain_keys(chain: &ChainSection) -> bool {
    !chain.key.is_empty() || chain.key_file.exists()
}

/// Puts a new secret before the one that marks lines now. All others stay.
///
/// # Errors
/// A line for the operator, also when the secret is set elsewhere.
pub fn rotate_chain(chain: &ChainSection) -> Result<(), String> {
    marking(chain).rotate()
}

impl Secrets<'_> {
    fn load(&self, may_make: bool) -> Result<Vec<Vec<u8>>, String> {
        if self.value.is_empty() {
            return self.load_file(may_make);
        }
        std::iter::once(self.value)
            .chain(self.previous.iter().map(String::as_str))
            .map(|secret| {
                check(self.name, secret)?;
                Ok(secret.as_bytes().to_vec())
            })
            .collect()
    }

    fn load_file(&self, may_make: bool) -> Result<Vec<Vec<u8>>, String> {
        match read(self.file) {
            Ok(secrets) => Ok(secrets),
            Err(cause) if cause.kind() == ErrorKind::NotFound && may_make => self.make(),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Err(format!(
                "{}_file {} is not there, but something was written with it: put it back, or set {}",
                self.name,
                self.file.display(),
                self.name
            )),
            Err(cause) => Err(self.fail(&cause)),
        }
    }

    fn rotate(&self) -> Result<(), String> {
        if !self.value.is_empty() {
            let (section, key) = self.name.split_once('.').unwrap_or(("auth", self.name));
            return Err(format!(
                "{section}.{key} is set: put the new secret there, and the old one into {section}.previous_{key}s"
            ));
        }
        let present = self.load_file(true)?;
        let mut text = STANDARD.encode(random()?);
        for secret in present.iter().take(self.kept) {
            text.push('\n');
            text.push_str(&STANDARD.encode(secret));
        }
        let draft = self.write_draft(&text)?;
        std::fs::rename(&draft, self.file).map_err(|cause| self.fail(&cause))
    }

    fn fail(&self, cause: &std::io::Error) -> String {
        format!("{}_file {}: {cause}", self.name, self.file.display())
    }

    /// Writes secrets into a file beside their place that only this user can read.
    fn write_draft(&self, text: &str) -> Result<PathBuf, String> {
        let draft = self
            .file
            .with_extension(format!("{}.new", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut written = options.open(&draft).map_err(|cause| self.fail(&cause))?;
        writeln!(written, "{text}")
            .and_then(|()| written.sync_all())
            .map_err(|cause| self.fail(&cause))?;
        Ok(draft)
    }

    /// Writes a new secret beside its place and links it there: of two programs that start at
    /// once, one makes the file and the other reads it.
    fn make(&self) -> Result<Vec<Vec<u8>>, String> {
        if let Some(folder) = self
            .file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|cause| self.fail(&cause))?;
        }
        let secret = random()?;
        let draft = self.write_draft(&STANDARD.encode(secret))?;
        let linked = std::fs::hard_link(&draft, self.file);
        let _ = std::fs::remove_file(&draft);
        match linked {
            Ok(()) => Ok(vec![secret.to_vec()]),
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
                read(self.file).map_err(|cause| self.fail(&cause))
            }
            Err(cause) => Err(self.fail(&cause)),
        }
    }
}

/// Refuses a secret that is short, or made of an example's words, or of hardly any letters.
fn check(name: &str, secret: &str) -> Result<(), String> {
    let lower = secret.to_lowercase();
    let rest = EXAMPLES
        .iter()
        .fold(lower.clone(), |rest, example| rest.replace(example, ""));
    let different: std::collections::BTreeSet<char> = rest.chars().collect();
    if secret.len() >= SHORTEST && rest.len() * 2 > lower.len() && different.len() >= 8 {
        return Ok(());
    }
    Err(format!(
        "{name} can be guessed: set {SHORTEST} random bytes or more (`openssl rand -base64 48`), or leave it empty to have one made in {name}_file"
    ))
}

fn read(file: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let invalid = |cause: String| std::io::Error::new(ErrorKind::InvalidData, cause);
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let secrets = lines
        .map(|line| STANDARD.decode(line).map_err(|e| invalid(e.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    if secrets.is_empty() || secrets.iter().any(|secret| secret.len() < SHORTEST) {
        let help =
            format!("a secret of {SHORTEST} bytes or more in base 64 is expected on each line");
        return Err(invalid(help));
    }
    Ok(secrets)
}

fn random() -> Result<[u8; 48], String> {
    let mut secret = [0_u8; 48];
    getrandom::fill(&mut secret).map_err(|cause| cause.to_string())?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_anyone_could_guess_is_refused() {
        for weak in [
            "short",
            "changeme-changeme-changeme-changeme-changeme",
            "my-secret-password-secret-password-secret",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            let line = check("auth.secret", weak).expect_err(weak);
            assert!(
                line.contains("openssl rand") && !line.contains(weak),
                "{line}"
            );
        }
        assert!(check("auth.secret", "q3V0c2Vjb25kIHNlY3JldCBvZiB0aGUgbm9kZXM=").is_ok());
    }

    #[test]
    fn the_old_secret_stays_behind_the_new_one() {
        let folder = std::env::temp_dir().join(format!("ressac-secret-{}", std::process::id()));
        let file = folder.join("secret.key");
        let mut auth = crate::settings::Settings::load(None)
            .expect("defaults")
            .auth;
        auth.secret_file = file.clone();
        let first = load(&auth).expect("made");
        assert_eq!(load(&auth).expect("read"), first);
        rotate(&auth).expect("rotated");
        let second = load(&auth).expect("read");
        assert_eq!(second.len(), 2);
        assert_eq!(second[1], first[0]);
        rotate(&auth).expect("rotated");
        let third = load(&auth).expect("read");
        assert_eq!(third.len(), 2, "the oldest is dropped");
        assert_eq!(third[1], second[0]);
        std::fs::write(&file, "c2hvcnQ=\n").expect("written");
        assert!(load(&auth).is_err());
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn a_secret_that_encrypts_is_never_dropped_nor_made_anew_in_its_place() {
        let name = format!("ressac-data-secret-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let mut auth = crate::settings::Settings::load(None)
            .expect("defaults")
            .auth;
        auth.data_secret_file = folder.join("data.key");
        let said = encrypting(&auth).load(false).expect_err("something is");
        assert!(said.contains("auth.data_secret_file"), "{said}");
        assert!(!auth.data_secret_file.exists());
        let first = encrypting(&auth).load(true).expect("made");
        for rotations in 1..4 {
            rotate_data(&auth).expect("rotated");
            let present = encrypting(&auth).load(false).expect("read");
            assert_eq!(present.len(), rotations + 1);
            assert_eq!(present.last(), first.first());
        }
        auth.data_secret = "q3V0c2Vjb25kIHNlY3JldCBvZiB0aGUgbm9kZXM=".to_owned();
        let said = rotate_data(&auth).expect_err("set elsewhere");
        assert!(said.contains("auth.previous_data_secrets"), "{said}");
        let _ = std::fs::remove_dir_all(folder);
    }
}
