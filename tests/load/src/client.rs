//! The client: a task for each connection, on a thread for each processor.
//!
//! Each connection asks for one thing, waits for the answer, and asks for the next. The threads
//! share nothing while they measure: each has a single-threaded runtime and a tally of its own.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use tokio::runtime;
use tokio::task::LocalSet;
use tokio::time::{sleep_until, timeout_at};

use crate::Failure;
use crate::cli::Load;
use crate::figures::{Figures, Tally};
use crate::scenario::{Identity, Outcome, Scenario, Script, Step};
use crate::target::Target;
use crate::wire::Connection;

/// A request that is under way at the end may take so long before it is given up.
const GRACE: Duration = Duration::from_secs(5);

/// What is asked, of whom, and as whom.
pub(crate) struct Course<'a> {
    /// The servers; the connections are spread over them in turn.
    pub(crate) targets: &'a [Target],
    pub(crate) scenario: Scenario,
    pub(crate) token: &'a str,
    /// The customers; the connections ask for them in turn.
    pub(crate) customers: &'a [i64],
    /// So many numbers there are to be called.
    pub(crate) numbers: usize,
    pub(crate) load: Load,
}

/// When counting begins and ends.
#[derive(Clone, Copy)]
struct Window {
    from: Instant,
    until: Instant,
}

/// One connection's part.
struct Part {
    target: Target,
    scenario: Scenario,
    script: Script,
    window: Window,
    beat: Option<Beat>,
}

/// When a connection asks, whatever it is answered.
struct Beat {
    gap: Duration,
    next: Instant,
}

impl Course<'_> {
    /// Puts the load on and measures it.
    pub(crate) fn measure(&self) -> Result<Figures, Failure> {
        let from = Instant::now() + self.load.warm_up();
        let window = Window { from, until: from + self.load.measured() };
        let threads: Vec<_> = self
            .shares(window)
            .into_iter()
            .map(|parts| thread::spawn(move || drive_all(parts)))
            .collect();
        let mut sum = Tally::new()?;
        for thread in threads {
            let tally = thread.join().map_err(|_| "measure: a client thread panicked")?;
            sum.add(&tally?)?;
        }
        Ok(sum.figures(self.load.measured()))
    }

    /// The connections of each thread.
    fn shares(&self, window: Window) -> Vec<Vec<Part>> {
        let threads = available_parallelism().map_or(1, Into::into);
        let mut shares: Vec<Vec<Part>> = Vec::new();
        shares.resize_with(threads, Vec::new);
        for nth in 0..self.load.connections.get().into() {
            shares[nth % threads].push(self.part(nth, window));
        }
        shares
    }

    fn part(&self, nth: usize, window: Window) -> Part {
        let target = self.targets[nth % self.targets.len()].clone();
        let customer = self.customers[nth % self.customers.len()];
        let script = Script::new(&target, {
            let (token, numbers) = (self.token, self.numbers);
            Identity { token, customer, nth, numbers }
        });
        Part { target, scenario: self.scenario, script, window, beat: self.beat(nth) }
    }

    /// The connections ask one after the other.
    fn beat(&self, nth: usize) -> Option<Beat> {
        let share =
            f64::from(u32::try_from(nth).unwrap_or(0)) / f64::from(self.load.connections.get());
        let gap = self.load.gap()?;
        Some(Beat { gap, next: Instant::now() + gap.mul_f64(share) })
    }
}

fn drive_all(parts: Vec<Part>) -> Result<Tally, Failure> {
    let tally = Rc::new(RefCell::new(Tally::new()?));
    let tasks = LocalSet::new();
    for part in parts {
        tasks.spawn_local(finish(part, Rc::clone(&tally)));
    }
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(tasks);
    let tally = Rc::into_inner(tally).ok_or("end the client's tasks")?;
    Ok(tally.into_inner())
}

/// Drives a connection to the end of the window; its own end before that is an error.
async fn finish(part: Part, tally: Rc<RefCell<Tally>>) {
    let until = part.window.until + GRACE;
    let driven = timeout_at(until.into(), drive(part, &tally)).await;
    let driven = driven.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    if let Err(error) = driven {
        tally.borrow_mut().erred(|| format!("a connection broke off: {error}"));
    }
}

impl Beat {
    /// Waits until it is time; whoever is late asks now, and does not ask for what was missed.
    async fn wait(&mut self) {
        sleep_until(self.next.into()).await;
        self.next = (self.next + self.gap).max(Instant::now());
    }
}

async fn drive(part: Part, tally: &RefCell<Tally>) -> io::Result<()> {
    let Part { target, scenario, mut script, window, mut beat } = part;
    let mut connection = Connection::open(target.address).await?;
    let mut steps = scenario.steps().peekable();
    while let Some(&step) = steps.peek() {
        if let Some(beat) = &mut beat {
            beat.wait().await;
        }
        let asked = Instant::now();
        if asked >= window.until {
            break;
        }
        let answer = connection.exchange(script.request(step)).await?;
        let heard = Instant::now();
        let mut tally = tally.borrow_mut();
        let outcome = script.heard(step, &answer);
        tally.judge(outcome, answer.body);
        if window.from <= asked && heard <= window.until {
            tally.answered(outcome, heard - asked);
        }
        // What comes after a lease needs it.
        if (step, outcome) != (Step::Lease, Outcome::Refused) {
            steps.next();
        }
    }
    Ok(())
}
