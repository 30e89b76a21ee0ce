//! The clock is an input, and `now` never goes back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use leaseline_core::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// What the clock shows.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::EPOCH.saturating_add(since_epoch)
    }
}

/// The latest instant seen: this process's clock, or what the store had seen before.
pub(crate) struct Now {
    clock: Box<dyn Clock>,
    latest: AtomicI64,
}

impl Now {
    pub(crate) fn new(clock: Box<dyn Clock>) -> Self {
        Self { clock, latest: AtomicI64::new(Timestamp::EPOCH.micros()) }
    }

    /// The present: never earlier than any answer before.
    pub(crate) fn now(&self) -> Timestamp {
        let shown = self.clock.now().micros();
        let before = self.latest.fetch_max(shown, Ordering::AcqRel);
        Timestamp::from_micros(shown.max(before))
    }

    /// Takes note of an instant that another process has seen.
    pub(crate) fn has_been(&self, seen: Timestamp) {
        self.latest.fetch_max(seen.micros(), Ordering::AcqRel);
    }

    /// How far the clock is behind the latest instant seen.
    pub(crate) fn lag(&self) -> Duration {
        let latest = self.latest.load(Ordering::Acquire);
        let behind = latest.saturating_sub(self.clock.now().micros());
        Duration::from_micros(u64::try_from(behind).unwrap_or(0))
    }

    /// How far the clock is off another one.
    pub(crate) fn distance(&self, other: Timestamp) -> Duration {
        Duration::from_micros(self.clock.now().micros().abs_diff(other.micros()))
    }
}
