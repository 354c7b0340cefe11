//! What a rule says of a request that may be a repeat.

/// Whether there is something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Do it, and tell those concerned.
    Go,
    /// A second click, or a resent request: it was done before, and is a success without a change.
    AlreadyDone,
}
