//! Health, metrics and what is served when nothing is there.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, get, web};
use db::schema::{devices, outbox};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::Code;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::problem::{ApiResult, Problems};
use crate::state::State;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(live).service(ready).service(prometheus);
}

/// The process answers.
#[utoipa::path(tag = "System", responses((status = 200, description = "Alive")))]
#[get("/health/live")]
async fn live() -> Answer {
    Answer::text("text/plain; charset=utf-8", "live\n".to_owned())
}

/// The database answers too.
#[utoipa::path(tag = "System", responses((status = 200, description = "Ready"), Problems))]
#[get("/health/ready")]
async fn ready(state: web::Data<State>) -> ApiResult<Answer> {
    state
        .database
        .read(|db| {
            Ok(
                diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1"))
                    .get_result::<i32>(db)?,
            )
        })
        .await
        .map_err(|cause| {
            tracing::warn!(%cause, "not ready");
            Code::Unavailable
        })?;
    Ok(Answer::text(
        "text/plain; charset=utf-8",
        "ready\n".to_owned(),
    ))
}

/// Requests answered, by class of status.
#[derive(Debug, Default)]
pub(crate) struct Metrics([AtomicU64; 6]);

pub(crate) async fn count<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let response = next.call(request).await?;
    if let Some(metrics) = metrics {
        let class = usize::from(response.status().as_u16() / 100).min(5);
        metrics.0[class].fetch_add(1, Ordering::Relaxed);
    }
    Ok(response)
}

/// Figures for Prometheus.
#[utoipa::path(tag = "System", responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain"), Problems))]
#[get("/metrics")]
async fn prometheus(state: web::Data<State>, counted: web::Data<Metrics>) -> ApiResult<Answer> {
    let (mails, stages) = state
        .database
        .read(|db| {
            let mails: Vec<(String, i64)> = outbox::table
                .group_by(outbox::status)
                .select((outbox::status, count_star()))
                .load(db)?;
            let stages: Vec<(String, i64)> = devices::table
                .group_by(devices::stage)
                .select((devices::stage, count_star()))
                .load(db)?;
            Ok((mails, stages))
        })
        .await?;
    let mut text = String::from("# TYPE ressac_requests_total counter\n");
    for (class, count) in counted.0.iter().enumerate().skip(1) {
        let count = count.load(Ordering::Relaxed);
        text.push_str(&format!(
            "ressac_requests_total{{status=\"{class}xx\"}} {count}\n"
        ));
    }
    text.push_str("# TYPE ressac_outbox_messages gauge\n");
    for (status, count) in mails {
        text.push_str(&format!(
            "ressac_outbox_messages{{status=\"{status}\"}} {count}\n"
        ));
    }
    text.push_str("# TYPE ressac_devices gauge\n");
    for (stage, count) in stages {
        text.push_str(&format!("ressac_devices{{stage=\"{stage}\"}} {count}\n"));
    }
    Ok(Answer::text(
        "text/plain; version=0.0.4; charset=utf-8",
        text,
    ))
}

pub(crate) async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header(("Location", "/api/docs/"))
        .finish()
}

pub(crate) async fn nothing_here() -> ApiResult<Answer> {
    Err(Code::NotFound.into())
}
