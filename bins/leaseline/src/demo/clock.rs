//! The demo's own time, ids and chance: of one seed comes one world.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_hub::{Clock, Ids};
use uuid::Uuid;

/// A clock that shows what it was set to. Clones show the same.
#[derive(Clone)]
pub(super) struct StillClock(Arc<AtomicI64>);

impl StillClock {
    pub(super) fn at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.micros())))
    }

    pub(super) fn set(&self, at: Timestamp) {
        self.0.store(at.micros(), Ordering::Release);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Acquire))
    }
}

/// Numbers that look like chance (SplitMix64).
#[derive(Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one; 0 if it is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// Whether it is one of so many out of a hundred.
    pub(super) fn percent(&mut self, of_a_hundred: u64) -> bool {
        self.below(100) < of_a_hundred
    }

    /// One of these.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        all.get(usize::try_from(self.below(count)).unwrap_or(0))
    }

    /// Seconds below this many.
    pub(super) fn seconds(&mut self, below: u64) -> Duration {
        Duration::from_secs(self.below(below))
    }
}

/// Ids that ascend with the demo's own time (version 7).
pub(super) struct SeededIds {
    clock: StillClock,
    state: Mutex<State>,
}

struct State {
    chance: Chance,
    millis: u128,
    /// Of this millisecond there were so many.
    count: u128,
}

impl SeededIds {
    pub(super) fn new(clock: StillClock, seed: u64) -> Self {
        let chance = Chance::of(seed);
        Self { clock, state: Mutex::new(State { chance, millis: 0, count: 0 }) }
    }

    /// An id of this instant. Those of one millisecond ascend too.
    pub(super) fn at(&self, at: Timestamp) -> Uuid {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = u128::try_from(at.micros() / 1_000).unwrap_or(0);
        state.count = if state.millis == millis { (state.count + 1) & 0xFFF } else { 0 };
        state.millis = millis;
        let chance = u128::from(state.chance.next() >> 2);
        Uuid::from_u128((millis << 80) | (7 << 76) | (state.count << 64) | (2 << 62) | chance)
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        self.at(self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_seed_come_the_same_ids() {
        let ids = || {
            let clock = StillClock::at(Timestamp::from_micros(1_795_293_800_000_000));
            let ids = SeededIds::new(clock.clone(), 7);
            let first = [ids.next(), ids.next()];
            clock.set(clock.now().saturating_add(Duration::from_secs(1)));
            [first[0], first[1], ids.next()]
        };
        let [first, second, third] = ids();
        assert!(first < second && second < third);
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(ids(), [first, second, third]);
    }
}
