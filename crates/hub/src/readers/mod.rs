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
use std::time::Duration;

use leaseline_store::{ReadPool, Store, StoreError, Tx};
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::hub::lock;
use crate::meters;

pub(crate) use lane::{Lane, Lookup};
use queue::Queue;

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
        self.queue.read(work).await
    }

    /// Looks something up, together with whoever asks the same kind of question meanwhile; nobody
    /// waits much longer than this.
    pub(crate) async fn look_up<L: Lookup>(
        &self,
        lane: &Arc<Lane<L>>,
        key: L::Key,
        patience: Duration,
    ) -> Result<Option<L::Found>, Failure> {
        let (answered, turn) = lane.ask(key)?;
        if let Some(turn) = turn {
            // A task of its own: what else is ready on this thread asks before it begins, and the
            // others need not wait until somebody polls this one again.
            tokio::spawn(turn.work_off(Arc::clone(&self.queue), patience));
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

    use super::testing::{Itself, Together, store};
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn readers() -> (TempDir, Readers) {
        let (folder, store) = store();
        (folder, Readers::start(&store, 1).unwrap())
    }

    async fn look_up(
        readers: &Readers,
        lane: &Arc<Lane<Together>>,
        key: u8,
    ) -> Result<Option<usize>, Failure> {
        readers.look_up(lane, key, PATIENCE).await
    }

    #[tokio::test]
    async fn who_asks_in_the_same_turn_is_answered_together() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        let found = join_all([1, 2, 3].map(|key| look_up(&readers, &lane, key))).await;
        assert_eq!(found, [Ok(Some(3)); 3]);
        assert_eq!(look_up(&readers, &lane, 4).await, Ok(Some(1)));
    }

    #[tokio::test]
    async fn who_gives_up_or_stands_still_leaves_the_others_their_reader() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        let mut gives_up = Box::pin(look_up(&readers, &lane, 1));
        assert_eq!((&mut gives_up).now_or_never(), None);
        drop(gives_up);
        assert_eq!(look_up(&readers, &lane, 2).await, Ok(Some(1)));

        let mut stands_still = Box::pin(look_up(&readers, &lane, 3));
        assert_eq!((&mut stands_still).now_or_never(), None);
        assert_eq!(look_up(&readers, &lane, 4).await, Ok(Some(2)));
        assert_eq!(stands_still.await, Ok(Some(2)));
    }

    #[test]
    fn a_runtime_that_stands_still_or_ends_holds_up_no_other() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        let runtime =
            || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (stands_still, goes_on) = (runtime(), runtime());
        let asked = stands_still.block_on(async { look_up(&readers, &lane, 1).now_or_never() });
        assert_eq!(asked, None);
        assert_eq!(goes_on.block_on(look_up(&readers, &lane, 2)), Ok(Some(1)));
        assert_eq!(lane.waiting(), 1);
        drop(stands_still);
        assert_eq!(lane.waiting(), 0);
        assert_eq!(goes_on.block_on(look_up(&readers, &lane, 3)), Ok(Some(1)));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn who_asks_on_many_threads_of_a_runtime_hears_what_he_asked_for() {
        let (_folder, readers) = readers();
        let (readers, lane) = (Arc::new(readers), Arc::<Lane<Itself>>::default());
        let asked = (0..2_000).map(|key| {
            let (readers, lane) = (Arc::clone(&readers), Arc::clone(&lane));
            tokio::spawn(async move { readers.look_up(&lane, key, PATIENCE).await })
        });
        let asked: Vec<_> = asked.collect();
        for (key, answer) in (0..).zip(asked) {
            assert_eq!(answer.await.unwrap(), Ok(Some(key)));
        }
        assert_eq!(lane.waiting(), 0);
    }

    #[tokio::test]
    async fn who_asks_when_there_are_no_readers_any_more_hears_of_it() {
        let (_folder, readers) = readers();
        let lane: Arc<Lane<Together>> = Arc::default();
        readers.close().into_iter().for_each(|thread| thread.join().unwrap());
        let refused = join_all([1, 2].map(|key| look_up(&readers, &lane, key))).await;
        assert_eq!(refused, [Err(Failure::Unavailable); 2]);
        assert_eq!(lane.waiting(), 0);
    }
}
