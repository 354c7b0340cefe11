//! Lists as somebody narrowed them, kept under a name: for themselves, or for their organization.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Fields, Refusal, SavedViewId, Text};

use crate::model::{NewSavedView, SavedView};
use crate::store;

/// Views that somebody keeps at the most.
const MOST: i64 = 50;
/// Characters of an address at the most.
const ADDRESS: usize = 1_000;

/// A view has a name, and leads to a page of ours.
///
/// # Errors
/// `invalid_fields`.
fn check(new: &NewSavedView, kept: i64) -> std::result::Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/name", &new.name, 100);
    fields.text("/address", &new.address, ADDRESS);
    let own = new.address.starts_with('/') && !new.address.starts_with("//");
    let plain = new
        .address
        .chars()
        .all(|c| c.is_ascii_graphic() && c != '\\');
    if !own || !plain {
        fields.push("/address", Code::Invalid, Code::Invalid.help());
    }
    if kept >= MOST {
        let detail = Text::new(
            format!("Vous gardez déjà {MOST} vues : retirez-en une d'abord."),
            format!("You keep {MOST} views already: remove one first."),
        );
        fields.push("/name", Code::OutOfRange, detail);
    }
    fields.check()
}

/// One's own views, and those that colleagues share, by name.
///
/// # Errors
/// When the database fails.
pub fn saved_views(db: &mut Db, actor: &Actor) -> Result<Vec<SavedView>> {
    store::saved_views(db, actor)
}

/// Keeps a list as it is narrowed.
///
/// # Errors
/// `invalid_fields`, also when there are 50 already.
pub fn save_view(tx: &mut Tx<'_>, actor: &Actor, new: &NewSavedView) -> Result<SavedView> {
    check(new, store::count_saved_views(tx, actor.person)?)?;
    let view = SavedView {
        id: tx.new_id(),
        name: new.name.trim().to_owned(),
        address: new.address.clone(),
        shared: new.shared,
        by: None,
    };
    let row = store::NewSavedViewRow {
        id: view.id,
        person_id: actor.person,
        organisation_id: actor.organisation,
        name: view.name.clone(),
        address: view.address.clone(),
        shared: view.shared,
        created_at: tx.now(),
    };
    store::insert_saved_view(tx, row)?;
    Ok(view)
}

/// Takes one of one's own views away.
///
/// # Errors
/// `not_found`.
pub fn remove_view(tx: &mut Tx<'_>, actor: &Actor, id: SavedViewId) -> Result<()> {
    store::delete_saved_view(tx, actor.person, id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(name: &str, address: &str, kept: i64) -> Vec<String> {
        let new = NewSavedView {
            name: name.to_owned(),
            address: address.to_owned(),
            shared: false,
        };
        let Err(refusal) = check(&new, kept) else {
            return Vec::new();
        };
        let pointers = refusal.errors.into_iter();
        pointers.filter_map(|error| error.pointer).collect()
    }

    #[test]
    fn a_view_has_a_name_and_leads_nowhere_else() {
        assert!(refused("À relire", "/ville/demandes?status=in_review", 49).is_empty());
        assert_eq!(refused(" ", "/ville/demandes", 0), ["/name"]);
        assert_eq!(refused("Une de plus", "/ville/demandes", 50), ["/name"]);
        for elsewhere in [
            "//mal.example/",
            "https://mal.example/",
            "javascript:alert(1)",
            "/\\mal.example",
            "/ville/demandes?q=é",
        ] {
            assert_eq!(
                refused("Ailleurs", elsewhere, 0),
                ["/address"],
                "{elsewhere}"
            );
        }
    }
}
