//! A batch: the frequent requests that queued up while the last commit ran, decided and recorded
//! in one transaction.
//!
//! None of its callers has been answered yet, so they are all concurrent and may be taken in any
//! order: releases first, as leases can use the numbers that they free, then what books, in the
//! order in which money comes in, is taken and is set aside; leases last, so that whoever holds
//! numbers waits for nothing else. Each kind goes through prefetch, decide and
//! persist with a number of statements that does not grow with the batch.

pub(crate) mod authorise;
mod card_fees;
mod lease;
mod records;
mod release;
pub(crate) mod remembered;
mod top_up;

use leaseline_core::Timestamp;
use leaseline_core::call::Authorised;
use leaseline_core::customer::Limit;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::ledger::ToppedUp;
use leaseline_core::record::Intake;
use leaseline_core::release::LeaseReleased;
use leaseline_store::load::idempotency::KeyOwner;
use leaseline_store::record::leases::Phones;
use leaseline_store::record::records::MOST_AT_ONCE;
use leaseline_store::{Patience, StoreError, Tx, load};

use self::remembered::Remembered;
use crate::calls::CallLedgers;
use crate::failure::Failure;
use crate::idempotency::{Idempotency, KeyDesk, Settled};
use crate::inbox::{AuthoriseJob, Job, LeaseJob, RecordsJob, ReleaseJob, TopUpJob, Verdict};

/// Requests that are carried out together.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) releases: Vec<ReleaseJob>,
    pub(crate) top_ups: Vec<TopUpJob>,
    pub(crate) records: Vec<RecordsJob>,
    pub(crate) authorises: Vec<AuthoriseJob>,
    pub(crate) leases: Vec<LeaseJob>,
}

/// What was decided on each of them, in their order.
pub(crate) struct Decided {
    releases: Vec<Verdict<LeaseReleased>>,
    top_ups: Vec<Verdict<ToppedUp>>,
    records: Vec<Verdict<Vec<Intake>>>,
    authorises: Vec<Verdict<Authorised>>,
    leases: Vec<Option<Verdict<LeaseGranted>>>,
    /// What is remembered after it.
    remembered: Remembered,
}

/// What was decided on those that book.
type Booked = (Vec<Verdict<ToppedUp>>, Vec<Verdict<Vec<Intake>>>, Vec<Verdict<Authorised>>);

/// What the decisions go by besides the store.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) now: Timestamp,
    /// What was answered under a key since then is repeated.
    pub(crate) answers_since: Timestamp,
    pub(crate) max_leases_per_phone: Limit,
    pub(crate) patience: Patience,
}

impl Terms {
    /// Whether anybody asks in how many leases a phone takes part.
    const fn phones(&self) -> Phones {
        if self.max_leases_per_phone.is_set() { Phones::Counted } else { Phones::NotCounted }
    }
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.releases.len()
            + self.top_ups.len()
            + self.records.len()
            + self.authorises.len()
            + self.leases.len()
    }

    /// Whether these records fit beside those that are in it already.
    pub(crate) fn has_room_for(&self, job: &RecordsJob) -> bool {
        let records: usize = self.records.iter().map(|job| job.ask.len()).sum();
        records == 0 || records + job.ask.len() <= MOST_AT_ONCE
    }

    /// Carries all of it out inside a transaction.
    pub(crate) fn decide(
        &self,
        tx: &mut Tx<'_>,
        terms: Terms,
        remembered: &mut Remembered,
    ) -> Result<Decided, StoreError> {
        let mut remembered = remembered.next_batch();
        let mut keys = KeyDesk::open(tx, &self.keys(), terms.answers_since)?;
        let releases = release::carry_out(tx, &self.releases, &mut keys, &mut remembered, terms)?;
        let (top_ups, records, authorises) = self.book(tx, &mut keys, terms)?;
        let leases = lease::carry_out(tx, &self.leases, &mut keys, &mut remembered, terms)?;
        keys.close(tx, terms.now)?;
        Ok(Decided { releases, top_ups, records, authorises, leases, remembered })
    }

    /// All that books: who pays is looked up first, so that the ledgers of all of them are held in
    /// one order.
    fn book(
        &self,
        tx: &mut Tx<'_>,
        keys: &mut KeyDesk,
        terms: Terms,
    ) -> Result<Booked, StoreError> {
        let records = records::look_up(tx, &self.records)?;
        let asked: Vec<_> = self.authorises.iter().map(|job| &job.ask.0).collect();
        let calls = authorise::look_up(tx, &asked, terms.now)?;
        let ledgers = distinct(records.ledgers().chain(calls.ledgers()));
        let payers = distinct(self.top_ups.iter().map(|job| job.ask.0.customer));
        if !ledgers.is_empty() && !payers.is_empty() {
            let top_ups = load::ledgers::ledgers_of(tx, &payers)?;
            let all = distinct(ledgers.iter().copied().chain(top_ups));
            load::ledgers::hold(tx, &all)?;
        }
        let top_ups = top_up::carry_out(tx, &self.top_ups, keys, terms)?;
        let mut ledgers = CallLedgers::open(tx, &ledgers, terms.now)?;
        let records = records::carry_out(tx, records, &self.records, &mut ledgers, terms)?;
        let authorises = authorise::carry_out(tx, calls, &self.authorises, &mut ledgers, terms)?;
        ledgers.close(tx)?;
        Ok((top_ups, records, authorises))
    }

    /// Tells the callers what was decided, and the writer what it is to remember. Those lease
    /// requests that met numbers which another process held are handed back: they are not decided
    /// yet.
    pub(crate) fn answer(self, decided: Decided, remembered: &mut Remembered) -> Vec<LeaseJob> {
        *remembered = decided.remembered;
        answer_all(self.releases, decided.releases);
        answer_all(self.top_ups, decided.top_ups);
        answer_all(self.records, decided.records);
        answer_all(self.authorises, decided.authorises);
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
        self.records.into_iter().for_each(|job| job.answer(Err(failure)));
        self.authorises.into_iter().for_each(|job| job.answer(Err(failure)));
        self.leases.into_iter().for_each(|job| job.answer(Err(failure)));
    }

    /// The same requests, each in a batch of its own.
    pub(crate) fn one_by_one(self) -> impl Iterator<Item = Self> {
        let releases = self.releases.into_iter().map(Self::of_release);
        let top_ups = self.top_ups.into_iter().map(Self::of_top_up);
        let records = self.records.into_iter().map(Self::of_records);
        let authorises = self.authorises.into_iter().map(Self::of_authorise);
        let leases = self.leases.into_iter().map(Self::of_lease);
        releases.chain(top_ups).chain(records).chain(authorises).chain(leases)
    }

    pub(crate) fn of_release(job: ReleaseJob) -> Self {
        Self { releases: vec![job], ..Self::default() }
    }

    pub(crate) fn of_top_up(job: TopUpJob) -> Self {
        Self { top_ups: vec![job], ..Self::default() }
    }

    fn of_records(job: RecordsJob) -> Self {
        Self { records: vec![job], ..Self::default() }
    }

    fn of_authorise(job: AuthoriseJob) -> Self {
        Self { authorises: vec![job], ..Self::default() }
    }

    pub(crate) fn of_lease(job: LeaseJob) -> Self {
        Self { leases: vec![job], ..Self::default() }
    }

    /// Leaves out those whose callers have given up: they would hear nothing of it.
    pub(crate) fn drop_abandoned(&mut self) {
        self.releases.retain(|job| !job.is_abandoned());
        self.top_ups.retain(|job| !job.is_abandoned());
        self.records.retain(|job| !job.is_abandoned());
        self.authorises.retain(|job| !job.is_abandoned());
        self.leases.retain(|job| !job.is_abandoned());
    }

    /// Whether somebody has given up.
    pub(crate) fn has_abandoned(&self) -> bool {
        self.releases.iter().any(Job::is_abandoned)
            || self.top_ups.iter().any(Job::is_abandoned)
            || self.records.iter().any(Job::is_abandoned)
            || self.authorises.iter().any(Job::is_abandoned)
            || self.leases.iter().any(Job::is_abandoned)
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
