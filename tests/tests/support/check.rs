//! What `ressac check` asks of the rows, for a story to ask at its end.

use diesel::prelude::*;
use diesel::sql_types::Text;
use testkit::TestApp;

use super::waves;
use super::workshop::intact;

#[path = "../../../crates/ressac/src/check/rules.rs"]
mod rules;

#[derive(QueryableByName)]
struct First {
    #[diesel(sql_type = Text)]
    what: String,
}

/// Everything that is stored fits together.
pub fn fits_together(app: &TestApp) {
    for (rule, query) in rules::RULES {
        let broken: Option<First> =
            app.read(move |db| Ok(diesel::sql_query(query).get_result(db).optional()?));
        assert!(broken.is_none(), "{rule}: {}", broken.unwrap().what);
    }
    waves::log_stock(app);
    intact(app);
}
