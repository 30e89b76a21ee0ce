//! What was counted, and what it comes to.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::Failure;
use crate::scenario::Outcome;

/// Latencies are told apart up to a minute, to three digits.
const LONGEST_MICROS: u64 = 60_000_000;
const DIGITS: u8 = 3;

/// The requests of one of the client's threads.
pub(crate) struct Tally {
    latencies: Histogram<u64>,
    refusals: Histogram<u64>,
    errors: u64,
    first_error: Option<String>,
}

impl Tally {
    pub(crate) fn new() -> Result<Self, Failure> {
        let histogram = || Histogram::new_with_bounds(1, LONGEST_MICROS, DIGITS);
        Ok(Self { latencies: histogram()?, refusals: histogram()?, errors: 0, first_error: None })
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(&mut self, outcome: Outcome, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_MICROS);
        match outcome {
            Outcome::Expected | Outcome::Unexpected => self.latencies.saturating_record(micros),
            Outcome::Refused => self.refusals.saturating_record(micros),
        }
    }

    /// Counts something that went wrong; the first is kept for the reader.
    pub(crate) fn erred(&mut self, what: impl FnOnce() -> String) {
        self.errors += 1;
        self.first_error.get_or_insert_with(what);
    }

    /// Counts an answer as what it is.
    pub(crate) fn judge(&mut self, outcome: Outcome, body: &[u8]) {
        if outcome == Outcome::Unexpected {
            self.erred(|| format!("unexpected answer: {}", String::from_utf8_lossy(body)));
        }
    }

    pub(crate) fn add(&mut self, other: &Self) -> Result<(), Failure> {
        self.latencies.add(&other.latencies)?;
        self.refusals.add(&other.refusals)?;
        self.errors += other.errors;
        if self.first_error.is_none() {
            self.first_error.clone_from(&other.first_error);
        }
        Ok(())
    }

    pub(crate) fn figures(self, measured: Duration) -> Figures {
        let at = |quantile| Duration::from_micros(self.latencies.value_at_quantile(quantile));
        Figures {
            per_second: float(self.latencies.len()) / measured.as_secs_f64(),
            p50: at(0.50),
            p99: at(0.99),
            max: Duration::from_micros(self.latencies.max()),
            refused_per_second: float(self.refusals.len()) / measured.as_secs_f64(),
            refused_p99: Duration::from_micros(self.refusals.value_at_quantile(0.99)),
            errors: self.errors,
            first_error: self.first_error,
        }
    }
}

/// The figures of one measurement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) max: Duration,
    /// Those for which the server had no time.
    pub(crate) refused_per_second: f64,
    pub(crate) refused_p99: Duration,
    pub(crate) errors: u64,
    pub(crate) first_error: Option<String>,
}

impl Figures {
    /// The faster one of two measurements of the same thing, with the errors of both.
    pub(crate) fn better_of(self, other: Self) -> Self {
        let errors = self.errors + other.errors;
        let first_error = self.first_error.clone().or_else(|| other.first_error.clone());
        let better = if self.per_second >= other.per_second { self } else { other };
        Self { errors, first_error, ..better }
    }

    /// How many times as many requests a second as the other; none when the other had none.
    pub(crate) fn ratio_to(&self, other: &Self) -> Option<f64> {
        (other.per_second > 0.0).then(|| self.per_second / other.per_second)
    }
}

/// No measurement counts so many requests that this would lose any.
fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_the_time_measured() {
        let mut tally = Tally::new().unwrap();
        (1..=100)
            .for_each(|millis| tally.answered(Outcome::Expected, Duration::from_millis(millis)));
        let figures = tally.figures(Duration::from_secs(2));
        assert_eq!(figures.per_second, 50.0);
        assert_eq!(figures.p50.as_millis(), 50);
        assert_eq!(figures.p99.as_millis(), 99);
        assert_eq!(figures.max.as_millis(), 100);
    }

    #[test]
    fn the_better_of_two_has_the_errors_of_both() {
        let fast = Figures { per_second: 9.0, ..Tally::new().unwrap().figures(Duration::MAX) };
        let error = Some("error".to_owned());
        let slow = Figures { per_second: 1.0, errors: 1, first_error: error, ..fast.clone() };
        let expected = Figures { per_second: 9.0, ..slow.clone() };
        assert_eq!(slow.clone().better_of(fast.clone()), expected);
        assert_eq!(fast.better_of(slow), expected);
    }

    #[test]
    fn errors_are_counted_and_the_first_is_told() {
        let mut sum = Tally::new().unwrap();
        for number in 1..=2 {
            let mut tally = Tally::new().unwrap();
            tally.erred(|| format!("error {number}"));
            sum.add(&tally).unwrap();
        }
        let figures = sum.figures(Duration::from_secs(1));
        assert_eq!((figures.errors, figures.first_error.as_deref()), (2, Some("error 1")));
        assert_eq!(figures.ratio_to(&figures), None);
    }
}
