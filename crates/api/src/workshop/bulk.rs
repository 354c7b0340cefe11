//! `POST /device-events`: what a scanner collected, hundreds of lines at once.

use actix_web::{HttpRequest, post, web};
use kernel::{DeviceId, Language};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workshop::{BulkAnswer, EventOutcome, EventResult, Incoming, Stage};

use crate::access::{Allowed, LogDevices};
use crate::problem::language_of;
use crate::{Answer, ApiResult, ListBody, Problems, State};

/// What a scanner collected. A line that cannot be read is refused on its own.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Lines {
    /// Up to 1000; `device` is an id, a tag or a serial number, `client_id` the sender's own
    /// number of the line.
    #[schema(value_type = Vec<Incoming>, max_items = 1000)]
    events: Vec<serde_json::Value>,
}

/// A verdict on each line, in the order sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdicts {
    /// The verdicts.
    results: Vec<LineVerdict>,
}

impl Verdicts {
    /// In the reader's language.
    pub(super) fn new(answer: BulkAnswer, language: Language) -> Self {
        let results = answer.results.into_iter();
        Self {
            results: results
                .map(|result| LineVerdict::new(result, language))
                .collect(),
        }
    }
}

/// The verdict on a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineVerdict {
    /// The sender's own number of the line.
    client_id: Option<String>,
    /// `applied`, `already_applied` or `refused`.
    status: EventOutcome,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The device, when it was found and is the workshop's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<DeviceId>,
    /// Where it stands after this line.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<Stage>,
}

impl LineVerdict {
    fn new(result: EventResult, language: Language) -> Self {
        Self {
            client_id: result.client_id,
            status: result.status,
            code: result.code.map(kernel::Code::as_str),
            detail: result.detail.map(|text| match language {
                Language::French => text.fr.into_owned(),
                Language::English => text.en.into_owned(),
            }),
            device_id: result.device_id,
            stage: result.stage,
        }
    }
}

/// Records up to 1000 steps of any devices of the workshop. Each line has its own verdict;
/// within a device they happen in the order of `at`. Safe to send again after a lost network:
/// a line whose `client_id` is in the device's log already changes nothing, and one with another
/// event under that number is refused as `client_id_reused`.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), request_body = Lines,
    responses((status = 200, body = Verdicts), Problems))]
#[post("/device-events")]
pub async fn post(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<LogDevices>,
    ListBody(body): ListBody<Lines>,
) -> ApiResult<Answer> {
    let language = language_of(request.headers());
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            let named = body
                .events
                .iter()
                .filter_map(|line| line.get("operator")?.as_str());
            let operators = identity::operators(tx, &signer, actor, named.map(str::trim))?;
            let answer = workshop::record_all(tx, actor, &body.events, &operators)?;
            Answer::ok(&Verdicts::new(answer, language))
        })
        .await
}
