//! How many may wait: as many as will have their turn soon, as fast as it goes at present.
//!
//! How many wait says little about how long. Four thousand top-ups are carried out in a quarter of a
//! second; four thousand requests with a transaction each take so long that all their callers have given
//! up, and none of them knows what came of it. So whoever works off a queue tells after each round how
//! many it was, how long they took, and how many wait for the next: that is the pace. Who comes when more
//! wait than is good at this pace is refused at once. Where a round took all that waited, or the next one
//! will, there is no standing queue, and a burst of whatever length has room: a round of few says nothing
//! about one of many. It does where each takes as long as the others, together or alone: there a burst has
//! room as far as its last one will be served before its caller gives up.

mod inbox;

use std::sync::Mutex;
use std::time::{Duration, Instant};

pub(crate) use self::inbox::InboxRoom;
use crate::hub::lock;

/// So long whoever is let in waits, more or less.
const SOON: Duration = Duration::from_millis(250);

/// So long the last one of a burst waits, where that is known.
const LATE: Duration = Duration::from_millis(1_000);

/// Whoever works has stood still for so long: nobody knows how long it will take.
const STALLED: Duration = Duration::from_secs(1);

/// So many may always wait, however slow it goes: a moment in which somebody held a lock is no overload.
const LEAST: usize = 64;

/// The room in a queue.
#[derive(Debug)]
pub(crate) struct Room {
    most: usize,
    /// So long the last one of a burst waits; none where many take no longer than few.
    burst: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// So many may wait at present.
    now: usize,
    /// Since when whoever works is at what was taken last; none while it waits for work.
    at_work_since: Option<Instant>,
}

impl Room {
    /// Room for so many, as long as nothing is known of the pace, where a round of many takes little
    /// longer than one of few.
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, burst: None, state: Mutex::new(State { now: most, at_work_since: None }) }
    }

    /// The same where each of them takes as long as any other.
    pub(crate) const fn of_equals(most: usize) -> Self {
        Self { burst: Some(LATE), ..Self::new(most) }
    }

    /// The same with room for so many as long as nothing is known of the pace.
    pub(crate) fn at_first(mut self, count: usize) -> Self {
        self.state = Mutex::new(State { now: count, at_work_since: None });
        self
    }

    /// Whether one more may wait, behind so many.
    pub(crate) fn admits(&self, waiting: usize) -> bool {
        if waiting < LEAST {
            return true;
        }
        let state = lock(&self.state);
        let is_stalled = state.at_work_since.is_some_and(|since| since.elapsed() > STALLED);
        waiting < state.now && !is_stalled
    }

    /// A round begins.
    pub(crate) fn taken(&self) {
        lock(&self.state).at_work_since = Some(Instant::now());
    }

    /// A round has ended that took all that waited.
    pub(crate) fn done_with_all(&self) {
        *lock(&self.state) = State { now: self.most, at_work_since: None };
    }

    /// A round has ended that took as many as it may: they took so long, and so many wait for the next.
    pub(crate) fn done(&self, done: usize, took: Duration, left: usize) {
        let mut state = lock(&self.state);
        state.at_work_since = None;
        state.now = self.reckon(done, took, left);
    }

    /// What two rounds take may always wait, or the next would have too little to do.
    fn reckon(&self, done: usize, took: Duration, left: usize) -> usize {
        let has_standing_queue = left > done;
        let wait = match self.burst {
            _ if has_standing_queue => SOON,
            Some(burst) => burst,
            None => return self.most,
        };
        let in_time = done.saturating_mul(micros(wait)) / micros(took).max(1);
        in_time.max(2 * done).max(LEAST).min(self.most)
    }
}

fn micros(span: Duration) -> usize {
    usize::try_from(span.as_micros()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(done: usize, took_millis: u64, left: usize, expected: usize) {
        has_room(&Room::new(4_096), (done, took_millis, left), expected);
    }

    fn has_room(room: &Room, (done, took_millis, left): (usize, u64, usize), expected: usize) {
        room.done(done, Duration::from_millis(took_millis), left);
        assert_eq!(lock(&room.state).now, expected);
        assert!(room.admits(expected - 1));
        assert!(!room.admits(expected));
    }

    #[test]
    fn a_queue_that_is_worked_off_has_all_the_room() {
        check(1, 0, 0, 4_096);
        check(256, 60_000, 256, 4_096);
    }

    #[test]
    fn a_queue_that_stands_has_room_for_who_is_soon_served() {
        check(256, 10, 257, 4_096);
        check(256, 64, 1_000, 1_000);
        check(256, 500, 1_000, 512);
        check(16, 48, 300, 83);
        check(1, 1_900, 70, 64);
    }

    #[test]
    fn a_burst_of_equals_has_room_for_who_is_served_at_all() {
        let check = |told, expected| has_room(&Room::of_equals(4_096), told, expected);
        check((16, 24, 0), 666);
        check((16, 24, 16), 666);
        check((16, 24, 17), 166);
        check((16, 1, 0), 4_096);
        check((2, 80, 0), 64);
    }

    #[test]
    fn as_long_as_nothing_is_known_of_the_pace_few_have_room() {
        let room = Room::of_equals(4_096).at_first(1_000);
        assert!(room.admits(999));
        assert!(!room.admits(1_000));
    }

    #[test]
    fn a_round_that_took_all_says_nothing_about_the_pace() {
        let room = Room::new(4_096);
        room.done(256, Duration::from_secs(1), 1_000);
        assert!(!room.admits(1_000));
        room.done_with_all();
        assert!(room.admits(4_095));
    }

    #[test]
    fn a_short_queue_is_never_too_long() {
        let room = Room::new(4_096);
        room.done(1, Duration::from_secs(60), 2);
        assert!(room.admits(LEAST - 1));
        assert!(!room.admits(LEAST));
    }

    #[test]
    fn nobody_waits_behind_what_stands_still() {
        let room = Room::new(4_096);
        room.taken();
        assert!(room.admits(1_000));
        lock(&room.state).at_work_since = Instant::now().checked_sub(2 * STALLED);
        assert!(!room.admits(1_000));
        assert!(room.admits(LEAST - 1));
        room.done(1, Duration::ZERO, 0);
        assert!(room.admits(1_000));
    }
}
