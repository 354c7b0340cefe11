//! Health, metrics and what is served when nothing is there.

mod documentation;
mod elsewhere;

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use kernel::Code;
use serde::Deserialize;
use tokio::sync::Mutex;
use utoipa::IntoParams;

use crate::{Answer, ApiResult, Metrics, Problems, Routes, State};

pub(crate) use documentation::{document, to_docs};
pub(crate) use elsewhere::nothing_here;

pub(crate) fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(live)
        .service(ready)
        .service(security_txt)
        .service(metrics)
        .service(chain_heads);
}

/// The process answers.
#[utoipa::path(tag = "System", responses((status = 200, description = "Alive")))]
#[get("/health/live")]
async fn live() -> Answer {
    Answer::text("text/plain; charset=utf-8", "live\n".to_owned())
}

/// The database answers, its schema is this program's, a write reaches the disk, and of the last
/// seconds' writes not too many failed.
#[utoipa::path(tag = "System", responses((status = 200, description = "Ready"), Problems))]
#[get("/health/ready")]
async fn ready(state: web::Data<State>, readiness: web::Data<Readiness>) -> ApiResult<Answer> {
    let not_ready = |cause: db::Error| {
        tracing::warn!(%cause, "not ready");
        Code::Unavailable
    };
    state.database.writes_succeed().map_err(not_ready)?;
    let mut found = readiness.0.lock().await;
    if found.is_none_or(|at| at.elapsed() >= KEPT) {
        *found = None;
        state.database.probe().await.map_err(not_ready)?;
        *found = Some(Instant::now());
    }
    Ok(Answer::text(
        "text/plain; charset=utf-8",
        "ready\n".to_owned(),
    ))
}

/// Figures for Prometheus.
#[utoipa::path(tag = "System", responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain"), Problems))]
#[get("/metrics")]
async fn metrics(state: web::Data<State>, metrics: web::Data<Metrics>) -> ApiResult<Answer> {
    Ok(Answer::text(
        "text/plain; version=0.0.4; charset=utf-8",
        metrics.text(&state).await?,
    ))
}

/// Whom to tell of a weakness of this service (RFC 9116), when the operator says so.
#[utoipa::path(tag = "System", responses((status = 200, body = String, content_type = "text/plain"), Problems))]
#[get("/.well-known/security.txt")]
async fn security_txt(state: web::Data<State>) -> ApiResult<Answer> {
    let contact = state.security.contact.as_ref().ok_or(Code::NotFound)?;
    let text = format!(
        "Contact: {}\nExpires: {}\nPreferred-Languages: fr, en\n",
        contact.address, contact.expires
    );
    Ok(Answer::text("text/plain; charset=utf-8", text))
}

/// Heads of an answer at the most.
const HEADS: i64 = 1_000;

/// Which heads are asked for.
#[derive(Debug, Deserialize, IntoParams)]
struct HeadsAfter {
    /// Those after the one of this number.
    after: Option<i64>,
}

/// The signed heads over all chains of custody and the audit log, a line each, the oldest first;
/// a thousand at the most, the rest with `after`. They say how many lines there are and a hash
/// over them, and nothing of what these say.
#[utoipa::path(tag = "System", params(HeadsAfter),
    responses((status = 200, description = "Lines of JSON", body = String, content_type = "application/jsonl"), Problems))]
#[get("/donnees/chaines.jsonl")]
async fn chain_heads(
    request: HttpRequest,
    state: web::Data<State>,
    asked: web::Query<HeadsAfter>,
) -> ApiResult<HttpResponse> {
    let after = asked.after;
    let lines = state
        .database
        .read(move |db| identity::heads::head_lines(db, after, HEADS))
        .await?;
    let text: String = lines.into_iter().map(|(_, line)| line + "\n").collect();
    let answer = Answer::text("application/jsonl", text).respond_to(&request);
    Ok(crate::impact::for_other_sites(answer))
}

/// How long it holds that everything was found in order.
const KEPT: Duration = Duration::from_secs(2);

/// When everything was found in order.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<Instant>>);
