//! What a donor ties its gift to.

use kernel::{OrganisationId, Theme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a donor ties its gift to; every later step keeps to it. With themes and
/// associations, what fits one of them fits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Restrictions {
    /// Only for associations that work on one of these; for all when there is none.
    pub themes: Vec<Theme>,
    /// Only for these associations; for all when there is none.
    #[schema(value_type = Vec<String>)]
    pub association_ids: Vec<OrganisationId>,
    /// Drives are destroyed: erasing them is no proof for this gift.
    pub drives_destroyed: bool,
}
db::json_column!(Restrictions);

impl Restrictions {
    /// Nothing is tied.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Of the tags of an applicant, those that open this gift: one of them is enough. Empty
    /// when it is for everyone.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let themes = self.themes.iter().map(ToString::to_string);
        let associations = self.association_ids.iter().map(|id| association_tag(*id));
        let mut tags: Vec<String> = themes.chain(associations).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

/// The tag by which a gift names an association.
#[must_use]
pub fn association_tag(association: OrganisationId) -> String {
    format!("association:{association}")
}
