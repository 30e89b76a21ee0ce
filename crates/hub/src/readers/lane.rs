//! Questions of one kind, read together: those that come while a statement runs wait for it, and
//! the next one answers all of them. A lonely question waits for nobody, and what many ask at
//! once is read once.
//!
//! A runtime's questions gather by themselves, and a task there brings them to a reader and hands
//! the answers out: a server has a runtime for each of its threads, so two threads meet once for
//! all of a thread's questions, not once for each.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leaseline_store::{StoreError, Tx};
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::queue::{MOST_WAITING, Queue};
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

/// Where the questions of one kind wait: for each runtime that has a [`Turn`], those that came
/// there meanwhile.
pub(crate) struct Lane<L: Lookup>(Mutex<HashMap<runtime::Id, Vec<Asked<L>>>>);

pub(super) struct Asked<L: Lookup> {
    key: L::Key,
    reply: oneshot::Sender<Found<L>>,
}

type Found<L> = Result<Option<<L as Lookup>::Found>, Failure>;

/// Where an answer will come.
type Heard<L> = oneshot::Receiver<Found<L>>;

/// The right to bring a runtime's questions to a reader; one at a time, so that the others gather.
/// If it is dropped before all are answered, whoever waits hears that there is nobody.
pub(super) struct Turn<L: Lookup> {
    lane: Arc<Lane<L>>,
    runtime: runtime::Id,
    is_over: bool,
}

impl<L: Lookup> Default for Lane<L> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<L: Lookup> Lane<L> {
    /// How many questions wait.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.0).values().map(Vec::len).sum()
    }

    /// Takes in a question, and gives the turn if nobody of this runtime has it.
    pub(super) fn ask(
        self: &Arc<Self>,
        key: L::Key,
    ) -> Result<(Heard<L>, Option<Turn<L>>), Failure> {
        let runtime = Handle::current().id();
        let (reply, answered) = oneshot::channel();
        let asked = Asked { key, reply };
        let mut lane = lock(&self.0);
        let Some(waiting) = lane.get_mut(&runtime) else {
            lane.insert(runtime, vec![asked]);
            let turn = Turn { lane: Arc::clone(self), runtime, is_over: false };
            return Ok((answered, Some(turn)));
        };
        if waiting.len() >= MOST_WAITING {
            return Err(Failure::Overloaded);
        }
        waiting.push(asked);
        Ok((answered, None))
    }
}

impl<L: Lookup> Turn<L> {
    /// Has answered what waits, and what comes meanwhile; in time, or else nobody waits on.
    pub(super) async fn work_off(mut self, queue: Arc<Queue>, patience: Duration) {
        while let Some(together) = self.next_together() {
            // One timer for all of them, where each might have its own.
            if timeout(patience, answer(&queue, together)).await.is_err() {
                self.leave_nobody_waiting();
            }
        }
    }

    /// Whoever waits hears that there is nobody: once the lane is let go of, for who hears of it may
    /// ask again at once.
    fn leave_nobody_waiting(&self) {
        let left = lock(&self.lane.0).get_mut(&self.runtime).map(std::mem::take);
        drop(left);
    }

    /// None if nobody waits any more: with that the turn is over.
    fn next_together(&mut self) -> Option<Vec<Asked<L>>> {
        let mut lane = lock(&self.lane.0);
        let waiting = lane.get_mut(&self.runtime).filter(|waiting| !waiting.is_empty());
        let Some(waiting) = waiting else {
            lane.remove(&self.runtime);
            self.is_over = true;
            return None;
        };
        let together = waiting.len().min(MOST_TOGETHER);
        // A caller that has given up needs no answer.
        Some(waiting.drain(..together).filter(|asked| !asked.reply.is_closed()).collect())
    }
}

impl<L: Lookup> Drop for Turn<L> {
    fn drop(&mut self) {
        if !self.is_over {
            let left = lock(&self.lane.0).remove(&self.runtime);
            drop(left);
        }
    }
}

async fn answer<L: Lookup>(queue: &Queue, together: Vec<Asked<L>>) {
    let keys: HashSet<_> = together.iter().map(|asked| asked.key.clone()).collect();
    let count = keys.len();
    match look_up::<L>(queue, keys.into_iter().collect()).await {
        Ok(mut found) => {
            let each_once = count == together.len();
            for Asked { key, reply } in together {
                let own = if each_once { found.remove(&key) } else { found.get(&key).cloned() };
                let _ = reply.send(Ok(own));
            }
        }
        // One of them may be what cannot be read: the others do not suffer for it.
        Err(_) if count > 1 => answer_each(queue, together).await,
        Err(failure) => {
            together.into_iter().for_each(|asked| {
                let _ = asked.reply.send(Err(failure));
            });
        }
    }
}

async fn answer_each<L: Lookup>(queue: &Queue, asked: Vec<Asked<L>>) {
    for Asked { key, reply } in asked {
        if !reply.is_closed() {
            let found = look_up::<L>(queue, vec![key.clone()]).await;
            let _ = reply.send(found.map(|mut found| found.remove(&key)));
        }
    }
}

async fn look_up<L: Lookup>(
    queue: &Queue,
    keys: Vec<L::Key>,
) -> Result<HashMap<L::Key, L::Found>, Failure> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    queue.read(move |tx| L::look_up(tx, &keys)).await
}

#[cfg(test)]
mod tests {
    use leaseline_store::ReadPool;

    use super::*;
    use crate::readers::testing::{Together, store};

    const PATIENCE: Duration = Duration::from_secs(10);

    /// Has all of these asked, the first of whom gets the turn.
    fn ask(lane: &Arc<Lane<Together>>, keys: &[u8]) -> (Vec<Heard<Together>>, Turn<Together>) {
        let asked = keys.iter().map(|key| lane.ask(*key).unwrap());
        let (heard, turns): (Vec<_>, Vec<_>) = asked.unzip();
        let mut turns: Vec<_> = turns.into_iter().flatten().collect();
        assert_eq!((lane.waiting(), turns.len()), (keys.len(), 1));
        (heard, turns.remove(0))
    }

    /// Has all of these asked before the turn begins, and looks at what each hears.
    async fn check(keys: &[u8], expected: &[Found<Together>]) {
        let (_folder, store) = store();
        let (queue, pool) = (Arc::new(Queue::default()), ReadPool::new(&store, 1));
        let reader = std::thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.work_off(&pool)
        });

        let lane: Arc<Lane<Together>> = Arc::default();
        let (heard, turn) = ask(&lane, keys);
        turn.work_off(Arc::clone(&queue), PATIENCE).await;
        assert_eq!(lane.waiting(), 0);
        let heard: Vec<_> = heard.into_iter().map(|mut heard| heard.try_recv().unwrap()).collect();
        assert_eq!(heard, expected);
        queue.close();
        reader.join().unwrap();
    }

    #[tokio::test]
    async fn what_gathered_is_looked_up_together_and_once() {
        check(&[7], &[Ok(Some(1))]).await;
        check(&[7, 8, 7], &[Ok(Some(2)), Ok(Some(2)), Ok(Some(2))]).await;
    }

    #[tokio::test]
    async fn what_cannot_be_read_harms_nobody_else() {
        let expected = [Ok(Some(1)), Err(Failure::Unavailable), Ok(Some(1))];
        check(&[7, 0, 8], &expected).await;
    }

    #[tokio::test]
    async fn one_of_a_runtime_at_a_time_has_the_turn() {
        let lane: Arc<Lane<Together>> = Arc::default();
        let (mut heard, turn) = ask(&lane, &[1, 2]);
        drop(turn);
        assert_eq!(lane.waiting(), 0);
        assert!(heard.iter_mut().all(|heard| heard.try_recv().is_err()));
        assert!(lane.ask(3).unwrap().1.is_some());
    }

    #[tokio::test]
    async fn a_turn_that_is_over_takes_nothing_from_the_next() {
        let lane: Arc<Lane<Together>> = Arc::default();
        let (_heard, mut turn) = ask(&lane, &[1]);
        assert_eq!(turn.next_together().map(|asked| asked.len()), Some(1));
        assert!(turn.next_together().is_none());
        let (_heard, _next) = ask(&lane, &[2]);
        drop(turn);
        assert_eq!(lane.waiting(), 1);
    }

    #[tokio::test]
    async fn nobody_waits_on_when_the_store_takes_too_long() {
        let nobody_reads = Arc::new(Queue::default());
        let lane: Arc<Lane<Together>> = Arc::default();
        let (mut heard, turn) = ask(&lane, &[1, 2]);
        turn.work_off(nobody_reads, Duration::from_millis(1)).await;
        assert!(heard.iter_mut().all(|heard| heard.try_recv().is_err()));
        assert_eq!(lane.waiting(), 0);
    }

    #[tokio::test]
    async fn only_so_many_wait() {
        let lane: Arc<Lane<Together>> = Arc::default();
        let (_heard, turn) = ask(&lane, &[1; MOST_WAITING]);
        assert_eq!(lane.ask(1).err(), Some(Failure::Overloaded));
        drop(turn);
        assert!(lane.ask(1).is_ok());
    }

    #[tokio::test]
    async fn who_gave_up_is_not_looked_for() {
        let lane: Arc<Lane<Together>> = Arc::default();
        let (mut heard, mut turn) = ask(&lane, &[1, 2]);
        drop(heard.remove(0));
        let together = turn.next_together().unwrap();
        let keys: Vec<_> = together.into_iter().map(|asked| asked.key).collect();
        assert_eq!(keys, [2]);
    }
}
