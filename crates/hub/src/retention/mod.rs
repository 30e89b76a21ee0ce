//! Retention: what is older than its term goes, in chunks, each an ordinary request between others.
//!
//! Leases and records are walked in the order of their ids, which is that of time, from where an
//! earlier run had come; their rows stay, people's phones in them go. Decisions on calls are walked
//! from the first on, as there are no more of them than a term has. What is read goes past the writer;
//! only what has to go passes through it. A run that is cut off has done what it has done, and the next
//! one goes on from there; several at once do one another's work.

mod chunks;
mod walk;

use leaseline_core::retention::{Horizons, RetentionTerms};
use leaseline_store::load::retention::PastCall;
use leaseline_store::record::retention::MOST_AT_ONCE;
use leaseline_store::{Tx, load};

use self::chunks::{Chunk, RemoveCalls};
use self::walk::{LEASES, RECORDS};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::pace::Pace;
use crate::sweeper::ForgetAnswers;

/// How much went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Users of leases whose phone and IMSI were erased.
    pub users: usize,
    /// Records of calls, faxes and messages of which parties and texts were erased.
    pub records: usize,
    /// Decisions on calls that were removed.
    pub decisions: usize,
    /// Answers under idempotency keys that were removed.
    pub answers: usize,
}

/// One run.
struct Run<'a> {
    hub: &'a Hub,
    horizons: Horizons,
    pace: Pace,
    gone: Retained,
    told: &'a mut (dyn FnMut(Retained) + Send),
}

impl Hub {
    /// Erases and removes what is older than these terms; `told` hears after each chunk how much
    /// went so far. Live leases, what is set aside for calls and ledgers are not touched.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; what was done until then stays done, and the next
    /// run goes on from there.
    pub async fn retain(
        &self,
        terms: RetentionTerms,
        told: &mut (dyn FnMut(Retained) + Send),
    ) -> Result<Retained, Failure> {
        let horizons = terms.horizons(self.now());
        let most = usize::try_from(MOST_AT_ONCE).unwrap_or(usize::MAX);
        let pace = Pace::new(most);
        let mut run = Run { hub: self, horizons, pace, gone: Retained::default(), told };
        let marks = self.read_patiently(load::retention::marks).await?;
        run.walk(LEASES, marks.leases).await?;
        run.walk(RECORDS, marks.records).await?;
        run.calls().await?;
        run.answers().await?;
        Ok(run.gone)
    }
}

impl Run<'_> {
    /// All decisions on calls, page by page.
    async fn calls(&mut self) -> Result<(), Failure> {
        let mut after = None;
        loop {
            let read =
                move |tx: &mut Tx<'_>| load::retention::calls(tx, after.as_ref(), MOST_AT_ONCE);
            let mut past = self.hub.read_patiently(read).await?;
            let Some(last) = past.last() else { return Ok(()) };
            after = Some(last.key.clone());
            past.retain(|call| self.horizons.are_past(&call.decision));
            self.remove(past).await?;
        }
    }

    async fn remove(&mut self, mut past: Vec<PastCall>) -> Result<(), Failure> {
        while !past.is_empty() {
            let removal = RemoveCalls::new(self.next_of(&mut past));
            self.gone.decisions += self.write(|| removal.clone()).await?;
            (self.told)(self.gone);
        }
        Ok(())
    }

    async fn answers(&mut self) -> Result<(), Failure> {
        let forget = ForgetAnswers { before: self.horizons.answers };
        loop {
            self.pace.rest().await;
            match self.hub.insist(|| forget).await? {
                0 => return Ok(()),
                some => self.gone.answers += some,
            }
            (self.told)(self.gone);
        }
    }

    /// Has a chunk written after a rest, and says how many rows it changed.
    async fn write<R>(&mut self, chunk: impl Fn() -> R) -> Result<usize, Failure>
    where
        R: crate::Request<Outcome = Chunk>,
    {
        self.pace.rest().await;
        let written = self.hub.insist(chunk).await?;
        self.pace.wrote(written.began.elapsed(), written.others);
        Ok(written.rows)
    }

    /// Takes the next chunk out of what was read.
    fn next_of<T>(&self, left: &mut Vec<T>) -> Vec<T> {
        let later = left.split_off(left.len().min(self.pace.chunk()));
        std::mem::replace(left, later)
    }
}
