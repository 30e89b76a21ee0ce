//! What a call on a leased number costs: whole blocks at a rate.

use crate::customer::{BlockRate, BlockSeconds, ServiceTerms};
use crate::money::Credits;
use crate::rating::{CostOverflow, Rated, Trace, TraceLine};

/// Whole blocks of seconds, each at a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockTariff {
    /// A block.
    pub block: BlockSeconds,
    /// What each costs, one that is begun like a whole one.
    pub rate: BlockRate,
}

impl BlockTariff {
    /// The tariff of a kind of lease.
    pub const fn of(terms: ServiceTerms) -> Self {
        Self { block: terms.charge_block, rate: terms.charge_rate }
    }

    /// What a call of so many seconds costs. One of no seconds costs nothing.
    ///
    /// # Errors
    /// [`CostOverflow`].
    pub fn cost(self, seconds: u64) -> Result<Rated, CostOverflow> {
        if seconds == 0 {
            return Ok(Rated { cost: Credits::ZERO, billed_seconds: 0, trace: Trace::empty() });
        }
        let seconds = i64::try_from(seconds).map_err(|_| CostOverflow)?;
        let blocks = self.blocks(seconds);
        let cost = self.price_of(seconds).ok_or(CostOverflow)?;
        let billed = blocks.saturating_mul(self.block.get());
        let trace = Trace::new(vec![TraceLine::Blocks {
            blocks,
            block: self.block,
            rate: self.rate,
            cost,
        }]);
        Ok(Rated { cost, billed_seconds: billed.unsigned_abs(), trace })
    }

    /// How many blocks a credit covers; `None` where they cost nothing: then every credit covers
    /// all of them, one below zero too.
    pub(super) fn covered_blocks(self, available: Credits) -> Option<i64> {
        available.get().checked_div_euclid(self.rate.get())
    }

    /// What so many seconds cost.
    pub(super) fn price_of(self, seconds: i64) -> Option<Credits> {
        self.blocks(seconds).checked_mul(self.rate.get()).map(Credits::new)
    }

    const fn blocks(self, seconds: i64) -> i64 {
        let rest = if seconds % self.block.get() > 0 { 1 } else { 0 };
        seconds / self.block.get() + rest
    }
}
