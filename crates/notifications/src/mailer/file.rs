//! One file a message, for trying the program out and for tests.

use std::io;
use std::path::{Path, PathBuf};

use super::Undelivered;

/// A folder of `.eml` files.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Whether a file can be written here.
    pub(super) fn check(&self) -> Result<String, String> {
        let trial = self.0.join(".trial");
        std::fs::create_dir_all(&self.0)
            .and_then(|()| std::fs::write(&trial, b""))
            .and_then(|()| std::fs::remove_file(&trial))
            .map(|()| format!("files in {}, none is sent", self.0.display()))
            .map_err(|cause| format!("{}: {cause}", self.0.display()))
    }

    /// Writes a message under its own name: sending it again replaces the file, and a
    /// reader never sees half of one.
    pub(super) async fn put(&self, name: &str, mail: Vec<u8>) -> Result<(), Undelivered> {
        let folder = self.0.clone();
        let name = name.to_owned();
        tokio::task::spawn_blocking(move || write(&folder, &name, &mail))
            .await
            .map_err(Undelivered::temporary)?
            .map_err(Undelivered::temporary)
    }
}

fn write(folder: &Path, name: &str, mail: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.part"));
    if let Err(cause) = std::fs::write(&unfinished, mail) {
        if cause.kind() != io::ErrorKind::NotFound {
            return Err(cause);
        }
        std::fs::create_dir_all(folder)?;
        std::fs::write(&unfinished, mail)?;
    }
    std::fs::rename(&unfinished, folder.join(format!("{name}.eml")))
}
