//! Whether all is well, in figures.

use std::time::{Duration, Instant};

use leaseline_core::Timestamp;
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::readiness::NotReady;

/// How this process and its database are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// As of then.
    pub at: Timestamp,
    /// Whether the process should be given work, and why not.
    pub ready: Result<(), NotReady>,
    /// How long a small read took.
    pub store_latency: Duration,
    /// Which database it is.
    pub database: DatabaseKind,
    /// How many bytes it takes up.
    pub database_bytes: u64,
    /// How many bytes more its disk has; unknown where it is a server.
    pub free_bytes: Option<u64>,
    /// Which version the database is of, as it says itself.
    pub database_version: String,
    /// The last migration that it has seen.
    pub schema: Option<String>,
    /// How far the clock is behind the latest instant that any process has seen.
    pub clock_lag: Duration,
    /// How far it is off the database's, if that has one.
    pub clock_offset: Option<Duration>,
    /// When the oldest call was decided on for which credit is still set aside.
    pub oldest_hold: Option<Timestamp>,
    /// Records that somebody has to look at as they could not be charged.
    pub unpriced_records: u64,
    /// Records that somebody has to look at as they belong to nobody we know.
    pub orphans: u64,
    /// Requests that wait for the writer, and how many may.
    pub inbox: (usize, usize),
    /// Reads under way or waiting.
    pub reads_in_flight: usize,
    /// Requests that should have been remembered and were not, since the process began.
    pub requests_dropped: u64,
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// SQLite, a file.
    Sqlite,
    /// PostgreSQL, a server.
    Postgres,
}

impl Hub {
    /// How this process and its database are.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn health(&self) -> Result<Health, Failure> {
        let began = Instant::now();
        let seen = self.read_apart(load::writers::latest_seen).await?;
        let store_latency = began.elapsed();
        seen.into_iter().for_each(|seen| self.clock().has_been(seen));
        let ready = self.ready().await;
        let (at, clock_lag) = (self.now(), self.clock().lag());
        let (inbox, reads_in_flight) = (self.inbox_depth(), self.reads_in_flight());
        let hub = self.clone();
        self.read(move |tx| {
            let clock = load::writers::database_clock(tx)?;
            Ok(Health {
                at,
                ready,
                store_latency,
                database: if tx.holds_off_others() {
                    DatabaseKind::Sqlite
                } else {
                    DatabaseKind::Postgres
                },
                database_bytes: load::overview::database_bytes(tx)?,
                free_bytes: hub.store().free_bytes(),
                database_version: load::overview::database_version(tx)?,
                schema: load::overview::schema_version(tx)?,
                clock_lag,
                clock_offset: clock.map(|clock| hub.clock().distance(clock)),
                oldest_hold: load::overview::oldest_hold(tx)?,
                unpriced_records: load::record_search::unpriced(tx)?,
                orphans: load::record_search::orphans(tx)?,
                inbox,
                reads_in_flight,
                requests_dropped: hub.requests_dropped(),
            })
        })
        .await
    }
}
