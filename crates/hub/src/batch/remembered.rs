//! What the writer remembers from one batch to the next, so as not to look for it in each: how many
//! leases are live, of customers who may have only so many, for which it would walk along all of them;
//! and the customers themselves, where nobody else writes while a batch does.
//!
//! This holds as long as nobody else wrote, which the count of all batches tells: between two batches of
//! ours it grows by one. When it has grown by more, by another process or by an errand that may have to do
//! with leases, all is forgotten. What the batches do themselves to leases is reckoned with, and to
//! customers they do nothing; errands may, so after one none is remembered.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use leaseline_core::Timestamp;
use leaseline_core::customer::Customer;
use leaseline_core::ids::CustomerId;
use leaseline_core::lease::LeaseGranted;
use leaseline_core::release::LeaseReleased;
use leaseline_store::load::customers::{CustomersLeases, Unreleased};
use leaseline_store::{StoreError, Tx, load};

/// Of so many customers' leases the count is remembered.
const MOST_COUNTS: usize = 1_024;

/// So many customers are remembered: some megabytes.
const MOST_CUSTOMERS: usize = 8_192;

/// Customers, by id.
pub(super) type Customers = HashMap<CustomerId, Arc<Customer>>;

/// What is remembered.
#[derive(Default)]
pub(crate) struct Remembered {
    /// How many batches there are, if all of them since then were ours.
    batches: i64,
    counts: HashMap<CustomersLeases, Count>,
    customers: Customers,
}

/// So many were live at this instant.
#[derive(Clone, Copy)]
struct Count {
    live: i64,
    at: Timestamp,
}

impl Remembered {
    /// A batch of ours was committed that left leases and customers alone: one more, and all holds.
    pub(crate) fn outlive_batch(&mut self) {
        self.batches += 1;
    }

    /// Errands were committed that left leases alone.
    pub(crate) fn outlive_errands(&mut self) {
        self.customers.clear();
        self.outlive_batch();
    }

    /// What a batch begins with that is the next one. If it fails, the customers are looked up again.
    pub(super) fn next_batch(&mut self) -> Self {
        let customers = mem::take(&mut self.customers);
        Self { batches: self.batches + 1, counts: self.counts.clone(), customers }
    }

    /// These customers, as far as they exist, held against changes until the transaction ends.
    pub(super) fn customers(
        &mut self,
        tx: &mut Tx<'_>,
        ids: &[CustomerId],
    ) -> Result<Customers, StoreError> {
        let is_alone = tx.holds_off_others();
        if is_alone {
            self.forget_unless_alone(tx)?;
        }
        let known = ids.iter().filter_map(|id| Some((*id, Arc::clone(self.customers.get(id)?))));
        let mut found: Customers = known.collect();
        let unknown: Vec<_> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        let views = load::customers::customers_unchanging(tx, &unknown)?;
        found.extend(views.into_iter().map(|(id, view)| (id, Arc::new(view.customer))));
        if is_alone {
            self.keep(&unknown, &found);
        }
        Ok(found)
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
        if self.counts.len() > MOST_COUNTS {
            self.counts.clear();
        }
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
        if batches != self.batches {
            *self = Self { batches, ..Self::default() };
        }
        Ok(())
    }

    fn keep(&mut self, ids: &[CustomerId], found: &Customers) {
        if self.customers.len() + ids.len() > MOST_CUSTOMERS {
            self.customers.clear();
        }
        let new = ids.iter().filter_map(|id| Some((*id, Arc::clone(found.get(id)?))));
        self.customers.extend(new);
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
