//! The way out after a clock that was far ahead: time never goes back, so what such a clock has
//! shown would be the present until the right time has caught up.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_store::{SchemaState, Session, Store, WriteError, load, record};

use super::UpkeepError;
use crate::clock::{Clock, SystemClock};

/// A writer that was seen so recently may be running still.
const RECENTLY: Duration = Duration::from_secs(60);

/// What the clocks show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// This machine's.
    pub here: Timestamp,
    /// The latest instant that any process has seen, if one ever wrote.
    pub seen: Option<Timestamp>,
    /// The database's own, if it has one.
    pub database: Option<Timestamp>,
}

/// What a reset did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockReset {
    /// What the clocks showed before.
    pub before: Clocks,
    /// How many writers had seen a later instant than this machine's clock shows.
    pub writers: usize,
}

/// Reads the clocks.
///
/// # Errors
/// [`UpkeepError`].
pub fn clocks(database_url: &str) -> Result<Clocks, UpkeepError> {
    read(&mut current(&Store::from_url(database_url)?)?)
}

/// Sets the latest instant seen back to what this machine's clock shows. A process that runs would
/// write its own down again, so all of them have to be stopped first: the reset is refused while
/// somebody is connected, or a writer was seen within the last minute, unless it is `forced`.
///
/// # Errors
/// [`UpkeepError`].
pub fn reset_clock(database_url: &str, forced: bool) -> Result<ClockReset, UpkeepError> {
    let mut session = current(&Store::from_url(database_url)?)?;
    let before = read(&mut session)?;
    if !forced && session.is_in_use()? {
        return Err(UpkeepError::InUse);
    }
    if !forced && was_seen_recently(&mut session, before.here)? {
        return Err(UpkeepError::SeenRecently);
    }
    let reset = session.write(|tx| record::writers::set_back(tx, before.here));
    let writers = reset.map_err(|error| match error {
        WriteError::NotDone(error) | WriteError::Unknown(_, error) => error,
    })?;
    Ok(ClockReset { before, writers })
}

fn current(store: &Store) -> Result<Session, UpkeepError> {
    if let Some(file) = store.file()
        && !file.exists()
    {
        return Err(UpkeepError::Missing(file.to_owned()));
    }
    let mut session = store.connect()?;
    match session.read().schema_state()? {
        SchemaState::Current => Ok(session),
        schema => Err(UpkeepError::Schema { what: "the database", schema }),
    }
}

fn read(session: &mut Session) -> Result<Clocks, UpkeepError> {
    let mut tx = session.read();
    let seen = load::writers::latest_seen(&mut tx)?;
    let database = load::writers::database_clock(&mut tx)?;
    Ok(Clocks { here: SystemClock.now(), seen, database })
}

fn was_seen_recently(session: &mut Session, now: Timestamp) -> Result<bool, UpkeepError> {
    let from = now.saturating_sub(RECENTLY);
    Ok(load::writers::any_seen_between(&mut session.read(), from, now)?)
}
