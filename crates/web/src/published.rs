//! Answers that need no account: made once a change and served as bytes with an `ETag`, so that
//! whoever asks again and again makes nobody wait.
//!
//! Each request asks the database for the version of what it wants, a few rows. One of those who
//! ask at the same time does so for all; one makes the answer, and goes on when its client is
//! gone, for the next one wants it too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex as AsyncMutex;
use tracing::{Instrument, Span};

use crate::answer::Answer;

/// Bytes of all answers together; of more, none is kept but the last.
const BYTES: usize = 32 << 20;
/// Things that are kept at the most.
const THINGS: usize = 1_000;

/// Something that is made once for each version.
#[derive(Debug)]
struct Slot<T> {
    /// When its version was asked for last, and what it was.
    looked: Option<(Instant, String)>,
    made: Option<T>,
}

type Slots<T> = HashMap<String, Arc<AsyncMutex<Slot<T>>>>;

/// What is made once for each version, by its name.
#[derive(Debug)]
pub struct Once<T> {
    slots: Mutex<Slots<T>>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self {
            slots: Mutex::default(),
        }
    }
}

impl<T: Clone> Once<T> {
    /// The thing of this name as it is now: `version` is asked for, unless somebody asked after
    /// this request came; then `make` makes it, if it is not there in this version. What `version`
    /// found on its way is there for `make`.
    ///
    /// # Errors
    /// Those of `version` and `make`; nothing is kept then.
    pub async fn get<F>(
        &self,
        name: &str,
        version: impl Future<Output = db::Result<(String, F)>>,
        make: impl AsyncFnOnce(F) -> db::Result<T>,
    ) -> db::Result<T> {
        let came = Instant::now();
        let slot = self.slot(name);
        let mut slot = slot.lock().await;
        if let (Some((looked, _)), Some(made)) = (&slot.looked, &slot.made)
            && *looked >= came
        {
            return Ok(made.clone());
        }
        let looking = Instant::now();
        let (version, found) = match version.await {
            Ok(found) => found,
            Err(cause) => {
                self.forget(name);
                return Err(cause);
            }
        };
        let known = slot
            .looked
            .as_ref()
            .is_some_and(|(_, known)| *known == version);
        if let (true, Some(made)) = (known, slot.made.clone()) {
            slot.looked = Some((looking, version));
            return Ok(made);
        }
        slot.made = None;
        let made = make(found).await?;
        slot.made = Some(made.clone());
        slot.looked = Some((looking, version));
        Ok(made)
    }

    fn slot(&self, name: &str) -> Arc<AsyncMutex<Slot<T>>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= THINGS && !slots.contains_key(name) {
            slots.clear();
        }
        let slot = slots.entry(name.to_owned()).or_insert_with(|| {
            Arc::new(AsyncMutex::new(Slot {
                looked: None,
                made: None,
            }))
        });
        Arc::clone(slot)
    }

    fn forget(&self, name: &str) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(name);
    }

    /// Forgets all but this one when `size` of what is kept comes to more than `most`. What is
    /// being made is not counted.
    fn keep_within(&self, most: usize, name: &str, size: impl Fn(&T) -> usize) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let sizes = slots.values().filter_map(|slot| {
            let slot = slot.try_lock().ok()?;
            slot.made.as_ref().map(&size)
        });
        if sizes.sum::<usize>() > most {
            slots.retain(|known, _| known == name);
        }
    }
}

/// An answer, ready to be sent.
#[derive(Debug, Clone)]
struct Ready {
    etag: String,
    content_type: String,
    body: Bytes,
}

impl From<Answer> for Ready {
    fn from(answer: Answer) -> Self {
        let digest = Sha256::digest(&answer.body);
        let digest = HEXLOWER.encode(digest.get(..16).unwrap_or(&digest));
        Self {
            etag: format!("\"{digest}\""),
            content_type: answer.content_type,
            body: answer.body.into(),
        }
    }
}

/// The answers that need no account.
#[derive(Debug, Default)]
pub struct Published {
    answers: Once<Ready>,
}

impl Published {
    /// Answers with what is published under this name. `version` and `make` as in [`Once::get`].
    ///
    /// # Errors
    /// Theirs.
    pub async fn answer<F: 'static>(
        self: Arc<Self>,
        request: &HttpRequest,
        name: String,
        version: impl Future<Output = db::Result<(String, F)>> + 'static,
        make: impl AsyncFnOnce(F) -> db::Result<Answer> + 'static,
    ) -> db::Result<HttpResponse> {
        // in a task of its own: a client that goes away does not undo what others wait for
        let task = actix_web::rt::spawn(
            async move {
                let make = async move |found| make(found).await.map(Ready::from);
                let ready = self.answers.get(&name, version, make).await?;
                let size = |ready: &Ready| ready.body.len();
                self.answers.keep_within(BYTES, &name, size);
                Ok::<_, db::Error>(ready)
            }
            .instrument(Span::current()),
        );
        let ready = task.await.map_err(db::Error::internal)??;
        Ok(respond(request, ready))
    }
}

fn respond(request: &HttpRequest, ready: Ready) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH);
    let known = known
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let unchanged = known
        .split(',')
        .map(|etag| etag.trim().trim_start_matches("W/"))
        .any(|etag| etag == "*" || etag == ready.etag);
    let mut response = match unchanged {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response
        .insert_header((ETAG, ready.etag))
        .insert_header((CACHE_CONTROL, "public, no-cache"))
        .insert_header((VARY, "Accept, Accept-Language"));
    if unchanged {
        return response.finish();
    }
    response
        .insert_header((CONTENT_TYPE, ready.content_type))
        .body(ready.body)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::Cell;

    use super::*;

    async fn get(once: &Once<u32>, version: &str, made: &Cell<u32>) -> u32 {
        let version = async move { Ok((version.to_owned(), ())) };
        let make = async |()| {
            made.set(made.get() + 1);
            tokio::task::yield_now().await;
            Ok(made.get())
        };
        once.get("figures", version, make).await.unwrap()
    }

    #[tokio::test]
    async fn many_who_ask_at_once_have_it_made_once() {
        let (once, made) = (Once::default(), Cell::new(0));
        let all = tokio::join!(
            get(&once, "1", &made),
            get(&once, "1", &made),
            get(&once, "1", &made)
        );
        assert_eq!((all, made.get()), ((1, 1, 1), 1));
        assert_eq!(get(&once, "1", &made).await, 1, "nothing changed");
        assert_eq!(get(&once, "2", &made).await, 2, "made anew");
    }

    #[tokio::test]
    async fn what_cannot_be_made_is_not_kept() {
        let once: Once<u32> = Once::default();
        let nothing = async { Err::<(String, ()), _>(kernel::Code::NotFound.into()) };
        let refused = once.get("nothing", nothing, async |()| Ok(1)).await;
        assert!(refused.is_err());
        assert!(once.slots.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn all_together_stay_within_a_size() {
        let once: Once<u32> = Once::default();
        for name in ["a", "b", "c"] {
            let version = async { Ok(("1".to_owned(), ())) };
            once.get(name, version, async |()| Ok(10)).await.unwrap();
            once.keep_within(20, name, |size| *size as usize);
        }
        let kept: Vec<String> = once.slots.lock().unwrap().keys().cloned().collect();
        assert_eq!(kept, ["c"]);
    }
}
