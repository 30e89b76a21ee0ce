//! Pools of numbers, and the state of a number.
//!
//! A number has an instant from which it is free: leased, it is the lease's expiry plus the
//! pool's quarantine; released, it is the release plus the quarantine. So expiry needs no job
//! and is exact to the instant.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::customer::MissingField;
use crate::ids::{CustomerId, NumberId, PoolId};
use crate::phone::PhoneNumber;
use crate::region::RegionCode;
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
    /// What holds for its numbers.
    pub terms: PoolTerms,
}

/// What holds for the numbers of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolTerms {
    /// What they are for.
    pub purpose: Purpose,
    /// The country they are of, as it is shown.
    pub country: Option<String>,
    /// The city they are of, as it is shown.
    pub city: Option<String>,
    /// Where they are read.
    pub region: RegionCode,
    /// How long one rests after a lease.
    pub quarantine: Duration,
    /// What they can be subscribed for.
    pub services: BTreeSet<Service>,
    /// What a subscription costs once.
    pub setup_fee: Fee,
    /// What it costs each month.
    pub monthly_fee: Fee,
}

/// What numbers are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To be leased for a while.
    Lease,
    /// To be subscribed to; never leased.
    Did,
}

/// What a number can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Calls.
    Voice,
    /// Faxes.
    Fax,
    /// Text messages.
    Sms,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 3] = [Self::Voice, Self::Fax, Self::Sms];

    /// The word for it that all documents and files share.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Fax => "fax",
            Self::Sms => "sms",
        }
    }
}

/// A price: zero or more credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fee(i64);

/// A change of a pool's terms: what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolChange {
    /// What its numbers are for; an existing pool's stays.
    pub purpose: Option<Purpose>,
    /// Their country.
    pub country: Option<String>,
    /// Their city.
    pub city: Option<String>,
    /// Where they are read.
    pub region: Option<RegionCode>,
    /// How long one rests.
    pub quarantine: Option<Duration>,
    /// What they can be subscribed for.
    pub services: Option<BTreeSet<Service>>,
    /// What a subscription costs once.
    pub setup_fee: Option<Fee>,
    /// What it costs each month.
    pub monthly_fee: Option<Fee>,
}

/// A pool for leases was to become one for subscriptions, or the other way round: its numbers
/// may be in somebody's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the purpose of a pool does not change")]
pub struct PurposeStays;

/// A number on its way into a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNumber {
    /// As written, and in its normal form.
    pub number: PhoneNumber,
    /// Where it is, if that is not where its pool is. Shared: few places have many numbers.
    pub place: Option<Arc<Place>>,
}

/// Where a number is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The country, as it is shown.
    pub country: Option<String>,
    /// The city, as it is shown.
    pub city: Option<String>,
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

impl PoolTerms {
    /// The terms of a new pool. Unless told otherwise its numbers are leased, do not rest, carry
    /// voice and cost nothing.
    ///
    /// # Errors
    /// [`MissingField`]: a region has no default.
    pub fn of_new(known: PoolChange) -> Result<Self, MissingField> {
        Ok(Self {
            purpose: known.purpose.unwrap_or(Purpose::Lease),
            country: known.country,
            city: known.city,
            region: known.region.ok_or(MissingField("region"))?,
            quarantine: known.quarantine.unwrap_or_default(),
            services: known.services.unwrap_or_else(|| BTreeSet::from([Service::Voice])),
            setup_fee: known.setup_fee.unwrap_or_default(),
            monthly_fee: known.monthly_fee.unwrap_or_default(),
        })
    }

    /// These terms after the change.
    ///
    /// # Errors
    /// [`PurposeStays`].
    pub fn changed(self, change: PoolChange) -> Result<Self, PurposeStays> {
        if change.purpose.is_some_and(|purpose| purpose != self.purpose) {
            return Err(PurposeStays);
        }
        Ok(Self {
            purpose: self.purpose,
            country: change.country.or(self.country),
            city: change.city.or(self.city),
            region: change.region.unwrap_or(self.region),
            quarantine: change.quarantine.unwrap_or(self.quarantine),
            services: change.services.unwrap_or(self.services),
            setup_fee: change.setup_fee.unwrap_or(self.setup_fee),
            monthly_fee: change.monthly_fee.unwrap_or(self.monthly_fee),
        })
    }
}

impl Fee {
    /// That many credits; `None` below 0.
    pub const fn new(credits: i64) -> Option<Self> {
        if credits < 0 { None } else { Some(Self(credits)) }
    }

    /// How many credits.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The instant from which a number is free again when its lease ends at `end`.
pub fn rested(end: Timestamp, quarantine: Duration) -> Timestamp {
    end.saturating_add(quarantine)
}
