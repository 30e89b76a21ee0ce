//! The metrics of requests: how many, with which status, how long.
//!
//! Each worker keeps the handles of the series that it has met, so that a request costs three
//! look-ups and no allocation. What a facade names in its [`AccessNote`] becomes the labels; a
//! facade names operations and statuses from lists of its own, and should one forget itself,
//! `MOST_SERIES` keeps the memory bounded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};

use crate::AccessNote;

/// Requests by `facade`, `operation` and `status`.
pub const REQUESTS: &str = "leaseline_requests_total";

/// Seconds from a request's head to its answer, by `facade` and `operation`.
pub const REQUEST_DURATION: &str = "leaseline_request_duration_seconds";

/// Connections that ended in their TLS handshake.
pub const TLS_HANDSHAKES_FAILED: &str = "leaseline_tls_handshakes_failed_total";

/// A worker meets at most so many series; what comes after counts as [`UNKNOWN`].
const MOST_SERIES: usize = 2_000;

/// Stands for what no facade has a name for.
const UNKNOWN: &str = "-";

/// The series of one worker: by facade, operation and status.
#[derive(Default)]
struct Series {
    facades: HashMap<&'static str, HashMap<Box<str>, Operation>>,
    known: usize,
}

struct Operation {
    duration: Histogram,
    statuses: HashMap<Box<str>, Counter>,
}

thread_local! {
    static SERIES: RefCell<Series> = RefCell::default();
}

/// Says what each of these metrics means.
pub fn describe() {
    describe_counter!(REQUESTS, "Requests by facade, operation and status");
    describe_histogram!(REQUEST_DURATION, "Seconds from a request's head to its answer");
    describe_counter!(TLS_HANDSHAKES_FAILED, "Connections that ended in their TLS handshake");
    // There from the beginning, for a rate wants a zero to begin with.
    counter!(TLS_HANDSHAKES_FAILED).increment(0);
}

/// Counts a request that is over. One without a note counts under its HTTP status alone.
pub(crate) fn request(note: Option<&AccessNote>, status: &str, duration: Duration) {
    let facade = note.map_or(UNKNOWN, |note| note.facade);
    let operation = note.map_or(UNKNOWN, |note| &note.operation);
    SERIES.with_borrow_mut(|series| series.count(facade, operation, status, duration));
}

impl Series {
    fn count(&mut self, facade: &'static str, name: &str, status: &str, duration: Duration) {
        let known = self.facades.get(facade).and_then(|operations| operations.get(name));
        if let Some(operation) = known
            && let Some(requests) = operation.statuses.get(status)
        {
            operation.duration.record(duration);
            requests.increment(1);
        } else if self.known < MOST_SERIES {
            self.meet(facade, name, status);
            self.count(facade, name, status, duration);
        } else {
            counter!(REQUESTS, "facade" => UNKNOWN, "operation" => UNKNOWN, "status" => UNKNOWN)
                .increment(1);
        }
    }

    fn meet(&mut self, facade: &'static str, name: &str, status: &str) {
        let label = || name.to_owned();
        let operations = self.facades.entry(facade).or_default();
        let operation = operations.entry(name.into()).or_insert_with(|| Operation {
            duration: histogram!(REQUEST_DURATION, "facade" => facade, "operation" => label()),
            statuses: HashMap::new(),
        });
        operation.statuses.insert(
            status.into(),
            counter!(REQUESTS, "facade" => facade, "operation" => label(),
                     "status" => status.to_owned()),
        );
        self.known += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_remembers_a_bounded_number_of_series() {
        let mut series = Series::default();
        for status in 0..2 * MOST_SERIES {
            series.count("apigate", "x", &status.to_string(), Duration::ZERO);
        }
        assert_eq!(series.known, MOST_SERIES);
        assert_eq!(series.facades["apigate"]["x"].statuses.len(), MOST_SERIES);
    }
}
