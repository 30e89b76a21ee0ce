//! Requests that are remembered: those that failed or changed something, and one in so many of the
//! others. Of a flood of failures, as when more is asked than can be done, it is one in so many, too: to
//! write down what was not done must not take the time to do something.
//!
//! Whoever serves says when a request is over. Nothing is allocated for one that is not kept, and
//! one that is kept costs a place in a bounded queue; what finds no place is dropped and counted. A
//! task takes what waits there and has the writer write it, in one statement, between other requests.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_core::ids::CustomerId;
use leaseline_core::request_log::{Effect, RequestId, RequestLine};
use leaseline_store::record::requests::MOST_AT_ONCE;
use leaseline_store::{Tx, load, record};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::failure::Failure;
use crate::hub::{Hub, lock};
use crate::ids::Ids;
use crate::inbox::Command;
use crate::meters;
use crate::request::{Request, Way};

/// So many requests wait to be written; more are dropped.
const MOST_WAITING: usize = 8_192;

/// Between two writes, when not more came than one takes, and when more came.
const PAUSE: Duration = Duration::from_secs(1);
const SHORT_PAUSE: Duration = Duration::from_millis(250);

/// So long writing down what waits may hold up an orderly stop.
const MOST_AT_THE_END: Duration = Duration::from_secs(5);

/// So many requests are remembered, however young they are.
const MOST_KEPT: i64 = 1_000_000;

/// So many are forgotten in one transaction.
const AT_A_TIME: i64 = 1_000;

/// How requests are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Of those that failed at nothing and changed nothing one in so many; none for none of them.
    pub one_in: Option<u32>,
    /// For so long.
    pub span: Duration,
}

impl Default for Keeping {
    /// One in a hundred, for a week.
    fn default() -> Self {
        Self { one_in: Some(100), span: Duration::from_secs(7 * 86_400) }
    }
}

/// What a facade knows of a request that is over.
#[derive(Clone, Debug)]
pub struct Noted {
    /// Which protocol.
    pub facade: Cow<'static, str>,
    /// The operation by the protocol's own name.
    pub operation: Cow<'static, str>,
    /// What the protocol answered.
    pub status: Cow<'static, str>,
    /// How long it took.
    pub took: Duration,
    /// For which customer, as far as that is known.
    pub customer: Option<CustomerId>,
    /// Who asked.
    pub user: Option<Arc<str>>,
}

/// The queue.
pub(crate) struct RequestLog {
    keeping: Keeping,
    sender: mpsc::Sender<RequestLine>,
    waiting: Mutex<mpsc::Receiver<RequestLine>>,
    dropped: AtomicU64,
}

/// So many failures in a second are no flood.
const FAILURES_A_SECOND: u32 = 100;

/// Of those beyond them one in so many is kept.
const ONE_FAILURE_IN: u32 = 100;

// By thread, so that none waits for another.
thread_local! {
    /// Requests that only looked, since the last one of these that was kept.
    static LOOKED: Cell<u32> = const { Cell::new(0) };
    /// In which second of the clock the last request failed, and how many had before it.
    static FAILED: Cell<(i64, u32)> = const { Cell::new((0, 0)) };
    /// Failures of a flood, since the last one of these that was kept.
    static FLOOD: Cell<u32> = const { Cell::new(0) };
}

impl RequestLog {
    pub(crate) fn new(keeping: Keeping) -> Self {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        Self { keeping, sender, waiting: Mutex::new(receiver), dropped: AtomicU64::new(0) }
    }

    /// For how many requests one with this effect stands; none if it is not to be kept.
    fn weight(&self, effect: Effect, now: Timestamp) -> Option<u32> {
        match effect {
            Effect::Changed => Some(1),
            Effect::Failed if FAILED.with(|failed| is_flood(failed, now)) => {
                FLOOD.with(|passed| one_in(ONE_FAILURE_IN, passed))
            }
            Effect::Failed => Some(1),
            Effect::Looked => LOOKED.with(|passed| one_in(self.keeping.one_in?, passed)),
        }
    }

    /// What waits, as far as one write takes it.
    fn take(&self) -> Vec<RequestLine> {
        let mut waiting = lock(&self.waiting);
        std::iter::from_fn(|| waiting.try_recv().ok()).take(MOST_AT_ONCE).collect()
    }

    /// Forgets what waits. Says how much that was.
    fn drop_waiting(&self) -> u64 {
        let mut waiting = lock(&self.waiting);
        std::iter::from_fn(|| waiting.try_recv().ok()).map(|_| 1).sum()
    }

    fn drop_some(&self, count: u64) {
        self.dropped.fetch_add(count, Ordering::Relaxed);
        meters::requests_dropped(count);
    }
}

/// Counts one more failure, and says whether there were many in this second.
fn is_flood(failed: &Cell<(i64, u32)>, now: Timestamp) -> bool {
    let second = now.seconds();
    let before = match failed.get() {
        (same, count) if same == second => count,
        _ => 0,
    };
    failed.set((second, before.saturating_add(1)));
    before >= FAILURES_A_SECOND
}

/// Counts one more, and says for how many it stands if it is the one that is kept.
fn one_in(many: u32, passed: &Cell<u32>) -> Option<u32> {
    let nth = passed.get().saturating_add(1);
    let is_kept = nth >= many;
    passed.set(if is_kept { 0 } else { nth });
    is_kept.then_some(many)
}

impl Hub {
    /// Remembers a request that is over, if it is one of those that are; only then `noted` is asked
    /// what to remember of it. Waits for nothing.
    pub fn request_over(&self, id: RequestId, effect: Effect, noted: impl FnOnce() -> Noted) {
        let log = self.request_log();
        let now = self.now();
        let Some(weight) = log.weight(effect, now) else { return };
        let Noted { facade, operation, status, took, customer, user } = noted();
        let at = now.saturating_sub(took);
        let line =
            RequestLine { id, at, facade, operation, status, effect, weight, took, customer, user };
        if log.sender.try_send(line).is_err() {
            log.drop_some(1);
        }
    }

    /// Writes down what waits to be remembered, as far as one write takes it. Says how much that was.
    pub async fn flush_requests(&self) -> usize {
        let log = self.request_log();
        let lines = log.take();
        if lines.is_empty() {
            return 0;
        }
        let count = lines.len();
        if self.ask_regardless(KeepRequests(lines)).await.is_err() {
            log.drop_some(u64::try_from(count).unwrap_or(u64::MAX));
        }
        count
    }

    /// Writes down all that waits to be remembered. No write begins later than [`MOST_AT_THE_END`] after
    /// the first one; what waits then is dropped and counted.
    pub(crate) async fn flush_all_requests(&self) {
        let began = Instant::now();
        while self.flush_requests().await > 0 {
            if began.elapsed() >= MOST_AT_THE_END {
                let log = self.request_log();
                log.drop_some(log.drop_waiting());
            }
        }
    }

    /// Writes down requests that came before, whoever took them in. Those that are there already stay
    /// as they are.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; some may be written then.
    pub async fn remember_requests(&self, lines: &[RequestLine]) -> Result<(), Failure> {
        for some in lines.chunks(MOST_AT_ONCE) {
            self.ask(KeepRequests(some.to_vec())).await?;
        }
        Ok(())
    }

    /// How many requests should have been remembered and were not, since the process began.
    pub fn requests_dropped(&self) -> u64 {
        self.request_log().dropped.load(Ordering::Relaxed)
    }

    /// Forgets requests that are older than their time or too many.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub(crate) async fn forget_requests(&self) -> Result<(), Failure> {
        let read = self.read_apart(|tx| load::requests::first_beyond(tx, MOST_KEPT));
        let up_to = read.await?;
        let before = self.now().saturating_sub(self.request_log().keeping.span);
        while self.ask(ForgetRequests { before, up_to }).await? > 0 {}
        Ok(())
    }
}

/// Writes down what waits, from time to time, until the hub closes.
pub(crate) async fn run(hub: Hub, mut closing: watch::Receiver<bool>) {
    let mut pause = PAUSE;
    loop {
        tokio::select! {
            _ = closing.changed() => return,
            () = sleep(pause) => {}
        }
        let is_full = hub.flush_requests().await == MOST_AT_ONCE;
        pause = if is_full { SHORT_PAUSE } else { PAUSE };
    }
}

/// Requests to be written down.
struct KeepRequests(Vec<RequestLine>);

/// Requests to be forgotten. The outcome is how many were.
#[derive(Clone, Copy, Debug)]
struct ForgetRequests {
    before: Timestamp,
    up_to: Option<RequestId>,
}

impl Request for KeepRequests {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand_beside_leases(self, |tx: &mut Tx<'_>, Self(lines): &Self, _: Timestamp| {
            record::requests::requests(tx, lines).map(Ok)
        })
    }
}

impl Request for ForgetRequests {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand_beside_leases(self, |tx: &mut Tx<'_>, ask: &Self, _: Timestamp| {
            record::requests::forget(tx, ask.before, ask.up_to, AT_A_TIME).map(Ok)
        })
    }
}
