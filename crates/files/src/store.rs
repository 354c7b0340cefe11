//! Where files lie: in one folder, each under the SHA-256 of its content. Rows of the
//! database say whose they are; the files themselves say nothing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::scan::{Scanned, Scanner};

/// The folder, and who looks at what comes in.
#[derive(Clone)]
pub struct FileStore {
    folder: PathBuf,
    scanner: Arc<dyn Scanner>,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileStore({})", self.folder.display())
    }
}

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// A scanner looked at it.
    pub scanned: bool,
}

/// Why a file was not taken in.
#[derive(Debug)]
pub enum NotKept {
    /// The scanner says no.
    Infected(String),
    /// The folder or the scanner does not work.
    Failed(String),
}

impl FileStore {
    /// A store in this folder, which is made when the first file comes.
    pub fn new(folder: impl Into<PathBuf>, scanner: Arc<dyn Scanner>) -> Self {
        Self {
            folder: folder.into(),
            scanner,
        }
    }

    /// Takes a file in: writes it aside, has it scanned, then moves it to its place. The
    /// same content is kept once. Blocks.
    ///
    /// # Errors
    /// When the scanner refuses it, or something does not work.
    pub fn keep(&self, bytes: &[u8]) -> Result<Kept, NotKept> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let fail = |cause: std::io::Error| NotKept::Failed(cause.to_string());
        let sha256 = sha256(bytes);
        let place = self.place(&sha256);
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let aside = place.with_extension(format!("{}-{number}.new", std::process::id()));
        let written = std::fs::File::create(&aside).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        let outcome = written
            .map_err(fail)
            .and_then(|()| self.scanner.scan(&aside).map_err(NotKept::Failed));
        match outcome {
            Ok(Scanned::Infected(what)) => {
                let _ = std::fs::remove_file(&aside);
                Err(NotKept::Infected(what))
            }
            Err(cause) => {
                let _ = std::fs::remove_file(&aside);
                Err(cause)
            }
            Ok(verdict) => {
                std::fs::rename(&aside, &place).map_err(fail)?;
                Ok(Kept {
                    sha256,
                    scanned: verdict == Scanned::Clean,
                })
            }
        }
    }

    /// Reads a file, and makes sure that it still is what came in. Blocks.
    ///
    /// # Errors
    /// A line for the log.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, String> {
        let place = self.place(sha256);
        let bytes =
            std::fs::read(&place).map_err(|cause| format!("{}: {cause}", place.display()))?;
        if crate::sha256(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(format!("{}: not what came in", place.display()))
        }
    }

    /// Removes files that nobody refers to and that have lain for so long; returns how many.
    /// A file that just came in may still wait for its row. Blocks.
    ///
    /// # Errors
    /// A line for the log.
    pub fn sweep(
        &self,
        older_than: Duration,
        mut referred: impl FnMut(&str) -> Result<bool, String>,
    ) -> Result<usize, String> {
        let mut removed = 0;
        let Ok(folders) = std::fs::read_dir(&self.folder) else {
            return Ok(0); // no file came yet
        };
        for folder in folders.flatten() {
            let Ok(files) = std::fs::read_dir(folder.path()) else {
                continue;
            };
            for file in files.flatten() {
                let age = file.metadata().and_then(|data| data.modified());
                let old = age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age >= older_than));
                let name = file.file_name().to_string_lossy().into_owned();
                let hash = format!("{}{name}", folder.file_name().to_string_lossy());
                if old && !referred(&hash)? && std::fs::remove_file(file.path()).is_ok() {
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    /// The names of all files that were taken in, in their order; none before the first.
    ///
    /// # Errors
    /// A line for the log.
    pub fn names(&self) -> Result<Vec<String>, String> {
        let at = |cause: std::io::Error| format!("{}: {cause}", self.folder.display());
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for folder in std::fs::read_dir(&self.folder).map_err(at)? {
            let folder = folder.map_err(at)?;
            let Ok(files) = std::fs::read_dir(folder.path()) else {
                continue; // no folder
            };
            for file in files {
                let rest = file.map_err(at)?.file_name();
                let name = format!(
                    "{}{}",
                    folder.file_name().to_string_lossy(),
                    rest.to_string_lossy()
                );
                // what is being taken in has another name
                if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// Where the file of this name lies.
    pub fn place(&self, sha256: &str) -> PathBuf {
        let (first, rest) = sha256.split_at_checked(2).unwrap_or(("", sha256));
        Path::new(&self.folder).join(first).join(rest)
    }
}

/// The SHA-256 of a content, in hexadecimal: the name under which it is kept.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    struct Nose;
    impl Scanner for Nose {
        fn scan(&self, file: &Path) -> Result<Scanned, String> {
            let text = std::fs::read(file).map_err(|cause| cause.to_string())?;
            Ok(match text.starts_with(b"%PDF-evil") {
                true => Scanned::Infected("Eicar".into()),
                false => Scanned::Clean,
            })
        }
    }

    #[test]
    fn document_infected_leaves_nothing_and_others_are_kept_once() {
        let folder = std::env::temp_dir().join(format!("ressac-files-{}", std::process::id()));
        let store = FileStore::new(&folder, Arc::new(Nose));
        assert!(
            matches!(store.keep(b"%PDF-evil"), Err(NotKept::Infected(what)) if what == "Eicar")
        );
        let kept = store.keep(b"%PDF-1.7 good").unwrap();
        assert!(kept.scanned);
        assert_eq!(store.keep(b"%PDF-1.7 good").unwrap(), kept);
        assert_eq!(store.read(&kept.sha256).unwrap(), b"%PDF-1.7 good");
        let files = || {
            std::fs::read_dir(&folder)
                .unwrap()
                .flatten()
                .map(|f| std::fs::read_dir(f.path()).unwrap().count())
                .sum::<usize>()
        };
        assert_eq!(files(), 1);
        assert_eq!(
            store
                .sweep(Duration::ZERO, |hash| Ok(hash == kept.sha256))
                .unwrap(),
            0
        );
        assert_eq!(
            store
                .sweep(Duration::from_secs(3600), |_| Ok(false))
                .unwrap(),
            0
        );
        assert_eq!(store.sweep(Duration::ZERO, |_| Ok(false)).unwrap(), 1);
        assert!(store.read(&kept.sha256).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
