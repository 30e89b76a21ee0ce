//! Why a request has no outcome.

use leaseline_core::Refusal;
use leaseline_store::StoreError;

/// A request was not carried out, or nobody can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The rules say no. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More is asked than can be done at present; nothing changed. Try again in a moment.
    #[error("the inbox is full")]
    Overloaded,
    /// Somebody else held what was needed for too long; nothing changed. Try again.
    #[error("a lock was held for too long")]
    Locked,
    /// The store is away or failed. The request may have been carried out all the same: its
    /// idempotency key will tell.
    #[error("the store is unavailable")]
    Unavailable,
}

impl Failure {
    /// What a failure of the store means to a caller. The store's own words go to the log where
    /// the failure is handled.
    pub(crate) const fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Busy(_) | StoreError::GivenUp | StoreError::KeyTaken => Self::Locked,
            StoreError::Unreachable(_)
            | StoreError::NoReader
            | StoreError::Failed(_)
            | StoreError::Corrupt { .. }
            | StoreError::Panicked
            | StoreError::UnknownCommit(_)
            | StoreError::Schema(_) => Self::Unavailable,
        }
    }
}
