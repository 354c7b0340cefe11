//! What the server is told to serve for people: the pages of the one table of routes, their
//! assets, and what holds for all of them.

use std::path::PathBuf;

use ::web::ProblemPages;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web;

use crate::assets::{self, Assets};
use crate::templates::Templates;
use crate::{errors, guard, routes, samples, session, theme};

/// The city's style sheet.
pub(crate) const THEME: &str = "theme.css";

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

/// What every page may use.
pub(crate) struct Console {
    pub(crate) settings: ConsoleSettings,
    pub(crate) templates: Templates,
    pub(crate) assets: Assets,
}

/// The door for people, as `web::serve` opens it.
#[derive(Clone)]
pub struct Door {
    console: web::Data<Console>,
    problems: web::Data<ProblemPages>,
}

impl Door {
    /// Reads the templates. Where some are a city's own, every sample is written with them: a mistake
    /// shows at the start, as does a color that cannot be read. A test does so with the embedded ones.
    ///
    /// # Errors
    /// The file and line, or the setting, at fault.
    pub fn new(settings: ConsoleSettings) -> Result<Self, String> {
        let style = theme::style(&settings.accent, &settings.accent_dark)?;
        let style = style.map(|style| (THEME, style.into_bytes()));
        let logo = theme::logo(&settings.logo)?;
        let own = style.into_iter().chain(logo).collect();
        let console = Console {
            templates: Templates::load(&settings.templates)?,
            assets: Assets::load(own)?,
            settings,
        };
        if !console.settings.templates.as_os_str().is_empty() {
            samples::check(&console)?;
        }
        Ok(Self {
            console: web::Data::new(console),
            problems: web::Data::new(ProblemPages::new(errors::page)),
        })
    }

    /// Registers everything. To be opened last: what no other door knows is a page that is not
    /// there.
    pub fn open(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(self.console.clone())
            .app_data(self.problems.clone())
            .route("/assets/{name}", web::get().to(assets::serve))
            .service(
                web::scope("")
                    .configure(routes::register)
                    .default_service(web::to(errors::nothing_here))
                    .wrap(from_fn(session::recognize))
                    .wrap(from_fn(guard::same_origin))
                    .wrap(Compress::default())
                    .wrap(from_fn(guard::headers)),
            );
    }
}
