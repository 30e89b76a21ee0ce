//! Imports: any number of numbers put into a pool without disturbing a service that is live.
//!
//! They are inserted in chunks, each a transaction of its own in which nobody waits for long, and
//! nobody can lease one of them before the last chunk is there. An import that is cut off leaves
//! numbers behind that nobody sees; the same import run again completes it. See
//! `docs/decisions/0007-an-import-is-an-instant.md`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Instant;

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::phone::E164;
use leaseline_core::pool::NewNumber;
use leaseline_store::record::imports::{MOST_AT_ONCE, OpenImport, Staged, Standing};
use leaseline_store::{StoreError, Tx, load, record};
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::pace::{Others, Pace};
use crate::request::{Request, Way};

/// Numbers that were compared with the inventory: what is left to be done about them.
#[derive(Debug)]
pub struct ImportPlan {
    digest: Vec<u8>,
    missing: Vec<NewNumber>,
}

/// An import under way. It goes on as long as [`step`](Self::step) is called; dropped before it
/// is done, it leaves no number that anybody can lease.
pub struct Import {
    hub: Hub,
    open: OpenImport,
    numbers: Arc<Vec<NewNumber>>,
    done: usize,
    pace: Pace,
}

/// Whether an import is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to be done.
    Staged,
    /// All of its numbers are there, and can be leased from now on.
    Live,
}

/// Why numbers were not imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// One of them is in another pool.
    #[error("the number {} is in the pool {pool:?} already", number.masked())]
    Elsewhere {
        /// The number.
        number: E164,
        /// The pool's name.
        pool: String,
    },
    /// Another import of the pool has some of the same numbers, and took them over. What this one
    /// left behind nobody can lease; run again, it takes them back or finds them there.
    #[error("another import took over some of the same numbers: run it again when that is done")]
    TakenOver,
    /// The store did not carry a step out.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl ImportPlan {
    /// How many numbers are not there yet, or are there but can not be leased yet.
    pub fn missing(&self) -> usize {
        self.missing.len()
    }
}

impl Hub {
    /// Compares numbers with the inventory, without writing anything. `pool` is where they are to
    /// go, unless that is not there yet.
    ///
    /// # Errors
    /// [`ImportError::Elsewhere`] names the first that is in another pool.
    pub async fn plan_import(
        &self,
        pool: Option<PoolId>,
        mut numbers: Vec<NewNumber>,
    ) -> Result<ImportPlan, ImportError> {
        let digest = digest(&numbers);
        let mut live = vec![false; numbers.len()];
        for (chunk, live) in numbers.chunks(MOST_AT_ONCE).zip(live.chunks_mut(MOST_AT_ONCE)) {
            let asked: Vec<_> = chunk.iter().map(|new| new.number.e164()).collect();
            let present = self.read(move |tx| load::imports::present(tx, &asked)).await?;
            for number in present {
                if pool != Some(number.pool) {
                    let found = chunk[number.place].number.e164();
                    return Err(self.elsewhere(found, number.pool).await?);
                }
                live[number.place] = !number.staged;
            }
        }
        let mut live = live.into_iter();
        numbers.retain(|_| live.next() == Some(false));
        Ok(ImportPlan { digest, missing: numbers })
    }

    /// Begins an import, or goes on with one of the same numbers that was cut off.
    ///
    /// # Errors
    /// [`ImportError::Failed`].
    pub async fn begin_import(
        &self,
        pool: PoolId,
        plan: ImportPlan,
    ) -> Result<Import, ImportError> {
        let opening = Opening { pool, digest: plan.digest };
        let open = self.insist(|| opening.clone()).await?;
        let numbers = Arc::new(plan.missing);
        let hub = self.clone();
        Ok(Import { hub, open, numbers, done: 0, pace: Pace::new(MOST_AT_ONCE) })
    }

    /// The places of those of these numbers that are in another pool than this, with that one's name.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn numbers_elsewhere(
        &self,
        pool: PoolId,
        numbers: &[E164],
    ) -> Result<Vec<(usize, String)>, Failure> {
        let (mut found, mut names) = (Vec::new(), HashMap::<_, String>::new());
        for (nth, chunk) in numbers.chunks(MOST_AT_ONCE).enumerate() {
            let asked = chunk.to_vec();
            let present = self.read(move |tx| load::imports::present(tx, &asked)).await?;
            for other in present.into_iter().filter(|number| number.pool != pool) {
                let name = match names.entry(other.pool) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(self.pool_name(other.pool).await?),
                };
                found.push((nth * MOST_AT_ONCE + other.place, name.clone()));
            }
        }
        Ok(found)
    }

    async fn elsewhere(&self, number: E164, pool: PoolId) -> Result<ImportError, Failure> {
        Ok(ImportError::Elsewhere { number, pool: self.pool_name(pool).await? })
    }

    async fn pool_name(&self, pool: PoolId) -> Result<String, Failure> {
        self.read(move |tx| load::pools::name(tx, pool)).await
    }
}

impl Import {
    /// How many numbers were written so far, of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.numbers.len())
    }

    /// Writes the next chunk, or makes all of them visible when none is left. It rests before, so
    /// that others get their turn.
    ///
    /// # Errors
    /// [`ImportError`]; the import can not go on then.
    pub async fn step(&mut self) -> Result<Progress, ImportError> {
        self.pace.rest().await;
        let to = self.numbers.len().min(self.done + self.pace.chunk());
        let chunk = Chunk { from: self.done, to, all: Arc::clone(&self.numbers) };
        let step = Step { import: self.open, chunk };
        let stepped = self.hub.insist(|| step.clone()).await?;
        match stepped.outcome {
            StepOutcome::Staged => {
                self.done = to;
                let others = Others::of(self.open.holds_off_others());
                self.pace.wrote(stepped.began.elapsed(), others);
                Ok(Progress::Staged)
            }
            StepOutcome::Live => Ok(Progress::Live),
            StepOutcome::Robbed => Err(ImportError::TakenOver),
            StepOutcome::Elsewhere { number, pool } => {
                Err(self.hub.elsewhere(number, pool).await?)
            }
        }
    }

    /// All the steps that are left; `told` hears [`progress`](Self::progress) after each.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn finish(mut self, mut told: impl FnMut(usize, usize)) -> Result<(), ImportError> {
        while self.step().await? == Progress::Staged {
            let (done, of) = self.progress();
            told(done, of);
        }
        Ok(())
    }
}

/// The numbers as they were written, in their order: the same input is the same import.
fn digest(numbers: &[NewNumber]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for new in numbers {
        digest.update(new.number.e164().integer().to_le_bytes());
    }
    digest.finalize().to_vec()
}

#[derive(Clone)]
struct Opening {
    pool: PoolId,
    digest: Vec<u8>,
}

impl Request for Opening {
    type Outcome = OpenImport;

    fn into_command(self, way: Way<OpenImport>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, opening: &Self, now: Timestamp| {
            record::imports::open(tx, opening.pool, &opening.digest, now).map(Ok)
        })
    }
}

/// A part of the numbers; the empty one at their end makes them visible.
#[derive(Clone)]
struct Chunk {
    from: usize,
    to: usize,
    all: Arc<Vec<NewNumber>>,
}

#[derive(Clone)]
struct Step {
    import: OpenImport,
    chunk: Chunk,
}

struct Stepped {
    /// When it was its turn to write.
    began: Instant,
    outcome: StepOutcome,
}

enum StepOutcome {
    Staged,
    Live,
    Robbed,
    Elsewhere { number: E164, pool: PoolId },
}

impl Request for Step {
    type Outcome = Stepped;

    fn into_command(self, way: Way<Stepped>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, step: &Self, now: Timestamp| {
            let began = Instant::now();
            let outcome = write(tx, step, now)?;
            Ok(Ok(Stepped { began, outcome }))
        })
    }
}

fn write(tx: &mut Tx<'_>, step: &Step, now: Timestamp) -> Result<StepOutcome, StoreError> {
    let Step { import, chunk } = step;
    let mut standing = record::imports::standing(tx, *import)?;
    if standing == Standing::Open && chunk.is_empty() {
        standing = record::imports::set_live(tx, *import, now)?;
    }
    Ok(match standing {
        Standing::Open => match record::imports::stage(tx, *import, &chunk.numbers())? {
            Staged::Whole => StepOutcome::Staged,
            Staged::Elsewhere { number, pool } => StepOutcome::Elsewhere { number, pool },
        },
        Standing::Live => StepOutcome::Live,
        Standing::Robbed => StepOutcome::Robbed,
    })
}

impl Chunk {
    const fn is_empty(&self) -> bool {
        self.from == self.to
    }

    fn numbers(&self) -> Vec<&NewNumber> {
        self.all[self.from..self.to].iter().collect()
    }
}
