//! What the server is told to serve for people: the pages of the one table of routes, their
//! assets, and what holds for all of them.

use ::web::{ApiResult, ProblemPages};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::assets::Assets;
use crate::shared::{Console, ConsoleSettings, THEME};
use crate::templates::Templates;
use crate::{errors, guard, routes, samples, session, theme};

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
            .route("/assets/{name}", web::get().to(asset))
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

/// `/assets/{name}`.
async fn asset(
    request: HttpRequest,
    console: web::Data<Console>,
    name: web::Path<String>,
) -> ApiResult<HttpResponse> {
    console.assets.answer(&request, &name)
}
