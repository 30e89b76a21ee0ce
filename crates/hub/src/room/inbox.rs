//! The room in the writer's inbox: for all that waits there, and for the errands among it, as those are
//! carried out one after another.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::Room;
use crate::inbox::Command;

/// So many errands may wait as long as nothing is known of their pace: as if each took a millisecond.
const ERRANDS_AT_FIRST: usize = 1_000;

/// The pace is that of rounds with at least so many errands: one of a kind of its own may take long, and
/// say nothing about those that come many at a time.
const TELLING: usize = 4;

/// The room in the inbox.
#[derive(Debug)]
pub(crate) struct InboxRoom {
    all: Room,
    errands: Room,
    errands_waiting: AtomicUsize,
}

impl InboxRoom {
    /// Room for so many.
    pub(crate) fn new(most: usize) -> Self {
        let errands = Room::of_equals(most).at_first(ERRANDS_AT_FIRST.min(most));
        Self { all: Room::new(most), errands, errands_waiting: AtomicUsize::new(0) }
    }

    /// Whether one more may wait, behind so many.
    pub(crate) fn admits(&self, command: &Command, waiting: usize) -> bool {
        let is_short = match command {
            Command::Errand(_) => self.errands.admits(self.errands_waiting()),
            _ => true,
        };
        is_short && self.all.admits(waiting)
    }

    /// One more waits.
    pub(crate) fn entered(&self, command: &Command) {
        if let Command::Errand(_) = command {
            self.errands_waiting.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A round begins.
    pub(crate) fn taken(&self) {
        self.all.taken();
    }

    /// So many errands do not wait any more.
    pub(crate) fn took_errands(&self, count: usize) {
        self.errands_waiting.fetch_sub(count, Ordering::Relaxed);
    }

    /// So many errands were carried out.
    pub(crate) fn done_errands(&self, count: usize, took: Duration) {
        if count >= TELLING {
            self.errands.done(count, took, self.errands_waiting());
        }
    }

    /// A round has ended that took all that waited.
    pub(crate) fn done_with_all(&self) {
        self.all.done_with_all();
    }

    /// A round has ended that took as many as it may: they took so long, and so many wait for the next.
    pub(crate) fn done(&self, done: usize, took: Duration, left: usize) {
        self.all.done(done, took, left);
    }

    fn errands_waiting(&self) -> usize {
        self.errands_waiting.load(Ordering::Relaxed)
    }
}
