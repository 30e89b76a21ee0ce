//! Requests that are rare enough to be decided and recorded one after another.

use leaseline_core::{Refusal, Timestamp};
use leaseline_store::{StoreError, Tx};

use crate::failure::Failure;
use crate::idempotency::KeyDesk;
use crate::inbox::{Job, Verdict};

/// A rare request with its way back.
pub trait Errand: Send {
    /// Decides it and records the decision; may be called again after a rollback. What was answered
    /// under its key since an instant is repeated.
    fn run(
        &mut self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        answers_since: Timestamp,
    ) -> Result<(), StoreError>;

    /// Tells the caller what the last run decided.
    fn answer(self: Box<Self>);

    /// Tells the caller that it was not carried out.
    fn fail(self: Box<Self>, failure: Failure);

    /// Whether the caller has given up.
    fn is_abandoned(&self) -> bool;

    /// Whether it leaves all leases and who may have how many as they are.
    fn leaves_leases_alone(&self) -> bool;
}

/// What is done on an errand: decide first, then record.
pub(crate) trait Work<A, O>:
    Fn(&mut Tx<'_>, &A, Timestamp) -> Result<Result<O, Refusal>, StoreError> + Send
{
}

impl<A, O, F> Work<A, O> for F where
    F: Fn(&mut Tx<'_>, &A, Timestamp) -> Result<Result<O, Refusal>, StoreError> + Send
{
}

pub(crate) struct RareJob<A, O, W> {
    job: Job<A, O>,
    work: W,
    leaves_leases_alone: bool,
    verdict: Option<Verdict<O>>,
}

impl<A, O, W: Work<A, O>> RareJob<A, O, W> {
    pub(crate) const fn new(job: Job<A, O>, work: W) -> Self {
        Self { job, work, leaves_leases_alone: false, verdict: None }
    }

    /// One that has nothing to do with leases.
    pub(crate) fn beside_leases(job: Job<A, O>, work: W) -> Self {
        Self { leaves_leases_alone: true, ..Self::new(job, work) }
    }
}

impl<A: Send, O: Send, W: Work<A, O>> Errand for RareJob<A, O, W> {
    fn run(
        &mut self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        answers_since: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.job.key.as_ref();
        let owners: Vec<_> = key.iter().map(|key| key.owner()).collect();
        let mut keys = KeyDesk::open(tx, &owners, answers_since)?;
        let verdict = match keys.before(key) {
            Some(verdict) => verdict,
            None => {
                let decided = tx.undo_if_refused(|tx| (self.work)(tx, &self.job.ask, now))?;
                keys.after(key, decided)
            }
        };
        keys.close(tx, now)?;
        self.verdict = Some(verdict);
        Ok(())
    }

    fn answer(self: Box<Self>) {
        let verdict = self.verdict.map(|verdict| verdict.map_err(Failure::Refused));
        self.job.answer(verdict.unwrap_or(Err(Failure::Unavailable)));
    }

    fn fail(self: Box<Self>, failure: Failure) {
        self.job.answer(Err(failure));
    }

    fn is_abandoned(&self) -> bool {
        self.job.is_abandoned()
    }

    fn leaves_leases_alone(&self) -> bool {
        self.leaves_leases_alone
    }
}
