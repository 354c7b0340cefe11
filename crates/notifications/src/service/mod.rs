//! The use cases: putting messages into the outbox, choosing how to hear of them, and what
//! staff do with what did not arrive.

pub(crate) mod calls;
pub(crate) mod choices;
pub(crate) mod claim;
pub(crate) mod failures;
pub(crate) mod outbox;
pub(crate) mod retention;
pub(crate) mod webhooks;
