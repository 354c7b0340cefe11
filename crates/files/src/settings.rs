//! What an operator decides about files.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::{Command, FileStore, NoScanner, Scanner};

/// The section `files` of the configuration; `RESSAC__FILES__…` overrides it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct FilesSettings {
    /// Where files lie.
    pub folder: PathBuf,
    /// A command that scans a file for viruses; it gets the file as its last argument.
    /// Empty for none.
    pub scan_command: Vec<String>,
}

impl Default for FilesSettings {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("var/files"),
            scan_command: Vec::new(),
        }
    }
}

impl FilesSettings {
    /// The store that they describe. Nothing is made or run yet.
    pub fn store(&self) -> FileStore {
        let scanner: Arc<dyn Scanner> = if self.scan_command.is_empty() {
            Arc::new(NoScanner)
        } else {
            Arc::new(Command {
                words: self.scan_command.clone(),
            })
        };
        FileStore::new(&self.folder, scanner)
    }
}
