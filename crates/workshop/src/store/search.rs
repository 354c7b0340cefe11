//! Looking for devices by parts of their numbers, words and places.

use db::search::{Searched, Wanted};
use db::{Db, Engine, Result};
use kernel::DeviceId;

use crate::model::DeviceFilter;

const DEVICES: Searched = Searched {
    table: "devices",
    letters: "device_search",
};

/// The devices that may be meant by a search for words: see [`Searched::few`].
pub(crate) fn few(db: &mut Db, filter: &DeviceFilter) -> Result<Option<Vec<DeviceId>>> {
    DEVICES.few(db, filter.q.as_deref().and_then(Wanted::words))
}

/// The beginning of a condition on the place of a device, as the index `devices_by_place` has it:
/// how its search key ends. What follows is the place and a closing parenthesis.
pub(crate) fn place_is(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "(devices.location IS NOT NULL AND \
             substr(devices.search_key, instr(devices.search_key, '@')) = "
        }
        Engine::Postgres => {
            "(devices.location IS NOT NULL AND \
             substr(devices.search_key, strpos(devices.search_key, '@')) = "
        }
    }
}
