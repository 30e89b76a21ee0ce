//! Whether this process should be given work.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_store::{SchemaState, Tx, load};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::meters;
use crate::request::{Request, Way};

/// So far the clock may be behind the latest instant that any process has seen.
const MOST_LAG: Duration = Duration::from_secs(5);

/// So far the clock may be off the database's.
const MOST_DISTANCE: Duration = Duration::from_secs(2);

/// Why it should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The store does not answer.
    #[error("the store does not answer")]
    Store,
    /// The store answers, and takes nothing: its disk is full or read-only.
    #[error("nothing can be written to the store")]
    Writing,
    /// The schema is not this version's.
    #[error("the schema is not this version's: run `leaseline migrate`")]
    Schema,
    /// The clock is behind.
    #[error("the clock is more than 5 s behind what the store has seen: set the clock")]
    ClockBehind,
    /// The clock differs from the database's.
    #[error("the clock is more than 2 s off the database's: set the clock")]
    ClockOff,
}

impl Hub {
    /// Asks the store whether all is well.
    ///
    /// # Errors
    /// [`NotReady`] says what is not.
    pub async fn ready(&self) -> Result<(), NotReady> {
        let read = self.read_apart(|tx| {
            let schema = tx.schema_state()?;
            if schema != SchemaState::Current {
                return Ok((schema, None, None));
            }
            let seen = load::writers::latest_seen(tx)?;
            Ok((schema, seen, load::writers::database_clock(tx)?))
        });
        let (schema, seen, database) = read.await.map_err(|_: Failure| NotReady::Store)?;
        if schema != SchemaState::Current {
            return Err(NotReady::Schema);
        }
        // Nobody sends anything to whoever is not ready: so it is tried, not waited for.
        if self.writes_in_vain() && self.ask(Trial).await == Err(Failure::Unavailable) {
            return Err(NotReady::Writing);
        }
        let clock = self.clock();
        seen.into_iter().for_each(|seen| clock.has_been(seen));
        if clock.lag() > MOST_LAG {
            return Err(NotReady::ClockBehind);
        }
        let distance = database.map(|database| clock.distance(database));
        distance.into_iter().for_each(meters::clock_offset);
        match distance {
            Some(distance) if distance > MOST_DISTANCE => Err(NotReady::ClockOff),
            _ => Ok(()),
        }
    }
}

/// Whether anything can be written: its transaction writes what every one does, and nothing else.
struct Trial;

impl Request for Trial {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |_: &mut Tx<'_>, _: &Self, _: Timestamp| Ok(Ok(())))
    }
}
