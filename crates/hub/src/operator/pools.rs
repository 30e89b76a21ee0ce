//! Pools and their numbers.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::phone::PhoneNumber;
use leaseline_store::{Tx, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// A pool of numbers for leases, to be made.
#[derive(Clone, Debug)]
pub struct NewPool {
    /// Its name, unique.
    pub name: String,
    /// The code of the region in which its numbers are read, such as `MY`.
    pub region: String,
    /// How long its numbers rest after a lease.
    pub quarantine: Duration,
}

/// Numbers to be put into a pool, in their order. Those that are in a pool already stay there.
/// The outcome is how many were new.
#[derive(Clone, Debug)]
pub struct NewNumbers {
    /// Which pool.
    pub pool: PoolId,
    /// The numbers.
    pub numbers: Vec<PhoneNumber>,
}

impl Request for NewPool {
    type Outcome = PoolId;

    fn into_command(self, way: Way<PoolId>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::numbers::new_pool(tx, &new.name, &new.region, new.quarantine).map(Ok)
        })
    }
}

impl Request for NewNumbers {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::numbers::new_numbers(tx, new.pool, &new.numbers).map(Ok)
        })
    }
}
