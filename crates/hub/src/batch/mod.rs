//! A batch: the frequent requests that queued up while the last commit ran, decided and recorded
//! in one transaction.
//!
//! None of its callers has been answered yet, so they are all concurrent and may be taken in any
//! order: releases first, as leases can use the numbers that they free, leases last, so that
//! whoever holds numbers waits for nothing else. Each kind goes through prefetch, decide and
//! persist with a number of statements that does not grow with the batch.

mod lease;
mod release;
mod top_up;

use leaseline_core::Timestamp;
use leaseline_core::customer::Limit;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::ledger::ToppedUp;
use leaseline_core::release::LeaseReleased;
use leaseline_store::load::idempotency::KeyOwner;
use leaseline_store::{Patience, StoreError, Tx};

use crate::failure::Failure;
use crate::idempotency::{Idempotency, KeyDesk, Settled};
use crate::inbox::{Job, LeaseJob, ReleaseJob, TopUpJob, Verdict};

/// Requests that are carried out together.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) releases: Vec<ReleaseJob>,
    pub(crate) top_ups: Vec<TopUpJob>,
    pub(crate) leases: Vec<LeaseJob>,
}

/// What was decided on each of them, in their order.
pub(crate) struct Decided {
    releases: Vec<Verdict<LeaseReleased>>,
    top_ups: Vec<Verdict<ToppedUp>>,
    leases: Vec<Option<Verdict<LeaseGranted>>>,
}

/// What the decisions go by besides the store.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) now: Timestamp,
    pub(crate) max_leases_per_phone: Limit,
    pub(crate) patience: Patience,
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.releases.len() + self.top_ups.len() + self.leases.len()
    }

    /// Carries all of it out inside a transaction.
    pub(crate) fn decide(&self, tx: &mut Tx<'_>, terms: Terms) -> Result<Decided, StoreError> {
        let mut keys = KeyDesk::open(tx, &self.keys(), terms.now)?;
        let releases = release::carry_out(tx, &self.releases, &mut keys, terms)?;
        let top_ups = top_up::carry_out(tx, &self.top_ups, &mut keys, terms)?;
        let leases = lease::carry_out(tx, &self.leases, &mut keys, terms)?;
        keys.close(tx, terms.now)?;
        Ok(Decided { releases, top_ups, leases })
    }

    /// Tells the callers what was decided. Those lease requests that met numbers which another
    /// process held are handed back: they are not decided yet.
    pub(crate) fn answer(self, decided: Decided) -> Vec<LeaseJob> {
        answer_all(self.releases, decided.releases);
        answer_all(self.top_ups, decided.top_ups);
        let mut undecided = Vec::new();
        for (job, verdict) in self.leases.into_iter().zip(decided.leases) {
            match verdict {
                Some(verdict) => job.answer(verdict.map_err(Failure::Refused)),
                None => undecided.push(job),
            }
        }
        undecided
    }

    /// Tells all callers that nothing was done.
    pub(crate) fn fail(self, failure: Failure) {
        self.releases.into_iter().for_each(|job| job.answer(Err(failure)));
        self.top_ups.into_iter().for_each(|job| job.answer(Err(failure)));
        self.leases.into_iter().for_each(|job| job.answer(Err(failure)));
    }

    /// The same requests, each in a batch of its own.
    pub(crate) fn one_by_one(self) -> impl Iterator<Item = Self> {
        let releases = self.releases.into_iter().map(Self::of_release);
        let top_ups = self.top_ups.into_iter().map(Self::of_top_up);
        let leases = self.leases.into_iter().map(Self::of_lease);
        releases.chain(top_ups).chain(leases)
    }

    pub(crate) fn of_release(job: ReleaseJob) -> Self {
        Self { releases: vec![job], ..Self::default() }
    }

    pub(crate) fn of_top_up(job: TopUpJob) -> Self {
        Self { top_ups: vec![job], ..Self::default() }
    }

    pub(crate) fn of_lease(job: LeaseJob) -> Self {
        Self { leases: vec![job], ..Self::default() }
    }

    /// Leaves out those whose callers have given up: they would hear nothing of it.
    pub(crate) fn drop_abandoned(&mut self) {
        self.releases.retain(|job| !job.is_abandoned());
        self.top_ups.retain(|job| !job.is_abandoned());
        self.leases.retain(|job| !job.is_abandoned());
    }

    fn keys(&self) -> Vec<&KeyOwner> {
        let releases = self.releases.iter().filter_map(|job| job.key.as_ref());
        let top_ups = self.top_ups.iter().filter_map(|job| job.key.as_ref());
        let leases = self.leases.iter().filter_map(|job| job.key.as_ref());
        releases
            .map(Idempotency::owner)
            .chain(top_ups.map(Idempotency::owner))
            .chain(leases.map(Idempotency::owner))
            .collect()
    }
}

fn answer_all<A, O>(jobs: Vec<Job<A, O>>, verdicts: Vec<Verdict<O>>) {
    for (job, verdict) in jobs.into_iter().zip(verdicts) {
        job.answer(verdict.map_err(Failure::Refused));
    }
}

/// Those of the verdicts that are new outcomes, to be recorded.
fn fresh<'a, O>(verdicts: impl Iterator<Item = &'a Verdict<O>>) -> Vec<&'a O>
where
    O: 'a,
{
    verdicts
        .filter_map(|verdict| match verdict {
            Ok(Settled::Fresh(outcome)) => Some(outcome),
            Ok(Settled::Repeated(_)) | Err(_) => None,
        })
        .collect()
}

/// Each of these once.
fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
