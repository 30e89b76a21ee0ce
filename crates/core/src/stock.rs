//! How a pool stands, how it stood, and when it will be empty.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// How many numbers of a pool are in which state; each is in one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Free for everybody: to be leased, or in a pool for it to be subscribed to.
    pub free: u64,
    /// Free for the one customer that each is reserved for.
    pub reserved: u64,
    /// In live leases.
    pub leased: u64,
    /// Somebody subscribes to them.
    pub subscribed: u64,
    /// In quarantine after a lease or a subscription.
    pub resting: u64,
    /// Taken out, or of an import that is not live yet.
    pub blocked: u64,
}

/// How it stood at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockSample {
    /// Then.
    pub at: Timestamp,
    /// So.
    pub stock: Stock,
}

/// A rate that was seen for less than this says nothing.
const SHORTEST_LOOK: Duration = Duration::from_secs(6 * 3_600);

impl Stock {
    /// All numbers.
    pub const fn total(&self) -> u64 {
        self.free + self.reserved + self.leased + self.subscribed + self.resting + self.blocked
    }

    /// Both together.
    pub const fn and(self, other: Self) -> Self {
        Self {
            free: self.free + other.free,
            reserved: self.reserved + other.reserved,
            leased: self.leased + other.leased,
            subscribed: self.subscribed + other.subscribed,
            resting: self.resting + other.resting,
            blocked: self.blocked + other.blocked,
        }
    }
}

/// How long it takes until no number is free, if it goes on as between these two instants; zero
/// when none is free now. None when there are not fewer free numbers than then, or the two are not
/// six hours apart.
pub fn empty_in(then: StockSample, now: StockSample) -> Option<Duration> {
    if now.stock.free == 0 {
        return Some(Duration::ZERO);
    }
    let passed = now.at.micros().checked_sub(then.at.micros()).and_then(|it| it.try_into().ok());
    let passed = passed.map(Duration::from_micros).filter(|passed| *passed >= SHORTEST_LOOK)?;
    let gone = then.stock.free.checked_sub(now.stock.free).filter(|gone| *gone > 0)?;
    let micros = passed.as_micros() * u128::from(now.stock.free) / u128::from(gone);
    Some(Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)))
}

/// A sample stands for so long from its beginning on.
const SLOT: Duration = Duration::from_secs(300);
const HOUR: Duration = Duration::from_secs(3_600);

/// So long every sample is kept; after it one an hour.
const EVERY_SAMPLE_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// So long samples are kept at all.
pub const SAMPLES_KEPT: Duration = Duration::from_secs(400 * 86_400);

/// The slot that an instant is in: where it begins.
pub const fn slot(at: Timestamp) -> Timestamp {
    let micros = SLOT.as_secs().cast_signed() * 1_000_000;
    Timestamp::from_micros(at.micros().div_euclid(micros) * micros)
}

/// The slots that are dropped as they are older than a week and no whole hours: those of two days.
pub fn thinned(now: Timestamp) -> Vec<Timestamp> {
    let last = slot(now.saturating_sub(EVERY_SAMPLE_KEPT));
    let slots = (1..=2 * 24 * 12).map(|back| last.saturating_sub(SLOT * back));
    let hour = i64::try_from(HOUR.as_micros()).unwrap_or(i64::MAX);
    slots.filter(|slot| slot.micros().rem_euclid(hour) != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn sample(hours: i64, free: u64) -> StockSample {
        let at = Timestamp::from_micros(hours * HOUR);
        StockSample { at, stock: Stock { free, ..Stock::default() } }
    }

    fn check(then: (i64, u64), now: (i64, u64), hours: Option<u64>) {
        let left = empty_in(sample(then.0, then.1), sample(now.0, now.1));
        let hours = hours.map(|hours| Duration::from_secs(hours * 3_600));
        assert_eq!(left, hours, "{then:?} {now:?}");
    }

    #[test]
    fn a_pool_is_empty_when_it_goes_on_as_it_does() {
        check((0, 200), (24, 100), Some(24));
        check((0, 200), (24, 150), Some(72));
        check((0, 200), (168, 199), Some(168 * 199));
        check((0, 200), (24, 0), Some(0));
        // Even when nothing is known of before.
        check((24, 0), (24, 0), Some(0));
    }

    #[test]
    fn after_a_week_one_sample_an_hour_stays() {
        let now = Timestamp::from_micros(400 * 24 * HOUR + 7 * 60_000_000);
        assert_eq!(slot(now).micros(), 400 * 24 * HOUR + HOUR / 12);
        let dropped = thinned(now);
        assert_eq!(dropped.len(), 48 * 11);
        let week_ago = now.saturating_sub(Duration::from_secs(7 * 86_400));
        assert!(dropped.iter().all(|slot| slot.micros() % HOUR != 0 && *slot < week_ago));
    }

    #[test]
    fn nothing_is_foretold_of_one_that_does_not_shrink() {
        check((0, 100), (24, 100), None);
        check((0, 100), (24, 101), None);
        check((0, 200), (5, 100), None);
        check((24, 200), (0, 100), None);
    }
}
