//! Reads the mails that the program wrote, to follow the links in them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A folder of `.eml` files.
pub struct Mailbox {
    folder: PathBuf,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    files: HashSet<PathBuf>,
    tokens: HashMap<String, String>,
}

impl Mailbox {
    /// Over a folder, which need not exist yet.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            read: Mutex::default(),
        }
    }

    /// The token in the mail to an address. Mail takes its time: waits for it.
    pub fn token(&self, email: &str) -> Result<String, String> {
        let patience = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(token) = self.look(email) {
                return Ok(token);
            }
            if Instant::now() > patience {
                return Err(format!("no mail to {email} in {}", self.folder.display()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn look(&self, email: &str) -> Option<String> {
        let mut read = self
            .read
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        if let Some(token) = read.tokens.remove(email) {
            return Some(token);
        }
        for entry in std::fs::read_dir(&self.folder).ok()?.flatten() {
            let file = entry.path();
            let is_mail = file.extension().is_some_and(|extension| extension == "eml");
            if !is_mail || !read.files.insert(file.clone()) {
                continue;
            }
            let Ok(mail) = std::fs::read(&file) else {
                continue;
            };
            if let Some((to, token)) = addressed_token(&mail) {
                read.tokens.insert(to, token);
            }
        }
        read.tokens.remove(email)
    }
}

/// To whom a mail goes, and the token in its text. The file transport writes texts as they
/// are, so nothing is to be decoded.
fn addressed_token(mail: &[u8]) -> Option<(String, String)> {
    let text = String::from_utf8_lossy(mail);
    let to = text
        .lines()
        .find_map(|line| line.strip_prefix("To: "))?
        .rsplit(['<', ' '])
        .next()?
        .trim_end_matches(['>', '\r'])
        .to_lowercase();
    let after = text.split("token=").nth(1)?;
    let token = after
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    Some((to, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_and_its_reader_are_found() {
        let mail = b"From: a@b\r\nTo: \"Nad\" <Nadia@x.example>\r\n\r\nhttp://h/invitation?token=ab-cd_9\r\nfin";
        assert_eq!(
            addressed_token(mail),
            Some(("nadia@x.example".into(), "ab-cd_9".into()))
        );
    }
}
