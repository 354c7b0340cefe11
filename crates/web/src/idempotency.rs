//! `Idempotency-Key`: a POST that is sent again within a day gets its first answer.
//!
//! The answer is stored by the transaction that does the work: either both are there or
//! neither. What was refused is not stored; sent again, it is decided again.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, ResponseError, web};
use data_encoding::HEXLOWER;
use db::Tx;
use db::schema::idempotency_keys as k;
use diesel::prelude::*;
use kernel::{Actor, Code, Id, Instant, Person, PersonId};
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::extract::STRANGER_LIMIT;
use crate::problem::ApiError;

const HEADER: &str = "idempotency-key";
const HOURS: i64 = 24;
/// Characters of a key at the most.
const LONGEST: usize = 200;

/// The key of a request and the digest of what it asks.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    key: String,
    request_hash: Vec<u8>,
}

impl IdempotencyKey {
    /// Of a request that was looked at by [`note_key`].
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Of a form. Whoever goes back, changes what they typed and sends it again sends another
    /// request: the key of a form names it together with its content.
    pub fn of_form(whose: &Actor, key: &str, content: &[u8]) -> Option<Self> {
        Self::named(&whose.organisation.to_string(), key, content)
    }

    /// The same of a form that needs no account.
    pub fn of_open_form(key: &str, content: &[u8]) -> Option<Self> {
        Self::named("anyone", key, content)
    }

    fn named(whose: &str, key: &str, content: &[u8]) -> Option<Self> {
        if !(1..=LONGEST).contains(&key.len()) {
            return None;
        }
        let digest = HEXLOWER.encode(content);
        Some(Self {
            key: format!("{whose} {key} {digest}"),
            request_hash: content.to_vec(),
        })
    }
}

/// Reads the body of a POST that carries a key, to know it again, and puts it back.
pub async fn note_key<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let header = request
        .headers()
        .get(HEADER)
        .filter(|_| request.method() == Method::POST)
        .map(|value| value.to_str().map(str::to_owned));
    if let Some(key) = header {
        let Some(key) = key.ok().filter(|key| (1..=LONGEST).contains(&key.len())) else {
            let refused = ApiError::from(Code::MalformedRequest);
            return Ok(request.into_response(refused.error_response()));
        };
        let whose = known(&request);
        let short = length(&request).is_some_and(|length| length <= STRANGER_LIMIT);
        if whose.is_none() && !short {
            return Ok(next.call(request).await?.map_into_boxed_body());
        }
        let body = match request.extract::<web::Bytes>().await {
            Ok(body) => body,
            Err(error) => return Ok(request.into_response(error.error_response())),
        };
        let mut hash = Sha256::new();
        hash.update(request.uri().to_string().as_bytes());
        hash.update([0]);
        hash.update(&body);
        request.set_payload(actix_web::dev::Payload::from(body));
        let request_hash = hash.finalize().to_vec();
        // strangers share one actor: their keys are told apart by what they ask
        let whose = whose
            .unwrap_or_else(|| HEXLOWER.encode(request_hash.get(..16).unwrap_or(&request_hash)));
        request.extensions_mut().insert(IdempotencyKey {
            key: format!("{whose} {key}"),
            request_hash,
        });
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// For whom a signed-in actor or a key acts.
fn known(request: &ServiceRequest) -> Option<String> {
    crate::known::known_actor(request).map(|actor| actor.organisation.to_string())
}

fn length(request: &ServiceRequest) -> Option<usize> {
    let header = request.headers().get(CONTENT_LENGTH)?;
    header.to_str().ok()?.parse().ok()
}

/// Gives the stored answer of a repeat, or does the work and stores its answer.
pub fn once<'a>(
    tx: &mut Tx<'a>,
    actor: Option<PersonId>,
    key: Option<&IdempotencyKey>,
    work: impl FnOnce(&mut Tx<'a>) -> db::Result<Answer>,
) -> db::Result<Answer> {
    let Some(key) = key else {
        return work(tx);
    };
    let actor = actor.unwrap_or_else(|| Id::<Person>::from_uuid(uuid::Uuid::nil()));
    if let Some(answer) = stored(tx, actor, key)? {
        return Ok(answer);
    }
    let answer = work(tx)?;
    let now = tx.now();
    diesel::delete(k::table.filter(k::created_at.lt(now.plus_days(-1)))).execute(&mut **tx)?;
    store(tx, actor, key, &answer, now)?;
    Ok(answer)
}

fn stored(tx: &mut Tx<'_>, actor: PersonId, key: &IdempotencyKey) -> db::Result<Option<Answer>> {
    type Row = (Vec<u8>, i32, String, Option<String>, Vec<u8>, Instant);
    let row: Option<Row> = k::table
        .find((actor, &key.key))
        .select((
            k::request_hash,
            k::status,
            k::content_type,
            k::etag,
            k::body,
            k::created_at,
        ))
        .first(&mut **tx)
        .optional()?;
    let Some((request_hash, status, content_type, etag, body, created_at)) = row else {
        return Ok(None);
    };
    if tx.now().seconds_since(created_at) >= HOURS * 3600 {
        diesel::delete(k::table.find((actor, &key.key))).execute(&mut **tx)?;
        return Ok(None);
    }
    if request_hash != key.request_hash {
        return Err(Code::IdempotencyKeyReused.into());
    }
    Ok(Some(Answer {
        status: u16::try_from(status).unwrap_or(200),
        content_type,
        etag,
        body,
    }))
}

fn store(
    tx: &mut Tx<'_>,
    actor: PersonId,
    key: &IdempotencyKey,
    answer: &Answer,
    now: Instant,
) -> db::Result<()> {
    diesel::insert_into(k::table)
        .values((
            k::actor_id.eq(actor),
            k::idempotency_key.eq(&key.key),
            k::request_hash.eq(&key.request_hash),
            k::status.eq(i32::from(answer.status)),
            k::content_type.eq(&answer.content_type),
            k::etag.eq(answer.etag.as_deref()),
            k::body.eq(&answer.body),
            k::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
