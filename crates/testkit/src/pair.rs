//! A PostgreSQL server and its synchronous standby, of a test's own.

use std::process::Command;

use crate::database::Database;
use crate::server::{Keeper, output_of, script};

/// Two PostgreSQL servers of their own for one test, on loopback and in a temporary folder; gone
/// when dropped. What can be done to them is what `scripts/high-availability` does.
pub struct Pair {
    folder: String,
    database: Database,
    /// Dropped last.
    _keeper: Keeper,
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The primary at first.
    A,
    /// Its standby at first.
    B,
}

/// What can be done to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All its processes end at once, as in a power cut.
    Kill,
    /// It stops in good order.
    Stop,
    /// It starts as it was.
    Start,
    /// The standby becomes the primary, and waits for no standby.
    Promote,
    /// One that is down becomes the other's standby.
    Follow,
    /// The primary waits for its standby at every commit.
    Together,
    /// The primary waits for no standby.
    Alone,
}

impl Pair {
    /// Starts them, if this run has a PostgreSQL half at all: see
    /// [`databases`](crate::databases).
    pub fn start() -> Option<Self> {
        Database::postgres_is_wanted().then(Self::new)
    }

    fn new() -> Self {
        let variables = ["LEASELINE_TEST_PAIR", "LEASELINE_DATABASE_URL"];
        let (keeper, [folder, url]) = Keeper::start("high-availability", variables);
        Self { folder, database: Database::on_pair(url), _keeper: keeper }
    }

    /// Their database, which is wherever the primary is.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Does something to one of them, and returns when it is done.
    pub fn step(&self, step: Step, which: Which) {
        self.run(&[step.flag(), which.name()]);
    }

    /// Runs SQL on one of them, outside of the database, and returns the rows: a line a row,
    /// columns separated by `|`.
    pub fn sql(&self, which: Which, sql: &str) -> String {
        self.run(&["--sql", which.name(), sql])
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(script("high-availability"));
        output_of(command.args(arguments).env("LEASELINE_TEST_PAIR", &self.folder))
    }
}

impl Which {
    /// The one that is not this one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

impl Step {
    const fn flag(self) -> &'static str {
        match self {
            Self::Kill => "--kill",
            Self::Stop => "--stop",
            Self::Start => "--start",
            Self::Promote => "--promote",
            Self::Follow => "--follow",
            Self::Together => "--together",
            Self::Alone => "--alone",
        }
    }
}
