//! How many leases are live, of customers who may have only so many.
//!
//! To count them in each batch would be to walk along all of them. So the writer remembers what it
//! counted, what it granted and took back since, and asks only for those that expired meanwhile. This
//! holds as long as nobody else wrote, which the count of all batches tells: between two batches of
//! ours it grows by one. When it has grown by more, by another process or by an errand that may have to do
//! with leases, all is counted again.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::release::LeaseReleased;
use leaseline_store::load::customers::{CustomersLeases, Unreleased};
use leaseline_store::{StoreError, Tx, load};

/// Of so many it is remembered.
const MOST: usize = 1_024;

/// What is remembered.
#[derive(Clone, Default)]
pub(crate) struct LiveLeases {
    /// How many batches there are, if all of them since the count were ours.
    batches: i64,
    counts: HashMap<CustomersLeases, Count>,
}

/// So many were live at this instant.
#[derive(Clone, Copy)]
struct Count {
    live: i64,
    at: Timestamp,
}

impl LiveLeases {
    /// A batch of ours was committed that left leases alone: one more, and the counts hold.
    pub(crate) fn outlive_batch(&mut self) {
        self.batches += 1;
    }

    /// What a batch begins with that is the next one.
    pub(super) fn next_batch(&self) -> Self {
        Self { batches: self.batches + 1, counts: self.counts.clone() }
    }

    /// How many of these leases are live, held against other grants until the transaction ends.
    pub(super) fn count(
        &mut self,
        tx: &mut Tx<'_>,
        of: &[CustomersLeases],
        now: Timestamp,
    ) -> Result<HashMap<CustomersLeases, i64>, StoreError> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        load::customers::hold_limits(tx, of)?;
        self.forget_unless_alone(tx)?;
        let asked: Vec<_> = of.iter().map(|of| self.unseen(*of, now)).collect();
        let counted = load::customers::unreleased(tx, &asked)?;
        let live = |(of, count): (_, i64)| {
            let live = self.counts.get(&of).map_or(count, |known| known.live - count);
            self.counts.insert(of, Count { live, at: now });
            (of, live)
        };
        Ok(counted.into_iter().map(live).collect())
    }

    /// These were granted in this batch.
    pub(super) fn granted(&mut self, granted: &[&LeaseGranted]) {
        for LeaseGranted { lease, .. } in granted {
            self.add((lease.customer, lease.kind), 1);
        }
    }

    /// These were given back in this batch, before which they were live.
    pub(super) fn released(&mut self, released: &[&LeaseReleased]) {
        for lease in released {
            self.add((lease.customer, lease.kind), -1);
        }
    }

    fn forget_unless_alone(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let batches = load::writers::batches(tx)?;
        if batches != self.batches || self.counts.len() > MOST {
            *self = Self { batches, counts: HashMap::new() };
        }
        Ok(())
    }

    /// What is to be counted: of those that are remembered the ones that have expired since.
    fn unseen(&self, of: CustomersLeases, now: Timestamp) -> Unreleased {
        match self.counts.get(&of) {
            Some(known) => Unreleased { of, after: known.at, until: Some(now) },
            None => Unreleased { of, after: now, until: None },
        }
    }

    fn add(&mut self, of: CustomersLeases, more: i64) {
        if let Some(count) = self.counts.get_mut(&of) {
            count.live += more;
        }
    }
}
