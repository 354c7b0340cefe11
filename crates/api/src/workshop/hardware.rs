//! `PUT /devices/{id}/hardware`: what the machine says of itself.

use actix_web::{put, web};
use workshop::DeviceView;

use crate::access::{Allowed, LogDevices};
use crate::{Answer, ApiResult, PathId, Problems, State, Upload};

/// Bytes of a capture at the most; a large server's has a tenth of it.
const LIMIT: usize = 4 << 20;

/// Takes the output of `lshw -json` as it is. Its drives count as seen: each needs its
/// proof of erasure, and a drive that appears after the proof voids it. What contradicts
/// the manifest is flagged, not merged.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = DeviceView), Problems))]
#[put("/devices/{id}/hardware")]
pub async fn put(
    state: web::Data<State>,
    who: Allowed<LogDevices>,
    PathId(id): PathId<kernel::Device>,
    upload: Upload,
) -> ApiResult<Answer> {
    upload.of_type(&["application/json"])?;
    if upload.bytes.len() > LIMIT {
        return Err(kernel::Code::TooLarge.into());
    }
    state
        .write(&who, move |tx, actor| {
            let device = workshop::put_hardware(tx, actor, id, &upload.bytes)?;
            Ok(Answer::ok(&device)?.version(device.version))
        })
        .await
}
