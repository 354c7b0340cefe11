//! Lists as somebody narrowed them, under a name.

use kernel::SavedViewId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A list as somebody narrowed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedView {
    /// Its id.
    pub id: SavedViewId,
    /// What it is called.
    pub name: String,
    /// Path and filters of the page, such as `/ville/demandes?status=submitted`.
    pub address: String,
    /// The organization's other people see it, too.
    pub shared: bool,
    /// Who shares it; none for one's own.
    pub by: Option<String>,
}

/// The body that keeps a view.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewSavedView {
    /// What it is called.
    pub name: String,
    /// Path and filters of the page.
    pub address: String,
    /// Whether the organization's other people see it, too.
    #[serde(default)]
    pub shared: bool,
}
