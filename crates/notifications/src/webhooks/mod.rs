//! Other programs that are told of what their organization hears: the same outbox
//! discipline as mail, signed as <https://www.standardwebhooks.com> says.

pub(crate) mod caller;
pub(crate) mod model;
mod signature;
pub(crate) mod worker;

pub(crate) use signature::secret;
