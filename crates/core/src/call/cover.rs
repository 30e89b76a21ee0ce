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
