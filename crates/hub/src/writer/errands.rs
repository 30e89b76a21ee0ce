//! Rare requests. Where one alone writes at a time, those that wait together share a transaction: the
//! disk is waited for once. Elsewhere each has its own, as what one locked would keep other writers
//! from it until the last one is done.

use std::slice;
use std::time::{Duration, Instant};

use leaseline_store::StoreError;

use super::{BATCH_DEADLINE, Writer};
use crate::errand::Errand;
use crate::failure::Failure;
use crate::meters;

/// So many are carried out before it is seen again who waits, as they take as long as a batch does: where
/// they share a transaction, and where each has its own.
const MOST_TOGETHER: usize = 64;
const MOST_APART: usize = 16;

/// After so long what was carried out is committed: nobody waits for somebody else's long errand.
const SHARED_FOR: Duration = Duration::from_millis(20);

type Errands = Vec<Box<dyn Errand>>;

impl Writer {
    /// So many are taken at a time.
    pub(super) fn most_errands(&self) -> usize {
        if self.store.writes_alone() { MOST_TOGETHER } else { MOST_APART }
    }

    pub(super) fn run_errands(&mut self, mut errands: Errands) {
        let (count, began) = (errands.len(), Instant::now());
        let most = if self.store.writes_alone() { count } else { 1 };
        errands.retain(|errand| !errand.is_abandoned());
        while !errands.is_empty() {
            let later = errands.split_off(most.min(errands.len()));
            let left = self.run_together(errands);
            let next = left.into_iter().chain(later);
            errands = next.filter(|errand| !errand.is_abandoned()).collect();
        }
        self.room.done_errands(count, began.elapsed());
    }

    /// Carries them out in one transaction, and hands back those that another one is for.
    fn run_together(&mut self, mut errands: Errands) -> Errands {
        let (count, began) = (errands.len(), Instant::now());
        match self.try_errands(&mut errands) {
            Ok(done) => {
                let left = errands.split_off(done);
                errands.into_iter().for_each(|errand| errand.answer());
                return left;
            }
            // Who has given up is left out; the others are still together.
            Err(StoreError::GivenUp) => return errands,
            Err(error) if self.may_replay(&error, count) => {
                meters::batch_replayed();
                tracing::warn!(error = %error.told(), size = count, "errands are run again");
                for errand in errands.into_iter().filter(|errand| !errand.is_abandoned()) {
                    let is_late = count > 1 && began.elapsed() > BATCH_DEADLINE;
                    if is_late { errand.fail(Failure::Locked) } else { self.run_alone(errand) }
                }
            }
            Err(error) => fail(errands, &error),
        }
        Errands::new()
    }

    /// One by itself, after it failed in company or alone.
    fn run_alone(&mut self, mut errand: Box<dyn Errand>) {
        match self.try_errands(slice::from_mut(&mut errand)) {
            Ok(_) => errand.answer(),
            Err(error) => fail(vec![errand], &error),
        }
    }

    /// As many of them as there is time for, and at least one; it is said how many.
    fn try_errands(&mut self, errands: &mut [Box<dyn Errand>]) -> Result<usize, StoreError> {
        let now = self.now.now();
        let answers_since = now.saturating_sub(self.answers_kept);
        let Self { desk, store, ids, .. } = self;
        let contention = desk.contention();
        let done = desk.commit(store, &**ids, now, |tx| {
            let (mut done, began) = (0, Instant::now());
            for errand in &mut *errands {
                errand.run(tx, now, answers_since)?;
                done += 1;
                if began.elapsed() > SHARED_FOR {
                    break;
                }
            }
            let ran = &errands[..done];
            contention.before_commit(|| ran.iter().any(|errand| errand.is_abandoned()))?;
            Ok(done)
        })?;
        if errands.iter().take(done).all(|errand| errand.leaves_leases_alone()) {
            self.remembered.outlive_errands();
        }
        Ok(done)
    }
}

fn fail(errands: Errands, error: &StoreError) {
    meters::store_failed(error);
    tracing::warn!(error = %error.told(), size = errands.len(), "errands failed");
    errands.into_iter().for_each(|errand| errand.fail(Failure::of(error)));
}
