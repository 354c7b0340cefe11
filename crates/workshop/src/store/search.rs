//! Looking for devices by parts of their numbers, words and places.

use db::search::{Searched, Wanted};
use db::{Db, Result};
use kernel::DeviceId;

use crate::model::DeviceFilter;
use crate::rules::location_key;

const DEVICES: Searched = Searched {
    table: "devices",
    letters: "device_search",
};

/// The devices that may be meant by a search for words or a place: see [`Searched::few`].
pub(crate) fn few(db: &mut Db, filter: &DeviceFilter) -> Result<Option<Vec<DeviceId>>> {
    let words = filter.q.as_deref().and_then(Wanted::words);
    let place = filter.location.as_deref().map(location_key);
    let place = place.as_deref().and_then(Wanted::text);
    DEVICES.few(db, Wanted::both(words, place))
}
