//! What is scrapped, or left of what was taken apart.

use db::schema::{devices as d, waste as w};
use db::{Db, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable};
use diesel::upsert::excluded;
use kernel::{DeviceId, Instant, OrganisationId, Page, PageRequest};

use super::{LOOKUP_CHUNK, Scope};
use crate::model::{Waste, WasteFilter, WasteItem};

diesel::define_sql_function! {
    /// The sum of what is not null; none of nothing.
    #[aggregate]
    #[sql_name = "sum"]
    fn total(weight: Nullable<Integer>) -> Nullable<BigInt>;
}

type WasteRow = (
    DeviceId,
    OrganisationId,
    String,
    Option<i32>,
    Option<String>,
    Option<String>,
    Instant,
);

/// What these devices are as waste.
pub(crate) fn waste_of(db: &mut Db, devices: &[DeviceId]) -> Result<Vec<Waste>> {
    let mut found = Vec::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let rows: Vec<WasteRow> = w::table.filter(w::device_id.eq_any(chunk)).load(db)?;
        found.extend(rows.into_iter().map(|row| Waste {
            device_id: row.0,
            workshop_id: row.1,
            category: row.2,
            weight_grams: row.3,
            waste_reference: row.4,
            reason: row.5,
            at: row.6,
        }));
    }
    Ok(found)
}

/// Writes what a device is as waste, or its batteries, new or with the note.
pub(crate) fn save_waste(db: &mut Db, waste: &Waste) -> Result<()> {
    db::on!(&mut *db, c => diesel::insert_into(w::table)
        .values(waste)
        .on_conflict((w::device_id, w::category))
        .do_update()
        .set((
            w::weight_grams.eq(excluded(w::weight_grams)),
            w::waste_reference.eq(excluded(w::waste_reference)),
        ))
        .execute(c))?;
    Ok(())
}

/// A device is no waste after all: its log keeps what was said of it.
pub(crate) fn remove_waste(db: &mut Db, device: DeviceId) -> Result<()> {
    diesel::delete(w::table.filter(w::device_id.eq(device))).execute(db)?;
    Ok(())
}

/// Narrows a query over `waste` to what an actor may see and asks for.
macro_rules! narrowed {
    ($query:expr, $scope:expr, $filter:expr) => {{
        let mut query = $query;
        if let Scope::Workshop(own) = $scope {
            query = query.filter(w::workshop_id.eq(own));
        }
        if let Some(workshop) = $filter.workshop_id {
            query = query.filter(w::workshop_id.eq(workshop));
        }
        if let Some(from) = $filter.from {
            query = query.filter(w::at.ge(Instant::start_of(from)));
        }
        if let Some(after) = $filter.to.and_then(|day| day.succ_opt()) {
            query = query.filter(w::at.lt(Instant::start_of(after)));
        }
        if let Some(category) = &$filter.category {
            query = query.filter(w::category.eq(category.clone()));
        }
        match $filter.noted {
            Some(true) => query = query.filter(w::waste_reference.is_not_null()),
            Some(false) => query = query.filter(w::waste_reference.is_null()),
            None => {}
        }
        query
    }};
}

/// A line of the list: which device, and which category of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WasteKey {
    device: DeviceId,
    category: String,
}

impl std::fmt::Display for WasteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.device, self.category)
    }
}

impl std::str::FromStr for WasteKey {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (device, category) = text.split_once('/').ok_or(())?;
        Ok(Self {
            device: device.parse().map_err(drop)?,
            category: category.to_owned(),
        })
    }
}

/// A page of the waste that an actor may see.
pub(crate) fn waste_page(
    db: &mut Db,
    scope: Scope,
    filter: &WasteFilter,
    request: &PageRequest,
    after: Option<WasteKey>,
) -> Result<Page<WasteItem>> {
    let query = w::table
        .inner_join(d::table.on(d::id.eq(w::device_id)))
        .order((w::device_id, w::category))
        .limit(request.fetch())
        .select((
            w::device_id,
            d::tag,
            d::serial,
            d::kind,
            d::stage,
            w::workshop_id,
            w::category,
            w::weight_grams,
            w::waste_reference,
            w::reason,
            w::at,
        ))
        .into_boxed();
    let mut query = narrowed!(query, scope, filter);
    if let Some(after) = after {
        let rest = w::device_id.gt(after.device);
        query = query
            .filter(w::device_id.ge(after.device)) // what an index can begin at
            .filter(rest.or(w::category.gt(after.category)));
    }
    let rows: Vec<WasteItem> = query.load(db)?;
    let key = |row: &WasteItem| WasteKey {
        device: row.device_id,
        category: row.category.clone(),
    };
    Ok(Page::from_rows(rows, request, |row| key(row).to_string()))
}

/// Devices of a category: all, those of known weight, those with a note, and the weight.
pub(crate) struct CategoryCount {
    pub category: String,
    pub devices: i64,
    pub weighed: i64,
    pub noted: i64,
    pub weight_grams: i64,
}

/// The waste that an actor may see, by category.
pub(crate) fn waste_by_category(
    db: &mut Db,
    scope: Scope,
    filter: &WasteFilter,
) -> Result<Vec<CategoryCount>> {
    let query = w::table
        .group_by(w::category)
        .order(w::category)
        .select((
            w::category,
            count_star(),
            diesel::dsl::count(w::weight_grams),
            diesel::dsl::count(w::waste_reference),
            total(w::weight_grams),
        ))
        .into_boxed();
    let rows: Vec<(String, i64, i64, i64, Option<i64>)> =
        narrowed!(query, scope, filter).load(db)?;
    Ok(rows
        .into_iter()
        .map(
            |(category, devices, weighed, noted, weight)| CategoryCount {
                category,
                devices,
                weighed,
                noted,
                weight_grams: weight.unwrap_or(0),
            },
        )
        .collect())
}
