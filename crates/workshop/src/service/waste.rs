//! The list of waste, per category.

use db::{Db, Result};
use kernel::{Actor, PageRequest};

use crate::Settings;
use crate::model::{WasteFilter, WasteItem, WasteList, WasteTotal};
use crate::store::{self, Scope, WasteKey};

/// A page of what was scrapped or taken apart, and the totals of the whole list: a workshop's
/// own, or all for the city.
///
/// # Errors
/// `invalid_page`.
pub fn waste(
    db: &mut Db,
    actor: &Actor,
    filter: &WasteFilter,
    request: &PageRequest,
) -> Result<WasteList> {
    let settings = Settings::in_use()?;
    let after = request.after::<WasteKey>()?;
    let scope = Scope::of(actor);
    let page = store::waste_page(db, scope, filter, request, after)?;
    let totals = store::waste_by_category(db, scope, filter)?;
    let total = |of: store::CategoryCount| {
        let name = settings.waste_category(&of.category);
        WasteTotal {
            fr: name.map_or_else(|| of.category.clone(), |name| name.fr.to_string()),
            en: name.map_or_else(|| of.category.clone(), |name| name.en.to_string()),
            devices: of.devices,
            weight_grams: of.weight_grams,
            not_weighed: of.devices - of.weighed,
            without_note: of.devices - of.noted,
            category: of.category,
        }
    };
    Ok(WasteList {
        totals: totals.into_iter().map(total).collect(),
        items: page.items,
        next: page.next,
    })
}

/// The columns of an exported list of waste.
pub const WASTE_COLUMNS: [&str; 11] = [
    "category",
    "tag",
    "serial",
    "kind",
    "stage",
    "weight_grams",
    "waste_reference",
    "reason",
    "at",
    "workshop_id",
    "id",
];

/// The whole list, as rows of [`WASTE_COLUMNS`].
///
/// # Errors
/// When the database fails.
pub fn waste_rows(db: &mut Db, actor: &Actor, filter: &WasteFilter) -> Result<Vec<[String; 11]>> {
    let everything = PageRequest::everything();
    let page = store::waste_page(db, Scope::of(actor), filter, &everything, None)?;
    Ok(page.items.into_iter().map(cells).collect())
}

fn cells(item: WasteItem) -> [String; 11] {
    [
        item.category,
        item.tag,
        item.serial.unwrap_or_default(),
        item.kind.to_string(),
        item.stage.to_string(),
        item.weight_grams
            .map(|grams| grams.to_string())
            .unwrap_or_default(),
        item.waste_reference.unwrap_or_default(),
        item.reason.unwrap_or_default(),
        item.at.to_string(),
        item.workshop_id.to_string(),
        item.device_id.to_string(),
    ]
}
