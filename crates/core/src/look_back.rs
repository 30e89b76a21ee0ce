//! How far somebody looks back, and in which steps.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// A span of time up to now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LookBack {
    /// 24 hours, in steps of five minutes.
    #[default]
    Day,
    /// 7 days, in steps of an hour.
    Week,
    /// 30 days, in steps of four hours.
    Month,
    /// 90 days, in steps of twelve hours.
    Quarter,
}

const HOUR: Duration = Duration::from_secs(3_600);

impl LookBack {
    /// Every one, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// How people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
        }
    }

    /// The one that is written so.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.name() == name)
    }

    /// How long it is.
    pub const fn length(self) -> Duration {
        match self {
            Self::Day => HOUR.saturating_mul(24),
            Self::Week => HOUR.saturating_mul(24 * 7),
            Self::Month => HOUR.saturating_mul(24 * 30),
            Self::Quarter => HOUR.saturating_mul(24 * 90),
        }
    }

    /// From one point to the next.
    pub const fn step(self) -> Duration {
        match self {
            Self::Day => Duration::from_secs(300),
            Self::Week => HOUR,
            Self::Month => HOUR.saturating_mul(4),
            Self::Quarter => HOUR.saturating_mul(12),
        }
    }

    /// Its steps up to the one that now is in, each from an instant on and until before another; they
    /// begin at whole multiples of a step. At most 289.
    pub fn steps(self, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let step = self.step();
        let micros = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
        let aligned = |at: Timestamp| at.micros().div_euclid(micros) * micros;
        let (first, last) = (aligned(now.saturating_sub(self.length())), aligned(now));
        let mut steps = Vec::new();
        let mut from = Timestamp::from_micros(first);
        while from.micros() <= last {
            let until = from.saturating_add(step);
            steps.push((from, until));
            from = until;
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_has_a_bounded_number_of_steps() {
        let now = Timestamp::from_micros(1_795_293_800_123_456);
        for (span, count) in LookBack::ALL.into_iter().zip([289, 169, 181, 181]) {
            let steps = span.steps(now);
            assert_eq!(steps.len(), count, "{span:?}");
            let last = steps[count - 1];
            assert!(last.0 <= now && now < last.1, "{span:?}");
            assert!(steps.windows(2).all(|pair| pair[0].1 == pair[1].0), "{span:?}");
            assert_eq!(LookBack::by_name(span.name()), Some(span));
        }
        assert_eq!(LookBack::by_name("1d"), None);
    }
}
