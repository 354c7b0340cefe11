//! The table `conventions`, and what else an award is checked against.

use std::collections::HashMap;

use db::schema::{
    batches as b, conventions as c, devices as d, wave_devices as v, wave_lines as l,
    wave_supply as s,
};
use db::{Db, Result};
use diesel::prelude::*;
use intake::TitleRoute;
use kernel::{ApplicationId, DeviceKind, OrganisationId, WaveId};

use crate::model::Convention;

/// Stores a convention in place of the one of the same year.
pub(crate) fn put_convention(db: &mut Db, convention: &Convention) -> Result<()> {
    diesel::delete(c::table.find((convention.association_id, convention.year))).execute(db)?;
    diesel::insert_into(c::table)
        .values(convention)
        .execute(db)?;
    Ok(())
}

/// The conventions for a civil year, of everyone or of one association.
pub(crate) fn conventions(
    db: &mut Db,
    association: Option<OrganisationId>,
    year: i32,
) -> Result<HashMap<OrganisationId, Convention>> {
    let mut query = c::table
        .filter(c::year.eq(year))
        .select(Convention::as_select())
        .into_boxed();
    if let Some(association) = association {
        query = query.filter(c::association_id.eq(association));
    }
    let found: Vec<Convention> = query.load(db)?;
    Ok(found
        .into_iter()
        .map(|convention| (convention.association_id, convention))
        .collect())
}

/// The kinds of an application's lot that the city owned before it gave them.
pub(crate) fn city_owned_of_lot(
    db: &mut Db,
    wave: WaveId,
    application: ApplicationId,
) -> Result<Vec<DeviceKind>> {
    Ok(v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .inner_join(b::table.on(b::id.eq(d::batch_id)))
        .filter(v::wave_id.eq(wave))
        .filter(v::released_at.is_null())
        .filter(l::application_id.eq(application))
        .filter(b::title_route.eq(TitleRoute::DonorToCityToAssociation))
        .select(d::kind)
        .distinct()
        .order(d::kind)
        .load(db)?)
}

/// The kinds of a wave's supply of which the city owns some.
pub(crate) fn city_owned_of_supply(db: &mut Db, wave: WaveId) -> Result<Vec<DeviceKind>> {
    Ok(s::table
        .inner_join(d::table.on(d::id.eq(s::device_id)))
        .inner_join(b::table.on(b::id.eq(d::batch_id)))
        .filter(s::wave_id.eq(wave))
        .filter(b::title_route.eq(TitleRoute::DonorToCityToAssociation))
        .select(d::kind)
        .distinct()
        .order(d::kind)
        .load(db)?)
}
