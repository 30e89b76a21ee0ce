//! Reading: through a pool of connections of its own, so that it never queues behind a writer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use leaseline_core::Refusal;
use leaseline_core::api_user::Caller;
use leaseline_core::customer::CustomerView;
use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::{Lease, LeaseKind};
use leaseline_store::{ReadPool, StoreError, Tx, load};
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::hub::{Hub, lock};
use crate::meters;
use crate::operator::TokenRecord;

/// So many readers may wait for a connection.
const MOST_WAITING: usize = 4_096;

/// The readers' side of the hub.
pub(crate) struct Readers {
    /// None once the hub is closed.
    pool: Mutex<Option<ReadPool>>,
    connections: Semaphore,
    waiting: AtomicUsize,
}

impl Readers {
    pub(crate) fn new(pool: ReadPool, connections: usize) -> Self {
        Self {
            pool: Mutex::new(Some(pool)),
            connections: Semaphore::new(connections),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Lets go of the connections. SQLite tidies up its files when the last one is closed.
    pub(crate) fn close(&self) {
        drop(lock(&self.pool).take());
    }

    /// How many read, or wait for a connection.
    pub(crate) fn in_flight(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Reads on a thread that may block; at most as many at a time as there are connections.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = Place::take(&self.waiting)?;
        let permit = self.connections.acquire().await.map_err(|_| Failure::Unavailable)?;
        let pool = lock(&self.pool).clone().ok_or(Failure::Unavailable)?;
        let read = tokio::task::spawn_blocking(move || pool.read(work)).await;
        drop(permit);
        match read {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                meters::store_failed(&error);
                tracing::warn!(error = %error.told(), "a read failed");
                Err(Failure::of(&error))
            }
            Err(error) => {
                // Not the error's own words: they quote the panic's message.
                let cancelled = error.is_cancelled();
                tracing::error!(cancelled, "a read panicked");
                Err(Failure::Unavailable)
            }
        }
    }
}

/// A place in the bounded queue for connections, given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, Failure> {
        let place = Self(waiting);
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        if before < MOST_WAITING { Ok(place) } else { Err(Failure::Overloaded) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Hub {
    /// The live lease of this kind with this reference, if the caller may see it.
    ///
    /// # Errors
    /// [`Refusal::LeaseUnknown`] otherwise; [`Failure`] when the store does not answer.
    pub async fn live_lease(
        &self,
        caller: &Caller,
        id: LeaseId,
        kind: LeaseKind,
    ) -> Result<Lease, Failure> {
        let found = self.read(move |tx| load::leases::lease(tx, id)).await?;
        let now = self.now();
        let visible = |lease: &Lease| {
            lease.kind == kind && lease.is_live(now) && caller.reaches(lease.customer)
        };
        found.filter(visible).ok_or(Failure::Refused(Refusal::LeaseUnknown))
    }

    /// A customer with its balance.
    ///
    /// # Errors
    /// [`Refusal::NotYourCustomer`] or [`Refusal::CustomerUnknown`]; [`Failure`] when the store
    /// does not answer.
    pub async fn customer(&self, caller: &Caller, id: CustomerId) -> Result<CustomerView, Failure> {
        if !caller.reaches(id) {
            return Err(Failure::Refused(Refusal::NotYourCustomer));
        }
        let found = self.read(move |tx| load::customers::customers(tx, &[id])).await?;
        Ok(caller.customer(id, found.into_values().next())?)
    }

    /// All tokens that were issued here or revoked, the oldest first.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, Failure> {
        self.read(load::users::tokens).await
    }
}
