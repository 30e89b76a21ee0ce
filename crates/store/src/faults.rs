//! Failing on purpose, for tests. It is compiled in with the feature `faults`, which only tests ask
//! for; without it there is `no_faults.rs`, which does nothing and takes no room.
//!
//! What can fail is counted as it is called: beginning a transaction, each statement, a commit
//! before the server heard of it, and a commit whose answer is lost. So a test can have the first
//! call of a request fail, then the second, until there is none left to fail.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use diesel::result::{DatabaseErrorKind, Error, QueryResult};

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::store::{Kind, Store, UnknownUrl};

/// What fails of a database in this process. Clones are of the same.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

/// Which calls fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fails {
    /// None.
    #[default]
    Never,
    /// The nth from now on, counted from 1.
    Once(usize),
    /// The nth and all after it.
    From(usize),
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fired {
    /// How many calls there were.
    pub calls: usize,
    /// How many of them failed.
    pub failed: usize,
    /// Whether a commit was carried out, and its answer lost.
    pub lost_a_commit: bool,
}

#[derive(Debug, Default)]
struct Plan {
    fails: Fails,
    fired: Fired,
}

/// A statement that was not even sent. It unwinds through the database library, which knows of no
/// other way to be interrupted.
struct Injected;

static KNOWN: LazyLock<Mutex<HashMap<String, Faults>>> = LazyLock::new(Mutex::default);

impl Faults {
    /// Those of a database. Connections that were opened before it was first asked for never fail.
    ///
    /// # Errors
    /// [`UnknownUrl`].
    pub fn of(database_url: &str) -> Result<Self, UnknownUrl> {
        let store = Store::from_url(database_url)?;
        Ok(lock(&KNOWN).entry(place(&store)).or_default().clone())
    }

    /// Counts from now on, and has these calls fail.
    pub fn plan(&self, fails: Fails) {
        *lock(&self.0) = Plan { fails, fired: Fired::default() };
    }

    /// Has nothing fail any more.
    pub fn end(&self) -> Fired {
        std::mem::take(&mut *lock(&self.0)).fired
    }

    fn is_next_to_fail(&self) -> bool {
        let plan = &mut *lock(&self.0);
        plan.fired.calls += 1;
        let fails = match plan.fails {
            Fails::Never => false,
            Fails::Once(nth) => plan.fired.calls == nth,
            Fails::From(nth) => plan.fired.calls >= nth,
        };
        plan.fired.failed += usize::from(fails);
        fails
    }
}

/// Where one connection may fail.
#[derive(Clone, Debug)]
pub(crate) struct Points(Option<Faults>);

impl Points {
    pub(crate) fn of(store: &Store) -> Self {
        Self(lock(&KNOWN).get(&place(store)).cloned())
    }

    /// Has the statements of a connection be counted too.
    pub(crate) fn watch(&self, connection: &mut AnyConnection) {
        let Some(faults) = self.0.clone() else { return };
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event
                && !is_bracket(&query.to_string())
                && faults.is_next_to_fail()
            {
                resume_unwind(Box::new(Injected));
            }
        });
    }

    /// Before a transaction begins, and before it is committed.
    pub(crate) fn check(&self) -> QueryResult<()> {
        match &self.0 {
            Some(faults) if faults.is_next_to_fail() => Err(error()),
            _ => Ok(()),
        }
    }

    /// After it was committed.
    pub(crate) fn check_answer(&self) -> QueryResult<()> {
        let checked = self.check();
        if let (Err(_), Some(faults)) = (&checked, &self.0) {
            lock(&faults.0).fired.lost_a_commit = true;
        }
        checked
    }
}

/// Runs `work`; a statement in it that was to fail has failed.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| match panic.downcast::<Injected>() {
        Ok(_) => Err(error().into()),
        Err(panic) => resume_unwind(panic),
    })
}

/// What a panic between begin and commit was.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> StoreError {
    if panic.is::<Injected>() { error().into() } else { StoreError::Panicked }
}

fn error() -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("failed on purpose".to_owned()))
}

/// Those have points of their own; a rollback's failure says nothing new.
fn is_bracket(statement: &str) -> bool {
    ["BEGIN", "COMMIT", "ROLLBACK;", "ROLLBACK -- "].iter().any(|word| statement.starts_with(word))
        || statement.trim_end() == "ROLLBACK"
}

fn place(store: &Store) -> String {
    match &store.kind {
        Kind::Sqlite(path) => path.to_string_lossy().into_owned(),
        Kind::Postgres(url) => url.clone(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
