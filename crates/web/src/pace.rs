//! Slow clients: a body that trickles in is refused, so that nobody holds a place for long by
//! sending a byte a second. The heads of requests have their own limit, actix's.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONNECTION, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes};
use actix_web::{HttpMessage, ResponseError};
use futures_core::Stream;
use kernel::Code;
use tokio::time::{Instant, Sleep};

use crate::problem::ApiError;

/// Bytes that give a client one second more.
const BYTES_A_SECOND: u64 = 16 << 10;

/// How long a client may take before the first byte of a body counts.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub Duration);

/// Gives up on a body that comes too slowly: `request_timeout`, and the connection ends.
pub async fn keep<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let patience = request.app_data::<web::Data<Patience>>().map(|data| data.0);
    let too_slow = Rc::new(Cell::new(false));
    match (request.take_payload(), patience) {
        (Payload::None, _) => {}
        (payload, None) => request.set_payload(payload),
        (payload, Some(patience)) => request.set_payload(Payload::Stream {
            payload: Box::pin(Paced {
                payload,
                deadline: Box::pin(tokio::time::sleep(patience)),
                started: Instant::now() + patience,
                received: 0,
                too_slow: Rc::clone(&too_slow),
            }),
        }),
    }
    let response = next.call(request).await?.map_into_boxed_body();
    if !too_slow.get() {
        return Ok(response);
    }
    let (request, _) = response.into_parts();
    let mut refused = ApiError::from(Code::RequestTimeout).error_response();
    let close = HeaderValue::from_static("close");
    refused.headers_mut().insert(CONNECTION, close);
    Ok(ServiceResponse::new(request, refused))
}

/// A body with a deadline that moves on as bytes come.
struct Paced {
    payload: Payload,
    deadline: Pin<Box<Sleep>>,
    started: Instant,
    received: u64,
    too_slow: Rc<Cell<bool>>,
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match Pin::new(&mut this.payload).poll_next(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                this.received += bytes.len() as u64;
                let more = Duration::from_secs(this.received / BYTES_A_SECOND);
                this.deadline.as_mut().reset(this.started + more);
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Pending if this.deadline.as_mut().poll(context).is_ready() => {
                this.too_slow.set(true);
                Poll::Ready(Some(Err(PayloadError::Incomplete(None))))
            }
            other => other,
        }
    }
}
