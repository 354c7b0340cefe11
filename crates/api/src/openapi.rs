//! The OpenAPI document: generated from the handlers, so that it cannot leave one out.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi};
use utoipa::openapi::{Content, RefOr, Response};
use utoipa::{Modify, PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::Problem;
use crate::record::operation_id;
use crate::{Routes, operations};

/// The document of every operation that the program serves.
pub fn document() -> OpenApi {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .configure(every_operation)
        .split_for_parts();
    Describe.modify(&mut document);
    document
}

/// Every operation, with its place in the document.
fn every_operation(config: &mut ServiceConfig<'_>) {
    let scope = utoipa_actix_web::scope("/api/v1");
    config.service(scope.configure(|config: &mut ServiceConfig<'_>| {
        operations::of_api(&mut Routes::Describe(config));
    }));
    operations::open(&mut Routes::Describe(config));
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
        for (path, item) in &mut document.paths.paths {
            let operations = [
                ("get", &mut item.get),
                ("put", &mut item.put),
                ("post", &mut item.post),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                operation.operation_id = Some(operation_id(method, path));
                let tables = has_parameter(operation, "csv");
                for (status, response) in &mut operation.responses.responses {
                    describe(status, response);
                    if tables && status == "200" {
                        as_table_too(response);
                    }
                }
            }
        }
        let components = document.components.get_or_insert_default();
        let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
        Problem::schemas(&mut schemas);
        components.schemas.extend(schemas);
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
    }
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(known) if known.name == name))
}

/// The list, as CSV.
fn as_table_too(response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response {
        let text = Content::builder().schema(Some(String::schema())).build();
        response.content.insert("text/csv".to_owned(), text.into());
    }
}

/// OpenAPI asks for a description of every response; the status says enough.
fn describe(status: &str, response: &mut RefOr<Response>) {
    let RefOr::T(response) = response else { return };
    if response.description.is_empty() {
        response.description = match status {
            "200" => "As it is now",
            "201" => "Made",
            "204" => "Done",
            _ => "See the body",
        }
        .to_owned();
    }
}
