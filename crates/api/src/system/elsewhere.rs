//! What is answered where no operation is: 405 when another method is served at this
//! address, else 404.

use std::sync::OnceLock;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use kernel::Code;

use crate::ApiError;

/// An address and the methods that are served there.
struct Known {
    path: ResourceDef,
    methods: String,
}

pub(crate) async fn nothing_here(request: HttpRequest) -> HttpResponse {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    let known = match KNOWN.get() {
        Some(known) => known,
        // made from the document when somebody first asks for what is not there
        None => match web::block(known).await {
            Ok(made) => KNOWN.get_or_init(|| made),
            Err(_) => return ApiError::from(Code::Unavailable).error_response(),
        },
    };
    let methods = methods_at(known, request.path());
    if methods.is_empty() {
        return ApiError::from(Code::NotFound).error_response();
    }
    let mut response = ApiError::from(Code::MethodNotAllowed).error_response();
    if let Ok(methods) = HeaderValue::from_str(&methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

fn known() -> Vec<Known> {
    let paths = crate::document().paths.paths;
    paths
        .into_iter()
        .map(|(path, item)| {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let served: Vec<_> = methods
                .into_iter()
                .filter_map(|(method, served)| served.then_some(method))
                .collect();
            Known {
                path: ResourceDef::new(path),
                methods: served.join(", "),
            }
        })
        .collect()
}

/// Of all patterns that this address fits: `/handovers/next` is also `/handovers/{id}`.
fn methods_at(known: &[Known], path: &str) -> String {
    let at = known.iter().filter(|known| known.path.is_match(path));
    let mut methods: Vec<_> = at.flat_map(|known| known.methods.split(", ")).collect();
    methods.sort_unstable();
    methods.dedup();
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_not_allowed() {
        let known = known();
        let at = |path: &str| methods_at(&known, path);
        assert_eq!(at("/api/v1/auth/login"), "POST");
        assert_eq!(at("/api/v1/batches"), "GET, POST");
        assert!(at("/api/v1/batches/no-id/submit").contains("POST"));
        for nowhere in ["/", "/api/v1", "/api/v1/nowhere", "/api/v1/batches/x/y/z"] {
            assert_eq!(at(nowhere), "", "{nowhere}");
        }
    }
}
