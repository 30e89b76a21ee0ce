//! What the readers' threads take their work from.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use leaseline_store::{ReadPool, StoreError, Tx};
use tokio::sync::oneshot;

use super::carry_out;
use crate::failure::Failure;
use crate::hub::lock;

/// So many reads may wait for a thread.
pub(super) const MOST_WAITING: usize = 4_096;

/// Something to read, with its way back.
type Job = Box<dyn FnOnce(&ReadPool) + Send>;

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    at_work: usize,
    is_closed: bool,
}

impl Queue {
    /// Reads when its turn comes.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let (reply, answered) = oneshot::channel();
        self.push(Box::new(move |pool| {
            // A caller that has given up needs no answer.
            if !reply.is_closed() {
                let _ = reply.send(carry_out(pool, work));
            }
        }))?;
        answered.await.unwrap_or(Err(Failure::Unavailable))
    }

    fn push(&self, job: Job) -> Result<(), Failure> {
        let mut state = lock(&self.state);
        if state.is_closed {
            return Err(Failure::Unavailable);
        }
        if state.waiting.len() >= MOST_WAITING {
            return Err(Failure::Overloaded);
        }
        state.waiting.push_back(job);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    pub(super) fn close(&self) {
        lock(&self.state).is_closed = true;
        self.arrived.notify_all();
    }

    /// How many wait, or are at work.
    pub(super) fn in_flight(&self) -> usize {
        let state = lock(&self.state);
        state.waiting.len() + state.at_work
    }

    /// Runs until the queue is closed and empty.
    pub(super) fn work_off(&self, pool: &ReadPool) {
        while let Some(work) = self.next() {
            work(pool);
            lock(&self.state).at_work -= 1;
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = lock(&self.state);
        loop {
            if let Some(job) = state.waiting.pop_front() {
                state.at_work += 1;
                return Some(job);
            }
            if state.is_closed {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
