//! What there is to choose from in a form.

use db::Db;
use identity::{Organisation, OrganisationFilter, OrganisationKind, OrganisationStatus};
use kernel::PageRequest;
use serde::Serialize;

/// Organizations in one list at the most: more than a drop-down list can be used for.
const MOST: usize = 1_000;

/// Something to choose.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
}

impl Choice {
    pub(crate) fn new(value: impl ToString, text: impl Into<String>) -> Self {
        Self {
            value: value.to_string(),
            text: text.into(),
        }
    }
}

/// The verified workshops, by name.
///
/// # Errors
/// When the database fails.
pub(crate) fn workshops(db: &mut Db) -> db::Result<Vec<Choice>> {
    let filter = OrganisationFilter {
        kind: Some(OrganisationKind::Workshop),
        status: Some(OrganisationStatus::Verified),
        ..OrganisationFilter::default()
    };
    let found = all(db, &filter)?.into_iter();
    Ok(found.map(|one| Choice::new(one.id, one.name)).collect())
}

/// All that a filter finds, by name.
///
/// # Errors
/// When the database fails.
pub(crate) fn all(db: &mut Db, filter: &OrganisationFilter) -> db::Result<Vec<Organisation>> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    while found.len() < MOST {
        let page =
            identity::organisations(db, filter, &PageRequest::new(Some(200), after.as_deref())?)?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
