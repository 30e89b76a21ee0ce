//! The writer: one thread that takes what queued up while its last commit ran, carries it out in
//! one transaction, and answers after the commit. Nobody waits for a timer: a lone caller's
//! request is a batch of one.

mod errands;
mod filing;

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use leaseline_core::customer::Limit;
use leaseline_store::{Patience, Store, StoreError};
use tokio::sync::mpsc::Receiver;

pub(crate) use self::filing::Unfiled;
use crate::batch::remembered::Remembered;
use crate::batch::{Batch, Decided, Terms};
use crate::clock::Now;
use crate::desk::Desk;
use crate::errand::Errand;
use crate::failure::Failure;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::meters;
use crate::room::InboxRoom;

/// After so long on one batch, what is left of it is told to try again: its callers are about to
/// give up.
const BATCH_DEADLINE: Duration = Duration::from_millis(1_500);

pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) now: Arc<Now>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) inbox: Receiver<Command>,
    pub(crate) room: Arc<InboxRoom>,
    pub(crate) batch_limit: usize,
    pub(crate) max_leases_per_phone: Limit,
    pub(crate) answers_kept: Duration,
    pub(crate) desk: Desk,
    pub(crate) remembered: Remembered,
    pub(crate) unfiled: Unfiled,
    /// What came while a batch was gathered and did not fit into it.
    pub(crate) left_over: Option<Command>,
}

/// What is done in one go.
struct Round {
    batch: Batch,
    errands: Vec<Box<dyn Errand>>,
    /// Whether more may have waited than was taken.
    is_full: bool,
}

impl Writer {
    /// Starts its thread, which ends when every sender is gone and the inbox is empty.
    pub(crate) fn start(self) -> io::Result<JoinHandle<()>> {
        let thread = thread::Builder::new().name("leaseline-writer".into());
        thread.spawn(move || self.run())
    }

    fn run(mut self) {
        while let Some(first) = self.left_over.take().or_else(|| self.inbox.blocking_recv()) {
            let began = Instant::now();
            self.room.taken();
            let Round { batch, errands, is_full } = self.gather(first);
            let (count, leases) = (batch.len() + errands.len(), batch.leases.len());
            if batch.len() > 0 {
                self.carry_out(batch);
            }
            self.run_errands(errands);
            self.file_leases(leases);
            let left = self.inbox.len() + usize::from(self.left_over.is_some());
            match is_full {
                true => self.room.done(count, began.elapsed(), left),
                false => self.room.done_with_all(),
            }
        }
    }

    fn gather(&mut self, first: Command) -> Round {
        let mut batch = Batch::default();
        let mut errands = Vec::new();
        let mut is_full = false;
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Lease(job) => batch.leases.push(job),
                Command::Release(job) => batch.releases.push(job),
                Command::TopUp(job) => batch.top_ups.push(job),
                Command::Authorise(job) => batch.authorises.push(job),
                Command::Records(job) if batch.has_room_for(&job) => batch.records.push(job),
                Command::Records(job) => {
                    self.left_over = Some(Command::Records(job));
                    is_full = true;
                    break;
                }
                Command::Errand(errand) => errands.push(errand),
            }
            is_full = batch.len() + errands.len() >= self.batch_limit
                || errands.len() >= self.most_errands();
            next = if is_full { None } else { self.inbox.try_recv().ok() };
        }
        self.room.took_errands(errands.len());
        batch.drop_abandoned();
        errands.retain(|errand| !errand.is_abandoned());
        Round { batch, errands, is_full }
    }

    fn carry_out(&mut self, mut batch: Batch) {
        let began = Instant::now();
        match self.try_batch(&batch, self.store.patience()) {
            Ok(decided) => {
                meters::batch_committed(batch.len(), began.elapsed());
                let undecided =
                    batch.answer(decided, &mut self.remembered).into_iter().map(Batch::of_lease);
                undecided.for_each(|alone| self.carry_out_alone(alone, began));
            }
            // Who has given up is left out; the others are still together.
            Err(StoreError::GivenUp) => {
                batch.drop_abandoned();
                if batch.len() > 0 {
                    self.carry_out(batch);
                }
            }
            Err(error) => {
                tracing::warn!(error = %error.told(), size = batch.len(), "a batch failed");
                if !self.may_replay(&error, batch.len()) {
                    meters::store_failed(&error);
                    return batch.fail(Failure::of(&error));
                }
                meters::batch_replayed();
                batch.one_by_one().for_each(|alone| self.carry_out_alone(alone, began));
            }
        }
    }

    /// One request by itself: what failed in company must not drag its neighbours along.
    fn carry_out_alone(&mut self, mut batch: Batch, began: Instant) {
        batch.drop_abandoned();
        if batch.len() == 0 {
            return;
        }
        if began.elapsed() > BATCH_DEADLINE {
            return batch.fail(Failure::Locked);
        }
        match self.try_batch(&batch, Patience::Wait) {
            Ok(decided) => {
                let undecided = batch.answer(decided, &mut self.remembered);
                debug_assert!(undecided.is_empty(), "who waits for numbers gets an answer");
            }
            Err(error) => {
                meters::store_failed(&error);
                tracing::warn!(error = %error.told(), "a request failed");
                batch.fail(Failure::of(&error));
            }
        }
    }

    /// What may have been committed is not done again, what was alone has waited for its lock,
    /// and a store that is away will not come back within this batch.
    fn may_replay(&mut self, error: &StoreError, size: usize) -> bool {
        let in_vain = match error {
            StoreError::UnknownCommit(_) => true,
            StoreError::Busy(_) | StoreError::GivenUp => size == 1,
            _ => false,
        };
        !in_vain && self.desk.is_connected(&self.store)
    }

    fn try_batch(&mut self, batch: &Batch, patience: Patience) -> Result<Decided, StoreError> {
        let now = self.now.now();
        let answers_since = now.saturating_sub(self.answers_kept);
        let max_leases_per_phone = self.max_leases_per_phone;
        let terms = Terms { now, answers_since, max_leases_per_phone, patience };
        let Self { desk, store, ids, remembered, .. } = self;
        let contention = desk.contention();
        desk.commit(store, &**ids, now, |tx| {
            let decided = batch.decide(tx, terms, remembered)?;
            contention.before_commit(|| batch.has_abandoned())?;
            Ok(decided)
        })
    }
}
