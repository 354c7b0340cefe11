//! What an operator decides about applications: rubrics, lists, where documents lie.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::documents::{Command, DocumentStore, NoScanner, Scanner};
use crate::lists::Lists;
use crate::rubric::Library;

/// The section `eligibility` of the configuration; `RESSAC__ELIGIBILITY__…` overrides it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct EligibilitySettings {
    /// A folder with more rubrics; empty for those that are built in.
    pub rubrics: PathBuf,
    /// A file of lists in the place of the built-in ones; empty for these.
    pub lists: PathBuf,
    /// The folder of supporting documents.
    pub documents: PathBuf,
    /// A command that scans a file for viruses; it gets the file as its last argument.
    /// Empty for none.
    pub scan_command: Vec<String>,
}

impl Default for EligibilitySettings {
    fn default() -> Self {
        Self {
            rubrics: PathBuf::new(),
            lists: PathBuf::new(),
            documents: PathBuf::from("var/documents"),
            scan_command: Vec::new(),
        }
    }
}

/// The settings, read and checked.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Rubrics that programmes may pin.
    pub library: Library,
    /// What the forms offer.
    pub lists: Lists,
    /// Where documents lie.
    pub documents: DocumentStore,
}

impl Setup {
    /// Reads rubrics and lists.
    ///
    /// # Errors
    /// A sentence for the operator: the file, the line, what is wrong.
    pub fn load(settings: &EligibilitySettings) -> Result<Self, String> {
        let mut library = Library::embedded();
        if !settings.rubrics.as_os_str().is_empty() {
            library = library.with_folder(&settings.rubrics)?;
        }
        let lists = if settings.lists.as_os_str().is_empty() {
            Lists::embedded()?
        } else {
            let place = settings.lists.display();
            let text = std::fs::read_to_string(&settings.lists)
                .map_err(|cause| format!("{place}: {cause}"))?;
            Lists::parse(&text).map_err(|cause| format!("{place}: {cause}"))?
        };
        let scanner: Arc<dyn Scanner> = if settings.scan_command.is_empty() {
            Arc::new(NoScanner)
        } else {
            Arc::new(Command {
                words: settings.scan_command.clone(),
            })
        };
        Ok(Self {
            library,
            lists,
            documents: DocumentStore::new(&settings.documents, scanner),
        })
    }
}
