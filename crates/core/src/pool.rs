//! Pools of numbers, and the state of a number.
//!
//! A number has an instant from which it is free: leased, it is the lease's expiry plus the
//! pool's quarantine; released, it is the release plus the quarantine. So expiry needs no job
//! and is exact to the instant.

use std::time::Duration;

use crate::ids::{CustomerId, NumberId, PoolId};
use crate::phone::PhoneNumber;
use crate::region::Region;
use crate::timestamp::Timestamp;

/// Where a lease takes its numbers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// The general pool: every customer without a reserve.
    General,
    /// What was set aside for one customer.
    ReservedFor(CustomerId),
}

/// A pool: numbers that came together and rest alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// Its name, unique.
    pub name: String,
    /// Where its numbers are read.
    pub region: Region,
    /// How long a number rests after a lease.
    pub quarantine: Duration,
}

/// A number that can be leased now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeNumber {
    /// Its id.
    pub id: NumberId,
    /// As imported.
    pub number: PhoneNumber,
    /// How often it was leased before.
    pub turn: i64,
    /// How long it rests after a lease.
    pub quarantine: Duration,
}

/// The instant from which a number is free again when its lease ends at `end`.
pub fn rested(end: Timestamp, quarantine: Duration) -> Timestamp {
    end.saturating_add(quarantine)
}
