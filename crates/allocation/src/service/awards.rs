//! What associations receive in a year, in devices and in euros.

use std::collections::BTreeMap;

use db::{Db, Result};
use kernel::{Actor, Code, OrganisationId, Refusal, Text};

use super::association_of;
use crate::model::{Award, Granted};
use crate::{rules, store};

/// What approved waves gave each association in a calendar year, over all programmes, the
/// largest value first. An association sees its own.
///
/// # Errors
/// `invalid_fields` for a year that is none.
pub fn awards(db: &mut Db, actor: &Actor, year: u16) -> Result<Vec<Award>> {
    let own = association_of(actor);
    let sums = granted_in(db, own, year.into())?;
    let mut conventions = store::conventions(db, own, year.into())?;
    let ids: Vec<OrganisationId> = sums.keys().copied().collect();
    let mut names = identity::names(db, &ids)?;
    let mut awards: Vec<Award> = sums
        .into_iter()
        .map(|(association_id, granted)| {
            let value_cents = rules::value_cents(&granted);
            Award {
                association_id,
                association: names.remove(&association_id).unwrap_or_default(),
                year,
                devices: granted.values().sum(),
                granted,
                value_cents,
                convention_due: rules::convention_due(value_cents),
                convention: conventions.remove(&association_id),
            }
        })
        .collect();
    awards.sort_by(|a, b| (b.value_cents, &a.association).cmp(&(a.value_cents, &b.association)));
    Ok(awards)
}

/// What approved waves gave each association in a civil year, by kind, and did not take back.
///
/// # Errors
/// `invalid_fields` for a year that is none.
pub(super) fn granted_in(
    db: &mut Db,
    association: Option<OrganisationId>,
    year: i32,
) -> Result<BTreeMap<OrganisationId, Granted>> {
    if !(0..=9999).contains(&year) {
        return Err(Refusal::field(
            "/year",
            Code::OutOfRange,
            Text::new(
                "Indiquez une année, telle que 2026.",
                "Give a year, such as 2026.",
            ),
        )
        .into());
    };
    let mut sums: BTreeMap<OrganisationId, Granted> = BTreeMap::new();
    for (association, kind, count) in store::given(db, association, year)? {
        let granted = sums.entry(association).or_default();
        *granted.entry(kind).or_default() += count.unsigned_abs();
    }
    Ok(sums)
}
