//! Chunks, each one errand.

use std::time::Instant;

use leaseline_core::Timestamp;
use leaseline_core::call::CallState;
use leaseline_core::ids::LedgerId;
use leaseline_store::load::retention::{CallKey, PastCall};
use leaseline_store::record::retention::Mark;
use leaseline_store::{StoreError, Tx, record};

use super::walk::Table;
use crate::calls::CallLedgers;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::pace::Others;
use crate::request::{Request, Way};

/// A chunk that was written.
pub(super) struct Chunk {
    /// When it was its turn to write.
    pub(super) began: Instant,
    pub(super) others: Others,
    pub(super) rows: usize,
}

impl Chunk {
    fn write(
        tx: &mut Tx<'_>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<usize, StoreError>,
    ) -> Result<Self, StoreError> {
        let began = Instant::now();
        let others = Others::of(tx.holds_off_others());
        Ok(Self { began, others, rows: work(tx)? })
    }
}

/// Users to be erased, of what has these ids; and how far the walk has come with that.
#[derive(Clone)]
pub(super) struct Erase<K> {
    pub(super) table: Table<K>,
    pub(super) past: Vec<K>,
    pub(super) mark: Option<K>,
}

impl<K: Copy + Send + 'static> Request for Erase<K> {
    type Outcome = Chunk;

    fn into_command(self, way: Way<Chunk>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, erase: &Self, _: Timestamp| {
            let chunk = Chunk::write(tx, |tx| {
                record::retention::reached(tx, (erase.table.mark)(erase.mark))?;
                (erase.table.erase)(tx, &erase.past)
            });
            chunk.map(Ok)
        })
    }
}

/// Decisions on calls to be removed. What is still set aside for some of them is let go first.
#[derive(Clone)]
pub(super) struct RemoveCalls {
    calls: Vec<CallKey>,
    holding: Vec<LedgerId>,
}

impl RemoveCalls {
    pub(super) fn new(past: Vec<PastCall>) -> Self {
        let open = past.iter().filter(|call| call.decision.state == CallState::Open);
        let mut holding: Vec<_> = open.filter_map(|call| call.ledger).collect();
        holding.sort_unstable();
        holding.dedup();
        Self { calls: past.into_iter().map(|call| call.key).collect(), holding }
    }

    fn run(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, StoreError> {
        record::retention::reached(tx, Mark::Calls)?;
        if !self.holding.is_empty() {
            CallLedgers::open(tx, &self.holding, now)?.close(tx)?;
        }
        record::retention::remove_calls(tx, &self.calls)
    }
}

impl Request for RemoveCalls {
    type Outcome = Chunk;

    fn into_command(self, way: Way<Chunk>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, removal: &Self, now: Timestamp| {
            Chunk::write(tx, |tx| removal.run(tx, now)).map(Ok)
        })
    }
}
