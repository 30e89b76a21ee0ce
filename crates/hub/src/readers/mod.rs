//! Reading: a few threads, each with a connection, that take what is asked from one queue, so that
//! reads never wait behind a writer. A thread that is at work goes on to the next read without
//! anybody having to be woken: under load, that is what most of a small read would cost.
//!
//! Small questions of one kind share a statement (see [`Lane`]). What may take long, and the
//! question whether the store answers at all, go past the queue, so that neither holds up the
//! other.

mod lane;
mod queue;
#[cfg(test)]
mod testing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use leaseline_store::{ReadPool, Store, StoreError, Tx};
use tokio::sync::{Semaphore, oneshot};

use crate::failure::Failure;
use crate::hub::lock;
use crate::meters;

pub(crate) use lane::{Lane, Lookup};
use queue::{Job, Queue};

/// So many reads go past the queue at a time.
const APART: usize = 2;

/// The readers' side of the hub.
pub(crate) struct Readers {
    queue: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// None once the hub is closed.
    pool: Mutex<Option<ReadPool>>,
    apart: Semaphore,
}

impl Readers {
    /// Starts so many threads on a database.
    ///
    /// # Errors
    /// One could not be started.
    pub(crate) fn start(store: &Store, threads: usize) -> std::io::Result<Self> {
        let pool = ReadPool::new(store, u32::try_from(threads + APART).unwrap_or(u32::MAX));
        let readers = Self {
            queue: Arc::default(),
            threads: Mutex::default(),
            pool: Mutex::new(Some(pool.clone())),
            apart: Semaphore::new(APART),
        };
        for _ in 0..threads {
            let (queue, pool) = (Arc::clone(&readers.queue), pool.clone());
            let thread = std::thread::Builder::new().name("leaseline-reader".into());
            lock(&readers.threads).push(thread.spawn(move || queue.work_off(&pool))?);
        }
        Ok(readers)
    }

    /// Takes no more reads, and hands over the threads, which end when those that were taken are
    /// finished, and let go of the connections: SQLite tidies up its files when the last one is
    /// closed.
    pub(crate) fn close(&self) -> Vec<JoinHandle<()>> {
        self.queue.close();
        drop(lock(&self.pool).take());
        std::mem::take(&mut *lock(&self.threads))
    }

    /// How many read, or wait for a thread.
    pub(crate) fn in_flight(&self) -> usize {
        self.queue.in_flight()
    }

    /// Reads; at most as many at a time as there are threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let (reply, answered) = oneshot::channel();
        self.queue.push(Job::new(move |pool| {
            // A caller that has given up needs no answer.
            if !reply.is_closed() {
                let _ = reply.send(carry_out(pool, work));
            }
            None
        }))?;
        answered.await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Looks something up, together with whoever asks the same kind of question meanwhile.
    pub(crate) async fn look_up<L: Lookup>(
        &self,
        lane: &Arc<Lane<L>>,
        key: L::Key,
    ) -> Result<Option<L::Found>, Failure> {
        let (answered, job) = lane.ask(key)?;
        if job.is_some() {
            // What else has come to this thread asks first: a reader that is woken for each of them
            // looks up one at a time. In a task of its own, so that the others need not wait until
            // somebody polls this one again.
            let due = Due { queue: Arc::clone(&self.queue), lane: Arc::clone(lane), job };
            tokio::spawn(async move { drop(due) });
        }
        answered.await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Reads past the queue.
    pub(crate) async fn read_apart<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.apart.acquire().await.map_err(|_| Failure::Unavailable)?;
        let pool = lock(&self.pool).clone().ok_or(Failure::Unavailable)?;
        let read = tokio::task::spawn_blocking(move || carry_out(&pool, work)).await;
        read.unwrap_or(Err(Failure::Unavailable))
    }
}

/// A lane's job that a reader is to have when this is dropped: by the task that has it, or by a runtime
/// that ends before the task's turn comes.
struct Due<L: Lookup> {
    queue: Arc<Queue>,
    lane: Arc<Lane<L>>,
    job: Option<Job>,
}

impl<L: Lookup> Drop for Due<L> {
    fn drop(&mut self) {
        let pushed = self.job.take().map_or(Ok(()), |job| self.queue.push(job));
        if let Err(failure) = pushed {
            self.lane.refuse(failure);
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn carry_out<T>(
    pool: &ReadPool,
    work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(|| pool.read(work))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            meters::store_failed(&error);
            tracing::warn!(error = %error.told(), "a read failed");
            Err(Failure::of(&error))
        }
        Err(_) => {
            // Not the panic's own words, which may quote what was read.
            tracing::error!("a read panicked");
            Err(Failure::Unavailable)
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use tempfile::TempDir;

    use super::testing::{Together, store};
    use super::*;

    fn readers() -> (TempDir, Readers) {
        let (folder, store) = store();
        (folder, Readers::start(&store, 1).unwrap())
    }

    #[tokio::test]
    async fn who_asks_in_the_same_turn_is_answered_together() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        let found = join_all([1, 2, 3].map(|key| readers.look_up(&lane, key))).await;
        assert_eq!(found, [Ok(Some(3)); 3]);
        assert_eq!(readers.look_up(&lane, 4).await, Ok(Some(1)));
    }

    #[tokio::test]
    async fn who_gives_up_or_stands_still_leaves_the_others_their_reader() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        let mut gives_up = Box::pin(readers.look_up(&lane, 1));
        assert_eq!((&mut gives_up).now_or_never(), None);
        drop(gives_up);
        assert_eq!(readers.look_up(&lane, 2).await, Ok(Some(1)));

        let mut stands_still = Box::pin(readers.look_up(&lane, 3));
        assert_eq!((&mut stands_still).now_or_never(), None);
        assert_eq!(readers.look_up(&lane, 4).await, Ok(Some(2)));
        assert_eq!(stands_still.await, Ok(Some(2)));
    }

    #[test]
    fn a_runtime_that_ends_leaves_the_others_their_reader() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ends = runtime();
        let asked = ends.block_on(async { readers.look_up(&lane, 1).now_or_never() });
        assert_eq!(asked, None);
        drop(ends);
        assert_eq!(runtime().block_on(readers.look_up(&lane, 2)), Ok(Some(1)));
    }

    #[tokio::test]
    async fn who_asks_when_there_are_no_readers_any_more_hears_of_it() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        readers.close().into_iter().for_each(|thread| thread.join().unwrap());
        let refused = join_all([1, 2].map(|key| readers.look_up(&lane, key))).await;
        assert_eq!(refused, [Err(Failure::Unavailable); 2]);
        assert_eq!(lane.waiting(), 0);
    }
}
