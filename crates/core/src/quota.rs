//! How many requests in a second are too many.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::Timestamp;

/// So many requests in a second, evenly spread or all at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota(NonZeroU32);

impl Quota {
    /// So many a second; `None` for zero, which is no limit.
    pub fn per_second(requests: u32) -> Option<Self> {
        NonZeroU32::new(requests).map(Self)
    }

    /// A request at `now`, when those before it have used up the time until `used_until`: until when
    /// it is used up with this one; `None` if it is one too many.
    ///
    /// ```
    /// use leaseline_core::Timestamp;
    /// use leaseline_core::quota::Quota;
    ///
    /// let quota = Quota::per_second(2).unwrap();
    /// let now = Timestamp::from_seconds(1_700_000_000).unwrap();
    /// let once = quota.admit(Timestamp::EPOCH, now).unwrap();
    /// let twice = quota.admit(once, now).unwrap();
    /// assert_eq!(quota.admit(twice, now), None);
    /// ```
    pub fn admit(self, used_until: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let share = Duration::from_secs(1) / self.0.get();
        let used = used_until.max(now).saturating_add(share);
        (used <= now.saturating_add(Duration::from_secs(1))).then_some(used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_room_for_so_many_and_time_makes_room() {
        let check = |per_second, instants: &[u64], expected: &[bool]| {
            let quota = Quota::per_second(per_second).expect("at least one");
            let mut used = Timestamp::EPOCH;
            let admitted = instants.iter().map(|millis| {
                let now = Timestamp::from_micros(1_700_000_000_000_000);
                let now = now.saturating_add(Duration::from_millis(*millis));
                let admitted = quota.admit(used, now);
                used = admitted.unwrap_or(used);
                admitted.is_some()
            });
            assert_eq!(admitted.collect::<Vec<_>>(), expected, "{per_second} {instants:?}");
        };
        check(1, &[0, 0, 999, 1_000, 1_000, 2_000], &[true, false, false, true, false, true]);
        check(2, &[0, 0, 0, 499, 500, 500], &[true, true, false, false, true, false]);
        // What is refused uses nothing up, and what was not used is not saved for later.
        check(2, &[0, 10_000, 10_000, 10_000], &[true, true, true, false]);
        assert_eq!(Quota::per_second(0), None);
    }
}
