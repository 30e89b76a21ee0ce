//! Questions of one kind, read together: those that come while a statement runs wait for it, and
//! the next one answers all of them. A lonely question waits for nobody, and what many ask at
//! once is read once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use leaseline_store::{ReadPool, StoreError, Tx};
use tokio::sync::oneshot;

use super::carry_out;
use super::queue::{Job, MOST_WAITING};
use crate::failure::Failure;
use crate::hub::lock;

/// So many questions share a statement.
const MOST_TOGETHER: usize = 256;

/// A question that the store can be asked for many keys at a time.
pub(crate) trait Lookup: 'static {
    /// What it is asked about.
    type Key: Clone + Eq + Hash + Send;
    /// What is known about that.
    type Found: Clone + Send;

    /// Looks for these keys, each of which is there once.
    fn look_up(
        tx: &mut Tx<'_>,
        keys: &[Self::Key],
    ) -> Result<HashMap<Self::Key, Self::Found>, StoreError>;
}

/// Where the questions of one kind wait.
pub(crate) struct Lane<L: Lookup>(Mutex<State<L>>);

struct State<L: Lookup> {
    waiting: VecDeque<Asked<L>>,
    /// Whether a reader has the lane, or is about to; one at a time, so that the others' questions
    /// gather.
    is_taken: bool,
}

struct Asked<L: Lookup> {
    key: L::Key,
    reply: oneshot::Sender<Found<L>>,
}

type Found<L> = Result<Option<<L as Lookup>::Found>, Failure>;

impl<L: Lookup> Default for Lane<L> {
    fn default() -> Self {
        Self(Mutex::new(State { waiting: VecDeque::new(), is_taken: false }))
    }
}

impl<L: Lookup> Lane<L> {
    /// How many questions wait.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.0).waiting.len()
    }

    /// Takes in a question: where its answer will come, and a job for a reader if none has the
    /// lane.
    pub(super) fn ask(
        self: &Arc<Self>,
        key: L::Key,
    ) -> Result<(oneshot::Receiver<Found<L>>, Option<Job>), Failure> {
        let (reply, answered) = oneshot::channel();
        let mut state = lock(&self.0);
        if state.waiting.len() >= MOST_WAITING {
            return Err(Failure::Overloaded);
        }
        state.waiting.push_back(Asked { key, reply });
        let is_taken = std::mem::replace(&mut state.is_taken, true);
        Ok((answered, (!is_taken).then(|| self.job())))
    }

    /// Answers all that wait: there is nobody to read.
    pub(super) fn refuse(&self, failure: Failure) {
        let mut state = lock(&self.0);
        state.is_taken = false;
        refuse(state.waiting.drain(..), failure);
    }

    fn job(self: &Arc<Self>) -> Job {
        let lane = Arc::clone(self);
        Job::new(move |pool| lane.work_off(pool))
    }

    /// Answers what waits now; what came meanwhile takes its turn after everything else.
    fn work_off(self: Arc<Self>, pool: &ReadPool) -> Option<Job> {
        answer(pool, self.next_together());
        let mut state = lock(&self.0);
        state.is_taken = !state.waiting.is_empty();
        state.is_taken.then(|| self.job())
    }

    fn next_together(&self) -> Vec<Asked<L>> {
        let mut state = lock(&self.0);
        let together = state.waiting.len().min(MOST_TOGETHER);
        // A caller that has given up needs no answer.
        state.waiting.drain(..together).filter(|asked| !asked.reply.is_closed()).collect()
    }
}

fn answer<L: Lookup>(pool: &ReadPool, together: Vec<Asked<L>>) {
    let keys: HashSet<_> = together.iter().map(|asked| asked.key.clone()).collect();
    let keys: Vec<_> = keys.into_iter().collect();
    match carry_out(pool, |tx| L::look_up(tx, &keys)) {
        Ok(mut found) => {
            let each_once = keys.len() == together.len();
            for Asked { key, reply } in together {
                let own = if each_once { found.remove(&key) } else { found.get(&key).cloned() };
                let _ = reply.send(Ok(own));
            }
        }
        // One of them may be what cannot be read: the others do not suffer for it.
        Err(_) if keys.len() > 1 => {
            let wanted = together.into_iter().filter(|asked| !asked.reply.is_closed());
            wanted.for_each(|asked| answer(pool, vec![asked]));
        }
        Err(failure) => refuse(together, failure),
    }
}

fn refuse<L: Lookup>(asked: impl IntoIterator<Item = Asked<L>>, failure: Failure) {
    for Asked { reply, .. } in asked {
        let _ = reply.send(Err(failure));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing::{Together, store};

    /// Has all of these asked before a reader comes, and looks at what each hears.
    fn check(keys: &[u8], expected: &[Found<Together>]) {
        let (_folder, store) = store();
        let pool = ReadPool::new(&store, 1);

        let lane: Arc<Lane<Together>> = Arc::default();
        let asked: Vec<_> = keys.iter().map(|key| lane.ask(*key).unwrap()).collect();
        assert_eq!(lane.waiting(), keys.len());
        assert!(Arc::clone(&lane).work_off(&pool).is_none());
        assert_eq!(lane.waiting(), 0);
        let heard: Vec<_> =
            asked.into_iter().map(|(mut heard, _)| heard.try_recv().unwrap()).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn what_gathered_is_looked_up_together_and_once() {
        check(&[7], &[Ok(Some(1))]);
        check(&[7, 8, 7], &[Ok(Some(2)), Ok(Some(2)), Ok(Some(2))]);
    }

    #[test]
    fn what_cannot_be_read_harms_nobody_else() {
        let expected = [Ok(Some(1)), Err(Failure::Unavailable), Ok(Some(1))];
        check(&[7, 0, 8], &expected);
    }

    #[test]
    fn one_reader_at_a_time_has_the_lane() {
        let lane: Arc<Lane<Together>> = Arc::default();
        let has_job = |key| lane.ask(key).unwrap().1.is_some();
        assert_eq!([has_job(1), has_job(2)], [true, false]);
        lane.refuse(Failure::Overloaded);
        assert!(has_job(3));
    }

    #[test]
    fn only_so_many_wait() {
        let lane: Arc<Lane<Together>> = Arc::default();
        let mut waiting: Vec<_> = (0..MOST_WAITING).map(|_| lane.ask(1).unwrap().0).collect();
        assert_eq!(lane.ask(1).err(), Some(Failure::Overloaded));
        lane.refuse(Failure::Overloaded);
        let refused = waiting.iter_mut().all(|it| it.try_recv() == Ok(Err(Failure::Overloaded)));
        assert!(refused);
    }

    #[test]
    fn who_gave_up_is_not_looked_for() {
        let lane: Arc<Lane<Together>> = Arc::default();
        drop(lane.ask(1).unwrap());
        let _waits = lane.ask(2).unwrap();
        let keys: Vec<_> = lane.next_together().into_iter().map(|asked| asked.key).collect();
        assert_eq!(keys, [2]);
    }
}
