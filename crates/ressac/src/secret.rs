//! The secret that signs access tokens: set by the operator, or kept in a file that only
//! the program's user can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::settings::AuthSection;

/// The secret's bytes.
///
/// # Errors
/// A line for the operator.
pub fn load(auth: &AuthSection) -> Result<Vec<u8>, String> {
    if !auth.secret.is_empty() {
        return Ok(auth.secret.clone().into_bytes());
    }
    let file = auth.secret_file.as_path();
    match read(file) {
        Ok(secret) => Ok(secret),
        Err(cause) if cause.kind() == ErrorKind::NotFound => make(file),
        Err(cause) => Err(format!("auth.secret_file {}: {cause}", file.display())),
    }
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let text = std::fs::read_to_string(file)?;
    STANDARD
        .decode(text.trim())
        .map_err(|cause| std::io::Error::new(ErrorKind::InvalidData, cause))
}

/// Writes a new secret beside its place and links it there: of two programs that start at
/// once, one makes the file and the other reads it.
fn make(file: &Path) -> Result<Vec<u8>, String> {
    let fail = |cause: std::io::Error| format!("auth.secret_file {}: {cause}", file.display());
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut secret = [0_u8; 48];
    getrandom::fill(&mut secret).map_err(|cause| cause.to_string())?;
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&draft).map_err(fail)?;
    writeln!(written, "{}", STANDARD.encode(secret))
        .and_then(|()| written.sync_all())
        .map_err(fail)?;
    let linked = std::fs::hard_link(&draft, file);
    let _ = std::fs::remove_file(&draft);
    match linked {
        Ok(()) => Ok(secret.to_vec()),
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => read(file).map_err(fail),
        Err(cause) => Err(fail(cause)),
    }
}
