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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_is_begun_is_paid() {
        let check = |(block, rate), seconds: u64, expected: Option<(i64, u64, &str)>| {
            let block = BlockSeconds::new(block).expect("at least a second");
            let tariff = BlockTariff { block, rate: BlockRate::new(rate).expect("not negative") };
            let rated = tariff.cost(seconds).ok();
            let rated = rated.map(|it| (it.cost.get(), it.billed_seconds, it.trace.to_string()));
            let expected = expected.map(|(cost, billed, trace)| (cost, billed, trace.to_owned()));
            assert_eq!(rated, expected, "{seconds} s");
        };
        check((20, 1), 0, Some((0, 0, "")));
        check((20, 1), 1, Some((1, 20, "1 blocks of 20 s at 0.0001: 0.0001")));
        check((20, 2), 20, Some((2, 20, "1 blocks of 20 s at 0.0002: 0.0002")));
        check((20, 2), 21, Some((4, 40, "2 blocks of 20 s at 0.0002: 0.0004")));
        check((60, 0), 61, Some((0, 120, "2 blocks of 60 s at 0.0000: 0.0000")));
        check((7, 13), 700, Some((1_300, 700, "100 blocks of 7 s at 0.0013: 0.1300")));
        check((1, i64::MAX), 2, None);
        check((1, 1), u64::MAX, None);
    }
}
