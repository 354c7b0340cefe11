//! What a search looks through, the same on both engines.

use kernel::fold;

use crate::model::Device;

/// Comes before the location, which is the last part.
const LOCATION: &str = " @";

/// Tag, serial number, maker, model and location, without accents and case.
pub fn search_key(device: &Device) -> String {
    let mut key = intake::search_key(
        &device.tag,
        device.serial.as_deref(),
        device.manufacturer.as_deref(),
        device.model.as_deref(),
    );
    if let Some(location) = &device.location {
        key.push_str(&location_key(location));
    }
    key
}

/// How the search key of a device at this place ends.
pub fn location_key(location: &str) -> String {
    format!("{LOCATION}{}", fold(location))
}
