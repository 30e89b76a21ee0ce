//! Pools and their numbers.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::{NewNumber, Pool, PoolChange, PoolTerms};
use leaseline_core::region::RegionCode;
use leaseline_store::{Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// A pool of numbers for leases, to be made.
#[derive(Clone, Debug)]
pub struct NewPool {
    /// Its name, unique.
    pub name: String,
    /// The region in which its numbers are read.
    pub region: RegionCode,
    /// How long its numbers rest after a lease.
    pub quarantine: Duration,
}

/// Numbers to be put into a pool, in their order, and visible at once: so many as one short
/// transaction can take. For more there is an [`Import`](super::Import). Those that are in a pool
/// already stay there. The outcome is how many were new.
#[derive(Clone, Debug)]
pub struct NewNumbers {
    /// Which pool.
    pub pool: PoolId,
    /// The numbers.
    pub numbers: Vec<PhoneNumber>,
}

impl NewPool {
    fn terms(&self) -> PoolTerms {
        let (region, quarantine) = (Some(self.region), Some(self.quarantine));
        let known = PoolChange { region, quarantine, ..PoolChange::default() };
        PoolTerms::of_new(known).expect("a region is all that a new pool must have")
    }
}

impl Request for NewPool {
    type Outcome = PoolId;

    fn into_command(self, way: Way<PoolId>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::pools::new_pool(tx, &new.name, &new.terms()).map(Ok)
        })
    }
}

impl Request for NewNumbers {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        let new = |number| NewNumber { number, place: None };
        let numbers: Vec<_> = self.numbers.into_iter().map(new).collect();
        way.errand((self.pool, numbers), |tx: &mut Tx<'_>, (pool, numbers), now: Timestamp| {
            record::numbers::new_numbers(tx, *pool, numbers, now).map(Ok)
        })
    }
}

impl Hub {
    /// The pool of this name.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn pool(&self, name: &str) -> Result<Option<Pool>, Failure> {
        let name = name.to_owned();
        self.read(move |tx| load::pools::pool(tx, &name)).await
    }

    /// Every pool's name, in the order of their ids.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn pool_names(&self) -> Result<Vec<(PoolId, String)>, Failure> {
        self.read(load::inventory::pool_names).await
    }

    /// How many numbers a pool has, those of an import that is not live left out. They are counted
    /// one by one: this is for an operator who waits, not for a request.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn count_numbers(&self, pool: PoolId) -> Result<u64, Failure> {
        let count = self.read_patiently(move |tx| load::pools::numbers(tx, pool)).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
