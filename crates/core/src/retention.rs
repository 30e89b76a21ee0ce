//! What is kept for how long. People's phones, and what they wrote, go after a set time; that a lease
//! or a call took place, and what it cost, stays.

use std::time::Duration;

use crate::call::{ANSWER_KEPT, CallState};
use crate::timestamp::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionTerms {
    /// Phones and IMSIs of users after the end of their lease; parties of calls, faxes and messages,
    /// and what messages say, after the record came in.
    pub phones: Duration,
    /// What switches asked about calls, and what was decided.
    pub requests: Duration,
    /// Answers to requests that bring a key to be repeated by.
    pub idempotency: Duration,
}

/// What is as old as these instants, or older, goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizons {
    /// Phones.
    pub phones: Timestamp,
    /// Decisions on calls about which nothing is awaited any more. They name phones too.
    pub requests: Timestamp,
    /// Answers. They name phones too.
    pub answers: Timestamp,
    /// The same question about a call may get the same answer until then.
    repeats: Timestamp,
}

/// A decision on a call, as far as its age matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastDecision {
    /// What became of it.
    pub state: CallState,
    /// When it was made.
    pub decided_at: Timestamp,
    /// Until when something was set aside for the call, if anything was.
    pub held_until: Option<Timestamp>,
}

impl Default for RetentionTerms {
    fn default() -> Self {
        Self { phones: DAY * 400, requests: DAY * 7, idempotency: DAY }
    }
}

impl RetentionTerms {
    /// What goes at this instant.
    ///
    /// ```
    /// use leaseline_core::Timestamp;
    /// use leaseline_core::retention::RetentionTerms;
    ///
    /// let now = Timestamp::from_seconds(1_700_000_000).unwrap();
    /// let horizons = RetentionTerms::default().horizons(now);
    /// assert_eq!(horizons.phones.seconds(), 1_700_000_000 - 400 * 86_400);
    /// ```
    pub fn horizons(&self, now: Timestamp) -> Horizons {
        let phones = now.saturating_sub(self.phones);
        Horizons {
            phones,
            requests: now.saturating_sub(self.requests).max(phones),
            answers: now.saturating_sub(self.idempotency).max(phones),
            repeats: now.saturating_sub(ANSWER_KEPT),
        }
    }
}

impl Horizons {
    /// Whether a decision on a call goes. One whose record did not come is a matter of money: it
    /// stays as long as phones do.
    pub fn are_past(&self, decision: &PastDecision) -> bool {
        let decided_at = decision.decided_at;
        match decision.state {
            CallState::Settled | CallState::Replaced => decided_at <= self.requests,
            CallState::Closed => decided_at <= self.requests.min(self.repeats),
            CallState::Lapsed => decided_at <= self.phones,
            CallState::Open => decision.held_until.is_some_and(|until| until <= self.phones),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    /// Whether a decision goes that was made so long ago, and whose hold ended an hour after.
    fn goes(terms: RetentionTerms, state: CallState, age: Duration) -> bool {
        let decided_at = NOW.saturating_sub(age);
        let held_until = (state == CallState::Open).then(|| decided_at.saturating_add(HOUR));
        terms.horizons(NOW).are_past(&PastDecision { state, decided_at, held_until })
    }

    fn check(state: CallState, age: Duration) {
        let terms = RetentionTerms::default();
        assert!(goes(terms, state, age), "{state:?} after {age:?}");
        assert!(!goes(terms, state, age - Duration::from_micros(1)), "{state:?} before {age:?}");
    }

    #[test]
    fn a_decision_goes_when_nothing_is_awaited_or_with_the_phones() {
        check(CallState::Closed, DAY * 7);
        check(CallState::Settled, DAY * 7);
        check(CallState::Replaced, DAY * 7);
        check(CallState::Lapsed, DAY * 400);
        check(CallState::Open, DAY * 400 + HOUR);
    }

    #[test]
    fn a_question_that_may_be_repeated_keeps_its_answer() {
        let terms = RetentionTerms { requests: HOUR, ..RetentionTerms::default() };
        assert!(goes(terms, CallState::Settled, HOUR));
        assert!(!goes(terms, CallState::Closed, HOUR * 23));
        assert!(goes(terms, CallState::Closed, HOUR * 24));
    }

    #[test]
    fn nothing_that_names_phones_outlives_them() {
        let terms = RetentionTerms { phones: HOUR, ..RetentionTerms::default() };
        let horizons = terms.horizons(NOW);
        assert_eq!((horizons.requests, horizons.answers), (horizons.phones, horizons.phones));
        assert!(goes(terms, CallState::Lapsed, HOUR));
    }
}
