//! What the lines of an instance are called.

use kernel::ApplicationId;

/// The id of a line: the application and which of its requests.
#[must_use]
pub fn line_id(application: ApplicationId, request: i32) -> String {
    format!("{application}/{request}")
}

/// The application and request that a line id names.
#[must_use]
pub fn line_parts(id: &str) -> Option<(ApplicationId, i32)> {
    let (application, request) = id.split_once('/')?;
    Some((application.parse().ok()?, request.parse().ok()?))
}
