//! The one list of operations, to be served and to be described.

use crate::Routes;

/// Those below `/api/v1`. The router looks through them in this order: what scanners ask all day
/// long comes first.
pub(crate) fn of_api(routes: &mut Routes<'_, '_>) {
    crate::workshop::routes(routes);
    crate::identity::routes(routes);
    crate::eligibility::routes(routes);
    crate::intake::routes(routes);
    crate::allocation::routes(routes);
    crate::handover::routes(routes);
    crate::impact::routes(routes);
    crate::notifications::routes(routes);
}

/// Those elsewhere.
pub(crate) fn open(routes: &mut Routes<'_, '_>) {
    crate::system::routes(routes);
    crate::impact::open_routes(routes);
    crate::handover::open_routes(routes);
}
