//! When failed logins are too many: who guesses passwords is held off, and nobody else is.

use std::time::Duration;

use crate::Timestamp;

/// How many failures are too many, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// So many failures of one user from one source within the window; at least 1.
    pub failures: u32,
    /// So many failures from one source, over all users, within the window; at least 1.
    pub source_failures: u32,
    /// How close together they are when they count.
    pub window: Duration,
    /// For so long after the last of them every try fails.
    pub pause: Duration,
}

/// What is remembered of a user and a source, the latest first, as many as
/// [`Throttle`] asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// When this user failed from this source.
    pub of_user: Vec<Timestamp>,
    /// When anybody failed from this source.
    pub of_source: Vec<Timestamp>,
    /// Whether this user has logged in from this source before.
    pub has_logged_in: bool,
}

impl Default for Throttle {
    fn default() -> Self {
        let quarter = Duration::from_secs(15 * 60);
        Self { failures: 10, source_failures: 100, window: quarter, pause: quarter }
    }
}

impl Throttle {
    /// Whether a try is judged by what it brings. A source that fails for many users is held off
    /// those it has not logged in before; so nobody locks out a customer who is known there.
    pub fn admits(&self, tries: &Tries, now: Timestamp) -> bool {
        let user_pauses = self.is_too_many(&tries.of_user, self.failures, now);
        let source_pauses = self.is_too_many(&tries.of_source, self.source_failures, now);
        !user_pauses && (!source_pauses || tries.has_logged_in)
    }

    /// A failure that is older than this counts for nothing any more.
    pub fn forgets_before(&self, now: Timestamp) -> Timestamp {
        now.saturating_sub(self.window).saturating_sub(self.pause)
    }

    fn is_too_many(&self, failures: &[Timestamp], most: u32, now: Timestamp) -> bool {
        let nth = usize::try_from(most).ok().and_then(|most| failures.get(most.checked_sub(1)?));
        let (Some(first), Some(last)) = (nth, failures.first()) else { return false };
        *first > last.saturating_sub(self.window) && *last > now.saturating_sub(self.pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Throttle = Throttle {
        failures: 3,
        source_failures: 5,
        window: Duration::from_secs(100),
        pause: Duration::from_secs(50),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second).unwrap()
    }

    fn failures(seconds: &[i64]) -> Vec<Timestamp> {
        seconds.iter().rev().map(|second| at(*second)).collect()
    }

    fn check(of_user: &[i64], of_source: &[i64], now: i64, unknown: bool, known: bool) {
        for (has_logged_in, expected) in [(false, unknown), (true, known)] {
            let (of_user, of_source) = (failures(of_user), failures(of_source));
            let tries = Tries { of_user, of_source, has_logged_in };
            assert_eq!(RULE.admits(&tries, at(now)), expected, "{tries:?} at {now}");
        }
    }

    #[test]
    fn too_many_failures_close_together_are_followed_by_a_pause() {
        check(&[], &[], 1_000, true, true);
        check(&[900, 910], &[900, 910], 910, true, true);
        check(&[900, 910, 920], &[], 920, false, false);
        check(&[900, 910, 920], &[], 969, false, false);
        check(&[900, 910, 920], &[], 970, true, true);
        // The next one after the pause is one too many again, as the others still count.
        check(&[910, 920, 975], &[], 975, false, false);
    }

    #[test]
    fn failures_far_apart_do_not_add_up() {
        check(&[800, 850, 900], &[], 901, true, true);
        check(&[801, 850, 900], &[], 901, false, false);
    }

    #[test]
    fn a_source_that_tries_many_users_is_held_off_the_unknown_ones() {
        let many = &[900, 901, 902, 903, 904];
        check(&[], many, 905, false, true);
        check(&[], &many[1..], 905, true, true);
        check(&[902, 903, 904], many, 905, false, false);
        check(&[], many, 954, true, true);
    }

    #[test]
    fn what_no_longer_counts_may_be_forgotten() {
        assert_eq!(RULE.forgets_before(at(1_000)), at(850));
    }
}
