//! Whether it is somebody else's lock that the writer waits for, so that those who wait for the writer
//! can be told the same as those whose request met the lock: nothing was done, try again.
//!
//! That has to be true. Whoever gives up closes his ear first and then looks whether the writer is
//! about to commit; the writer says first that it is, and then looks who has given up. So at least one
//! of the two sees the other (Dekker's algorithm), and a request is not carried out whose caller heard
//! that it was not. Whoever looks while a try ends knows nothing: it may have been his.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

use leaseline_store::StoreError;

/// Shared by the writer and those who wait for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contention(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// Whether the last that was tried met a lock that was held for too long.
    is_there: AtomicBool,
    /// Whether what is tried at present may be committed in this moment.
    may_be_committed: AtomicBool,
    /// How many tries have ended.
    tries: AtomicU64,
}

/// How many tries had ended when somebody began to give up.
pub(crate) struct Tries(u64);

impl Contention {
    /// The writer is about to commit.
    ///
    /// # Errors
    /// [`StoreError::GivenUp`] when it must not: somebody may have been told that nothing was done for
    /// him.
    pub(crate) fn before_commit(
        &self,
        has_given_up: impl FnOnce() -> bool,
    ) -> Result<(), StoreError> {
        if !self.0.is_there.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.0.may_be_committed.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if has_given_up() { Err(StoreError::GivenUp) } else { Ok(()) }
    }

    /// What became of the writer's last try. Before the next one it has to look who has given up: after
    /// a commit it does not look again.
    pub(crate) fn note<T>(&self, done: &Result<T, StoreError>) {
        let is_there = matches!(done, Err(StoreError::Busy(_) | StoreError::GivenUp));
        self.0.tries.fetch_add(1, Ordering::SeqCst);
        self.0.is_there.store(is_there, Ordering::SeqCst);
        self.0.may_be_committed.store(false, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// To be asked before a caller ceases to listen.
    pub(crate) fn tries(&self) -> Tries {
        Tries(self.0.tries.load(Ordering::SeqCst))
    }

    /// Whether a lock kept a request from being carried out whose caller has ceased to listen since,
    /// and will be carried out no more.
    pub(crate) fn kept_away(&self, Tries(before): Tries) -> bool {
        fence(Ordering::SeqCst);
        let is_idle = !self.0.may_be_committed.load(Ordering::SeqCst);
        let is_kept = is_idle && self.0.is_there.load(Ordering::SeqCst);
        is_kept && self.0.tries.load(Ordering::SeqCst) == before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(contention: &Contention, is_kept_away: bool) {
        assert_eq!(contention.kept_away(contention.tries()), is_kept_away);
    }

    #[test]
    fn who_gives_up_is_kept_away_by_a_lock_until_a_commit_may_be_under_way() {
        let contention = Contention::default();
        check(&contention, false);
        let busy: Result<(), _> = Err(StoreError::GivenUp);
        contention.note(&busy);
        check(&contention, true);
        assert!(contention.before_commit(|| false).is_ok());
        check(&contention, false);
        contention.note(&busy);
        assert!(contention.before_commit(|| true).is_err());
        contention.note(&busy);
        check(&contention, true);
        let before = contention.tries();
        contention.note(&busy);
        assert!(!contention.kept_away(before), "a try ended meanwhile");
        contention.note(&Ok(()));
        check(&contention, false);
        // Without a lock nobody is told that nothing was done, so nobody is looked for.
        assert!(contention.before_commit(|| true).is_ok());
    }
}
