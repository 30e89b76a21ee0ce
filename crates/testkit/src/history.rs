//! Histories: what was asked and answered when, and whether one order of single steps explains it
//! all.
//!
//! A history is linearizable when every request can be given one instant between its beginning and
//! its end, so that a thing which does one request at a time, in the order of those instants, would
//! have answered the same. The search for such an order is that of Wing and Gong, with Lowe's
//! memory of what was tried: see "Testing for linearizability" (Lowe, 2017).

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// So many requests a history has at most: one bit each.
const MOST_REQUESTS: usize = 128;

/// After so many steps the search is given up.
const MOST_STEPS: usize = 2_000_000;

/// What would happen if requests were carried out one at a time.
pub trait Sequential {
    /// All there is to know between two of them.
    type State: Clone + PartialEq + fmt::Debug;
    /// A request.
    type Asked: fmt::Debug;
    /// What is answered.
    type Answered: fmt::Debug;

    /// What is after a request was answered so; none when it could not have been.
    fn after(
        &self,
        state: &Self::State,
        asked: &Self::Asked,
        answered: &Self::Answered,
    ) -> Option<Self::State>;

    /// All that may be after a request whose answer nobody knows, if it was carried out.
    fn after_unknown(&self, state: &Self::State, asked: &Self::Asked) -> Vec<Self::State>;
}

/// A request with its beginning and end.
#[derive(Clone, Debug)]
pub struct Event<Q, A> {
    /// What was asked.
    pub asked: Q,
    /// What was answered; none when nobody knows, and it may have been carried out or not, or may
    /// yet be.
    pub answered: Option<A>,
    began: u64,
    ended: u64,
}

/// Writes a history down while it happens.
#[derive(Debug)]
pub struct Recorder<Q, A> {
    clock: AtomicU64,
    events: Mutex<Vec<Event<Q, A>>>,
}

/// What becomes of a request that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard<A> {
    /// It was answered.
    Answer(A),
    /// It was not carried out, and never will be.
    NotDone,
    /// Nobody knows.
    Unknown,
}

/// No order explains a history.
#[derive(Debug)]
pub struct Unexplained {
    /// As much as any order explains, and what stands against the next step.
    pub told: String,
}

impl<Q, A> Event<Q, A> {
    /// A request that began and ended at these instants of one clock.
    pub const fn new(asked: Q, answered: Option<A>, began: u64, ended: u64) -> Self {
        Self { asked, answered, began, ended }
    }

    /// Until when it can have been carried out.
    const fn last_instant(&self) -> u64 {
        if self.answered.is_some() { self.ended } else { u64::MAX }
    }
}

impl<Q, A: Clone> Recorder<Q, A> {
    /// Nothing was asked yet.
    pub const fn new() -> Self {
        Self { clock: AtomicU64::new(0), events: Mutex::new(Vec::new()) }
    }

    /// Writes a request down: when it began, what came of it, and when.
    pub async fn ask(&self, asked: Q, answer: impl Future<Output = Heard<A>>) -> Heard<A> {
        let began = self.clock.fetch_add(1, Ordering::SeqCst);
        let heard = answer.await;
        let ended = self.clock.fetch_add(1, Ordering::SeqCst);
        let answered = match &heard {
            Heard::Answer(answer) => Some(answer.clone()),
            Heard::Unknown => None,
            Heard::NotDone => return heard,
        };
        let event = Event::new(asked, answered, began, ended);
        self.events.lock().expect("nobody panics here").push(event);
        heard
    }

    /// What was written down since it was last asked for.
    pub fn take(&self) -> Vec<Event<Q, A>> {
        std::mem::take(&mut *self.events.lock().expect("nobody panics here"))
    }
}

impl<Q, A: Clone> Default for Recorder<Q, A> {
    fn default() -> Self {
        Self::new()
    }
}

/// Looks for an order of single steps that explains a history, from a state on.
///
/// # Errors
/// [`Unexplained`].
///
/// # Panics
/// When the history is too long to be searched, or the search takes too many steps.
pub fn explain<S: Sequential>(
    sequential: &S,
    start: S::State,
    history: &[Event<S::Asked, S::Answered>],
) -> Result<(), Unexplained> {
    assert!(history.len() <= MOST_REQUESTS, "a history of {} requests", history.len());
    let mut search =
        Search { sequential, history, tried: HashMap::new(), furthest: Vec::new(), steps: 0 };
    if search.go_on(0, &start, &mut Vec::new()) {
        return Ok(());
    }
    Err(Unexplained { told: search.tell(start) })
}

struct Search<'a, S: Sequential> {
    sequential: &'a S,
    history: &'a [Event<S::Asked, S::Answered>],
    /// The states in which the search was after these requests, in vain.
    tried: HashMap<u128, Vec<S::State>>,
    /// The longest order that explains what is in it.
    furthest: Vec<usize>,
    steps: usize,
}

impl<S: Sequential> Search<'_, S> {
    /// Whether there is an order for what is not done yet.
    fn go_on(&mut self, done: u128, state: &S::State, order: &mut Vec<usize>) -> bool {
        self.steps += 1;
        assert!(self.steps < MOST_STEPS, "no order found in {MOST_STEPS} steps");
        if order.len() > self.furthest.len() {
            self.furthest.clone_from(order);
        }
        let left = || (0..self.history.len()).filter(|nth| done & bit(*nth) == 0);
        // Whatever is carried out next must have begun before anything that is left has ended.
        let Some(deadline) = left().map(|nth| self.history[nth].last_instant()).min() else {
            return true;
        };
        if deadline == u64::MAX {
            // What nobody knows the answer of need not have happened.
            return true;
        }
        let next: Vec<_> = left().filter(|nth| self.history[*nth].began < deadline).collect();
        for nth in next {
            for after in self.after(state, nth) {
                order.push(nth);
                if !self.was_tried(done | bit(nth), &after)
                    && self.go_on(done | bit(nth), &after, order)
                {
                    return true;
                }
                order.pop();
            }
        }
        false
    }

    fn after(&self, state: &S::State, nth: usize) -> Vec<S::State> {
        let event = &self.history[nth];
        match &event.answered {
            Some(answered) => {
                self.sequential.after(state, &event.asked, answered).into_iter().collect()
            }
            None => self.sequential.after_unknown(state, &event.asked),
        }
    }

    fn was_tried(&mut self, done: u128, state: &S::State) -> bool {
        let tried = self.tried.entry(done).or_default();
        let known = tried.contains(state);
        if !known {
            tried.push(state.clone());
        }
        known
    }

    fn tell(&self, start: S::State) -> String {
        let line = |nth: usize| {
            let Event { asked, answered, began, ended } = &self.history[nth];
            format!("  {began:>4}–{ended:<4} {asked:?} -> {answered:?}\n")
        };
        let rest = (0..self.history.len()).filter(|nth| !self.furthest.contains(nth));
        format!(
            "from {start:?}\nthis can be explained, in this order:\n{}but not what is left:\n{}",
            self.furthest.iter().copied().map(line).collect::<String>(),
            rest.map(line).collect::<String>(),
        )
    }
}

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

const fn bit(nth: usize) -> u128 {
    1 << nth
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that can be read, written, and taken from while there is enough.
    struct Purse;

    #[derive(Clone, Debug)]
    enum Asked {
        Read,
        Put(i64),
        Take(i64),
    }

    use Asked::{Put, Read, Take};

    impl Sequential for Purse {
        type State = i64;
        type Asked = Asked;
        /// What there is afterwards; none when there was not enough.
        type Answered = Option<i64>;

        fn after(&self, state: &i64, asked: &Asked, answered: &Option<i64>) -> Option<i64> {
            let possible = match asked {
                Read => Some(*state),
                Put(more) => Some(state + more),
                Take(less) => Some(state - less).filter(|left| *left >= 0),
            };
            (possible == *answered).then_some(possible.unwrap_or(*state))
        }

        fn after_unknown(&self, state: &i64, asked: &Asked) -> Vec<i64> {
            match asked {
                Read => vec![*state],
                Put(more) => vec![state + more],
                Take(less) => vec![if state >= less { state - less } else { *state }],
            }
        }
    }

    type Line = (Asked, Option<Option<i64>>, u64, u64);

    fn check(history: &[Line], is_explained: bool) {
        let event = |(asked, answered, began, ended): &Line| {
            Event::new(asked.clone(), *answered, *began, *ended)
        };
        let history: Vec<_> = history.iter().map(event).collect();
        let explained = explain(&Purse, 0, &history);
        assert_eq!(explained.is_ok(), is_explained, "{explained:?}");
    }

    const fn said(amount: i64) -> Option<Option<i64>> {
        Some(Some(amount))
    }

    #[test]
    fn what_can_have_happened_in_some_order_is_explained() {
        check(&[], true);
        check(&[(Put(5), said(5), 0, 1), (Read, said(5), 2, 3), (Take(6), Some(None), 4, 5)], true);
        // Both at once: whoever reads may be before or after.
        check(&[(Put(5), said(5), 0, 3), (Read, said(0), 1, 2)], true);
        check(&[(Put(5), said(5), 0, 3), (Read, said(5), 1, 2)], true);
        // The one that began first was last.
        let puts = [(Put(1), said(7), 0, 9), (Put(2), said(2), 1, 8), (Put(4), said(6), 2, 7)];
        check(&puts, true);
    }

    #[test]
    fn a_read_that_misses_what_was_answered_before_it_is_found() {
        check(&[(Put(5), said(5), 0, 1), (Read, said(0), 2, 3)], false);
    }

    #[test]
    fn reads_that_go_back_are_found() {
        let put = (Put(5), said(5), 0, 9);
        check(&[put.clone(), (Read, said(5), 1, 2), (Read, said(5), 3, 4)], true);
        check(&[put, (Read, said(5), 1, 2), (Read, said(0), 3, 4)], false);
    }

    #[test]
    fn the_same_money_taken_twice_is_found() {
        let put = (Put(5), said(5), 0, 1);
        check(&[put.clone(), (Take(5), said(0), 2, 5), (Take(5), Some(None), 3, 4)], true);
        check(&[put.clone(), (Take(5), said(0), 2, 5), (Take(5), said(0), 3, 4)], false);
        // Refused although it was there all the time.
        check(&[put, (Take(5), Some(None), 2, 3)], false);
    }

    #[test]
    fn a_lost_update_is_found() {
        check(&[(Put(1), said(1), 0, 3), (Put(2), said(2), 1, 2)], false);
        check(&[(Put(1), said(3), 0, 3), (Put(2), said(2), 1, 2)], true);
    }

    #[test]
    fn what_nobody_knows_may_have_happened_late_or_never_but_once() {
        let lost = (Put(5), None, 0, 1);
        check(std::slice::from_ref(&lost), true);
        check(&[lost.clone(), (Read, said(0), 2, 3)], true);
        check(&[lost.clone(), (Read, said(0), 2, 3), (Read, said(5), 4, 5)], true);
        check(&[lost.clone(), (Read, said(5), 2, 3), (Read, said(0), 4, 5)], false);
        check(&[lost, (Read, said(10), 2, 3)], false);
    }

    #[test]
    fn many_at_once_are_explained_within_the_bound_and_one_planted_answer_is_found() {
        let mut many: Vec<Line> =
            (1..=60_u32).map(|nth| (Put(1), said(nth.into()), (60 - nth).into(), 1_000)).collect();
        many.push((Read, said(60), 1_001, 1_002));
        check(&many, true);
        many[30].1 = said(30);
        check(&many, false);
    }

    #[test]
    fn the_recorder_leaves_out_what_was_not_done() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let recorder = Recorder::new();
        runtime.block_on(async {
            for heard in [Heard::Answer(1), Heard::NotDone, Heard::Unknown] {
                recorder.ask("it", async { heard }).await;
            }
        });
        let answered: Vec<_> = recorder.take().into_iter().map(|event| event.answered).collect();
        assert_eq!(answered, [Some(1), None]);
    }
}
