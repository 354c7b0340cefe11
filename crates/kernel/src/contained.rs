//! A piece of work that may panic without taking its worker along.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs something to its end, or to the panic that ends it; the panic says what it said. What
/// the work holds is dropped; it must not be looked at again.
///
/// # Errors
/// What the panic said.
pub async fn contained<F: Future>(work: F) -> Result<F::Output, String> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Err(panic) => Poll::Ready(Err(said(&*panic))),
        }
    })
    .await
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words").to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use std::task::{Context, Waker};

    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
                return done;
            }
        }
    }

    #[test]
    fn a_panic_ends_the_work_alone() {
        assert_eq!(run(contained(async { 7 })), Ok(7));
        let broken = run(contained(async { panic!("letter {}", 7) }));
        assert_eq!(broken, Err::<(), _>("letter 7".to_owned()));
    }
}
