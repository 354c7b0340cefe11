//! The OpenAPI document: generated from the handlers, so that it cannot leave one out.

use utoipa::Modify;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi};
use utoipa_actix_web::AppExt;

/// The document of every operation that the program serves.
pub fn document() -> OpenApi {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .configure(crate::server::routes)
        .split_for_parts();
    Describe.modify(&mut document);
    document
}

struct Describe;

impl Modify for Describe {
    fn modify(&self, document: &mut OpenApi) {
        document.info = InfoBuilder::new()
            .title("Ressac")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(include_str!("openapi.md")))
            .license(Some(
                LicenseBuilder::new()
                    .name("EUPL-1.2")
                    .identifier(Some("EUPL-1.2"))
                    .build(),
            ))
            .contact(Some(ContactBuilder::new().name(Some("Ressac")).build()))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
    }
}
