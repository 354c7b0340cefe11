//! What is published for everybody and for machines.

mod awards;
mod certificates;
mod figures;
mod places;
mod schemas;

use testkit::{Client, Configuration, Engine, Reply, TestApp};
use web::Publisher;

/// A valid number of an establishment.
const SIRET: &str = "73282932000074";

/// A program whose operator said who publishes.
fn app(engine: Engine) -> Option<TestApp> {
    let publisher = Publisher::new(
        "Ville de Marseille",
        SIRET,
        "https://ressac.example",
        "numerique@ville.example",
    );
    let configuration = Configuration {
        publisher: publisher.unwrap(),
        ..Configuration::default()
    };
    TestApp::start_configured(engine, configuration)
}

/// Tells a story on both engines, with a program of that kind.
macro_rules! published {
    ($(fn $name:ident($app:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            fn story($app: &testkit::TestApp) $body

            #[test]
            fn sqlite() {
                story(&crate::open_data::app(testkit::Engine::Sqlite).expect("SQLite is bundled"));
            }

            #[test]
            fn postgres() {
                if let Some(app) = crate::open_data::app(testkit::Engine::Postgres) {
                    story(&app);
                }
            }
        }
    )*};
}
use published;

/// A file, as a page of another site asks for it.
fn file(app: &TestApp, path: &str) -> Reply {
    let other_site = app.anyone.with_header("Origin", "https://journal.example");
    let reply = other_site.get(&format!("//donnees/{path}"));
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
    let policy = reply.header("cross-origin-resource-policy");
    assert_eq!(policy, "cross-origin", "{path}");
    reply
}

/// Whether a file is the one that was read before.
fn unchanged(app: &TestApp, path: &str, before: &Reply) -> bool {
    let knows: Client = app
        .anyone
        .with_header("If-None-Match", before.header("etag"));
    knows.get(&format!("//donnees/{path}")).status == 304
}
