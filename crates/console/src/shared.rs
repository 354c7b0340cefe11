//! What every page may use.

use std::path::PathBuf;

use crate::assets::Assets;
use crate::templates::Templates;

/// Settings, templates, files.
pub(crate) struct Console {
    pub(crate) settings: ConsoleSettings,
    pub(crate) templates: Templates,
    pub(crate) assets: Assets,
}

/// What the operator decides about the pages.
#[derive(Debug, Clone)]
pub struct ConsoleSettings {
    /// The administration that decides, as people read it.
    pub city: String,
    /// Where people may ask.
    pub contact: String,
    /// Where the program is reached from outside.
    pub base_url: String,
    /// A folder with templates that take the place of ours; none when empty.
    pub templates: PathBuf,
    /// The city's color, `#rrggbb`; ours when empty.
    pub accent: String,
    /// The same where people read light text on dark.
    pub accent_dark: String,
    /// A picture that stands before the name, SVG or PNG; none when empty.
    pub logo: PathBuf,
}

impl Default for ConsoleSettings {
    fn default() -> Self {
        Self {
            city: "Ville de Marseille".to_owned(),
            contact: "contact@localhost".to_owned(),
            base_url: "http://127.0.0.1:8080".to_owned(),
            templates: PathBuf::new(),
            accent: String::new(),
            accent_dark: String::new(),
            logo: PathBuf::new(),
        }
    }
}

/// The city's style sheet.
pub(crate) const THEME: &str = "theme.css";
