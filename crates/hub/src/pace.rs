//! Long work in chunks between other people's requests: how large a chunk is, how long it rests
//! before the next one, and how often it is tried.

use std::time::Duration;

use tokio::time::sleep;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::request::Request;

/// A chunk that writes for less than this is followed by one of twice its size. A chunk writes for
/// at most 50 ms, also on a disk that is twice as slow now and then.
const SHORT: Duration = Duration::from_millis(10);

/// One that writes for more than this is followed by one of half its size, or a quarter.
const LONG: Duration = Duration::from_millis(25);

/// A disk that stalled once is no reason to wait for long.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

const FEWEST: usize = 64;
const FIRST: usize = 256;

/// So often a step is tried again that met a lock or a store that is away for a moment.
const TRIES: usize = 10;

const BEFORE_NEXT_TRY: Duration = Duration::from_millis(200);

/// How large the next chunk is, and how long to rest before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    chunk: usize,
    most: usize,
    pause: Duration,
}

/// Whether nobody else can write while a chunk is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// They wait.
    HeldOff,
    /// They go on.
    GoOn,
}

impl Others {
    pub(crate) const fn of(holds_off_others: bool) -> Self {
        if holds_off_others { Self::HeldOff } else { Self::GoOn }
    }
}

impl Pace {
    /// Begins with a small chunk; none is larger than `most`.
    pub(crate) const fn new(most: usize) -> Self {
        Self { chunk: FIRST, most, pause: Duration::ZERO }
    }

    /// How large the next chunk is.
    pub(crate) const fn chunk(&self) -> usize {
        self.chunk
    }

    /// Rests, so that others get their turn.
    pub(crate) async fn rest(&self) {
        sleep(self.pause).await;
    }

    /// Takes note of how long a chunk wrote.
    pub(crate) fn wrote(&mut self, took: Duration, others: Others) {
        tracing::debug!(rows = self.chunk, ?took, "wrote a chunk");
        // SQLite's lock goes to whoever asks at the right moment: let every other moment be one.
        let pause = match others {
            Others::HeldOff => took,
            Others::GoOn => took / 4,
        };
        self.pause = pause.min(LONGEST_PAUSE);
        let next = match took {
            took if took < SHORT => self.chunk * 2,
            took if took > 2 * LONG => self.chunk / 4,
            took if took > LONG => self.chunk / 2,
            _ => self.chunk,
        };
        // Powers of two, as SQLite has a prepared statement for each of those.
        self.chunk = next.clamp(FEWEST, self.most);
    }
}

impl Hub {
    /// Asks again when somebody was in the way: for what can be carried out twice.
    pub(crate) async fn insist<R: Request>(
        &self,
        request: impl Fn() -> R,
    ) -> Result<R::Outcome, Failure> {
        for _ in 1..TRIES {
            match self.ask(request()).await {
                Err(Failure::Overloaded | Failure::Locked | Failure::Unavailable) => {
                    sleep(BEFORE_NEXT_TRY).await;
                }
                answered => return answered,
            }
        }
        self.ask(request()).await
    }
}
