//! The secrets that sign access tokens: set by the operator, or kept in a file that only the
//! program's user can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::settings::AuthSection;

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

/// The secrets' bytes: the first one signs, the others check what they signed before.
///
/// # Errors
/// A line for the operator, also when a secret is one that anyone could guess.
pub fn load(auth: &AuthSection) -> Result<Vec<Vec<u8>>, String> {
    if auth.secret.is_empty() {
        return load_file(&auth.secret_file);
    }
    std::iter::once(&auth.secret)
        .chain(&auth.previous_secrets)
        .map(|secret| {
            check(secret)?;
            Ok(secret.clone().into_bytes())
        })
        .collect()
}

fn load_file(file: &Path) -> Result<Vec<Vec<u8>>, String> {
    match read(file) {
        Ok(secrets) => Ok(secrets),
        Err(cause) if cause.kind() == ErrorKind::NotFound => make(file),
        Err(cause) => Err(format!("auth.secret_file {}: {cause}", file.display())),
    }
}

/// Refuses a secret that is short, or made of an example's words, or of hardly any letters.
fn check(secret: &str) -> Result<(), String> {
    let lower = secret.to_lowercase();
    let rest = EXAMPLES
        .iter()
        .fold(lower.clone(), |rest, example| rest.replace(example, ""));
    let different: std::collections::BTreeSet<char> = rest.chars().collect();
    if secret.len() >= SHORTEST && rest.len() * 2 > lower.len() && different.len() >= 8 {
        return Ok(());
    }
    Err(format!(
        "auth.secret can be guessed: set {SHORTEST} random bytes or more (`openssl rand -base64 48`), or leave it empty to have one made in auth.secret_file"
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

/// Puts a new secret before the one that signs now, which still checks what it signed:
/// nobody is signed out. Older ones are dropped.
///
/// # Errors
/// A line for the operator, also when the secret is set elsewhere.
pub fn rotate(auth: &AuthSection) -> Result<(), String> {
    if !auth.secret.is_empty() {
        return Err("auth.secret is set: put the new secret there, and the old one into auth.previous_secrets".to_owned());
    }
    let file = auth.secret_file.as_path();
    let present = load_file(file)?;
    let mut text = STANDARD.encode(random()?);
    if let Some(secret) = present.first() {
        text.push('\n');
        text.push_str(&STANDARD.encode(secret));
    }
    let draft = write_draft(file, &text)?;
    std::fs::rename(&draft, file).map_err(|cause| fail(file, &cause))
}

fn fail(file: &Path, cause: &std::io::Error) -> String {
    format!("auth.secret_file {}: {cause}", file.display())
}

fn random() -> Result<[u8; 48], String> {
    let mut secret = [0_u8; 48];
    getrandom::fill(&mut secret).map_err(|cause| cause.to_string())?;
    Ok(secret)
}

/// Writes secrets into a file beside their place that only this user can read.
fn write_draft(file: &Path, text: &str) -> Result<PathBuf, String> {
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&draft).map_err(|cause| fail(file, &cause))?;
    writeln!(written, "{text}")
        .and_then(|()| written.sync_all())
        .map_err(|cause| fail(file, &cause))?;
    Ok(draft)
}

/// Writes a new secret beside its place and links it there: of two programs that start at
/// once, one makes the file and the other reads it.
fn make(file: &Path) -> Result<Vec<Vec<u8>>, String> {
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|cause| fail(file, &cause))?;
    }
    let secret = random()?;
    let draft = write_draft(file, &STANDARD.encode(secret))?;
    let linked = std::fs::hard_link(&draft, file);
    let _ = std::fs::remove_file(&draft);
    match linked {
        Ok(()) => Ok(vec![secret.to_vec()]),
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
            read(file).map_err(|cause| fail(file, &cause))
        }
        Err(cause) => Err(fail(file, &cause)),
    }
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
            let line = check(weak).expect_err(weak);
            assert!(
                line.contains("openssl rand") && !line.contains(weak),
                "{line}"
            );
        }
        assert!(check("q3V0c2Vjb25kIHNlY3JldCBvZiB0aGUgbm9kZXM=").is_ok());
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
}
