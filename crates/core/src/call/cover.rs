//! How far a credit reaches.

use crate::call::BlockTariff;
use crate::money::Credits;
use crate::rating::{LONGEST_CALL_SECONDS, Rate, Usage};

/// How long a call may last, and what is set aside for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Seconds; none is as long as it likes.
    pub max_seconds: Option<i64>,
    /// What it costs if it lasts that long; nothing where nothing limits it.
    pub hold: Credits,
}

impl Cover {
    /// That of a call that costs nothing.
    pub const fn free(longest: Option<i64>) -> Self {
        Self { max_seconds: longest, hold: Credits::ZERO }
    }

    /// How far a credit reaches by blocks, at most `longest` seconds; a credit of `None` has no
    /// end. `None` when it does not cover one block.
    pub fn by_blocks(
        tariff: BlockTariff,
        available: Option<Credits>,
        longest: Option<i64>,
    ) -> Option<Self> {
        let Some(available) = available else { return Some(Self::free(longest)) };
        let covered = tariff.covered_blocks(available);
        if covered.is_some_and(|blocks| blocks < 1) {
            return None;
        }
        let by_credit = covered.map(|blocks| blocks.saturating_mul(tariff.block.get()));
        let max_seconds = by_credit.into_iter().chain(longest).min();
        let hold = match max_seconds {
            Some(seconds) => tariff.price_of(seconds)?,
            None => Credits::ZERO,
        };
        Some(Self { max_seconds, hold })
    }

    /// How far a credit reaches by a rate, at most `longest` seconds; a credit of `None` has no
    /// end, and one that reaches as far as any call is no bound. `None` when it does not cover one
    /// second.
    pub fn by_rate(rate: &Rate, available: Option<Credits>, longest: Option<i64>) -> Option<Self> {
        let Some(available) = available else { return Some(Self::free(longest)) };
        let limit =
            longest.map_or(Some(LONGEST_CALL_SECONDS), |seconds| u64::try_from(seconds).ok())?;
        let affordable = rate.affordable_seconds(limit, available);
        if affordable < 1 {
            return None;
        }
        let hold = rate.cost(Usage::seconds(affordable)).ok()?.cost;
        if longest.is_none() && affordable == limit {
            return Some(Self { max_seconds: None, hold });
        }
        Some(Self { max_seconds: Some(i64::try_from(affordable).ok()?), hold })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::customer::{BlockRate, BlockSeconds};
    use crate::rating::{Price, RateTerms, RatedService, Step};

    fn tariff(block: i64, rate: i64) -> BlockTariff {
        let block = BlockSeconds::new(block).expect("at least a second");
        BlockTariff { block, rate: BlockRate::new(rate).expect("not negative") }
    }

    #[test]
    fn a_credit_reaches_as_far_as_whole_blocks() {
        let check = |(block, rate), credit: Option<i64>, longest, expected: Option<(_, i64)>| {
            let cover = Cover::by_blocks(tariff(block, rate), credit.map(Credits::new), longest);
            let cover = cover.map(|cover| (cover.max_seconds, cover.hold.get()));
            assert_eq!(cover, expected, "{block} s at {rate}, {credit:?}, {longest:?}");
        };
        let hours = Some(7_200);
        check((20, 1), Some(0), hours, None);
        check((20, 1), Some(-3), hours, None);
        check((20, 1), Some(1), hours, Some((Some(20), 1)));
        check((20, 3), Some(11), hours, Some((Some(60), 9)));
        check((20, 1), Some(360), hours, Some((hours, 360)));
        check((20, 1), Some(361), hours, Some((hours, 360)));
        check((7, 1), Some(1_000_000), Some(20), Some((Some(20), 3)));
        check((20, 1), Some(2), None, Some((Some(40), 2)));
        check((20, 1), None, hours, Some((hours, 0)));
        check((20, 1), None, None, Some((None, 0)));
        check((20, 0), Some(-5), hours, Some((hours, 0)));
        check((20, 0), Some(0), None, Some((None, 0)));
        check((i64::MAX, 1), Some(i64::MAX), None, Some((Some(i64::MAX), 1)));
        check((1, i64::MAX), Some(i64::MAX), hours, Some((Some(1), i64::MAX)));
    }

    #[test]
    fn a_credit_reaches_as_far_as_whole_seconds_of_a_rate() {
        let check = |(fee, second): (&str, &str), credit: Option<i64>, longest, expected| {
            let price = |dollars| Price::parse(dollars).expect("a price");
            let steps = vec![Step::per_second(price(second))];
            let terms = RateTerms { connect_fee: price(fee), steps, ..RateTerms::default() };
            let rate = terms.checked(RatedService::Voice).expect("a sound rate");
            let cover = Cover::by_rate(&rate, credit.map(Credits::new), longest);
            let cover = cover.map(|cover| (cover.max_seconds, cover.hold.get()));
            assert_eq!(cover, expected, "{fee} and {second}, {credit:?}, {longest:?}");
        };
        let hours = Some(7_200);
        // 0.1 to connect and 0.0025 a second: 1,000 and 25 credits.
        check(("0.1", "0.0025"), Some(1_024), hours, None);
        check(("0.1", "0.0025"), Some(1_025), hours, Some((Some(1), 1_025)));
        check(("0.1", "0.0025"), Some(2_499), hours, Some((Some(59), 2_475)));
        check(("0.1", "0.0025"), Some(10_000_000), hours, Some((hours, 181_000)));
        check(("0.1", "0.0025"), None, hours, Some((hours, 0)));
        check(("0.1", "0.0025"), None, None, Some((None, 0)));
        // A tenth of a credit a second, half up: ten seconds and four are one credit.
        check(("0", "0.00001"), Some(1), hours, Some((Some(14), 1)));
        check(("0", "0"), Some(0), hours, Some((hours, 0)));
        check(("0", "0"), Some(0), None, Some((None, 0)));
        check(("0", "0"), Some(-1), hours, None);
    }

    proptest! {
        #[test]
        fn what_is_set_aside_pays_for_the_longest_call(
            block in 1..200_i64,
            rate in 0..50_i64,
            credit in -10..20_000_i64,
            longest in 1..10_000_i64,
        ) {
            let tariff = tariff(block, rate);
            let cover = Cover::by_blocks(tariff, Some(Credits::new(credit)), Some(longest));
            if let Some(cover) = cover {
                let seconds = cover.max_seconds.expect("something limits it");
                let rated = tariff.cost(seconds.unsigned_abs()).expect("it is small");
                prop_assert_eq!(rated.cost, cover.hold);
                prop_assert!(rate == 0 || cover.hold.get() <= credit);
            } else {
                prop_assert!(credit < rate);
            }
        }
    }
}
