//! A clock that shows what it is told to.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_hub::Clock;

/// 2020-01-31T12:00:00Z: the last day of a long month, and long before any machine's present, so
/// that a server on the machine's own clock can go on with a test's database.
const START: Timestamp = Timestamp::from_micros(1_580_472_000_000_000);

/// A clock that stands still until it is moved. Clones show the same.
///
/// ```
/// use std::time::Duration;
///
/// use leaseline_hub::Clock;
/// use leaseline_testkit::ManualClock;
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_micros(1));
/// assert_eq!(clock.now().micros(), before.micros() + 1);
/// ```
#[derive(Clone)]
pub struct ManualClock(Arc<Inner>);

struct Inner {
    face: Mutex<Face>,
    changed: Condvar,
}

struct Face {
    shows: Timestamp,
    is_held: bool,
    waiting: usize,
}

/// While it exists, whoever asks the clock waits.
///
/// A writer asks when it begins a batch. So a test can have it wait there, queue up what is to
/// share the next batch, and let go.
#[must_use = "the clock is let go when this is dropped"]
pub struct Held<'a>(&'a ManualClock);

impl ManualClock {
    /// Shows 2020-01-31T12:00:00Z.
    pub fn new() -> Self {
        let face = Face { shows: START, is_held: false, waiting: 0 };
        Self(Arc::new(Inner { face: Mutex::new(face), changed: Condvar::new() }))
    }

    /// Goes forward.
    pub fn advance(&self, span: Duration) {
        let mut face = self.face();
        face.shows = face.shows.checked_add(span).expect("a test stays within what can be counted");
    }

    /// Shows this from now on, also when it is earlier than before.
    pub fn set(&self, at: Timestamp) {
        self.face().shows = at;
    }

    /// Has whoever asks wait until what this returns is dropped.
    pub fn hold(&self) -> Held<'_> {
        self.face().is_held = true;
        Held(self)
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.0.face.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, condition: impl Fn(&Face) -> bool) -> MutexGuard<'_, Face> {
        let waited = self.0.changed.wait_while(self.face(), |face| condition(face));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let mut face = self.face();
        face.waiting += 1;
        drop(face);
        self.0.changed.notify_all();
        face = self.wait_while(|face| face.is_held);
        face.waiting -= 1;
        face.shows
    }
}

impl Held<'_> {
    /// Returns as soon as so many wait for the clock.
    pub fn wait_for_askers(&self, count: usize) {
        drop(self.0.wait_while(|face| face.waiting < count));
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.face().is_held = false;
        self.0.0.changed.notify_all();
    }
}
