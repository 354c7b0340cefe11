//! Secrets that are made for a form: shown in the answer to it, and nowhere later.

use std::sync::{Arc, Mutex, PoisonError};

use ::web::access::Permission;
use ::web::{Answer, ApiResult};
use db::Tx;
use kernel::{Actor, Id};

use crate::form::Form;
use crate::page::Page;
use crate::saved::Saved;

/// What came of a form that makes a secret.
pub(crate) enum Made<T> {
    /// What to show now.
    Now(T),
    /// It was made when the form was sent first, and shown then.
    Before(Saved),
}

impl<P: Permission> Page<P> {
    /// Runs the use case of a form, once, of which something is shown this once. `Saved` is kept for a
    /// repeat, and has to name what was made; the rest is kept nowhere.
    ///
    /// # Errors
    /// As [`::web::State::write`].
    pub(crate) async fn write_shown_once<K, T, F>(
        &self,
        form: &Form,
        deed: &str,
        work: F,
    ) -> ApiResult<Made<T>>
    where
        K: 'static,
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<(Saved, Id<K>, T)> + Send + 'static,
    {
        let made = Arc::new(Mutex::new(None));
        let inside = Arc::clone(&made);
        let who = self.once(form, deed);
        let write = self.state().write(&who, move |tx, actor| {
            let (saved, id, outcome) = work(tx, actor)?;
            let shown = Some((id.to_string(), outcome));
            *inside.lock().unwrap_or_else(PoisonError::into_inner) = shown;
            Answer::see_other(&saved.about(id))
        });
        let answer = write.await?;
        let saved: Saved = serde_json::from_slice(answer.body()).map_err(db::Error::from)?;
        let made = made.lock().unwrap_or_else(PoisonError::into_inner).take();
        // a transaction that was rolled back made something else than the one whose answer this is
        let known = saved.made::<K>().map(|id| id.to_string());
        Ok(match made.filter(|(id, _)| known.as_ref() == Some(id)) {
            Some((_, outcome)) => Made::Now(outcome),
            None => Made::Before(saved),
        })
    }
}
