//! `leaseline db clock`.

use std::fmt;

use leaseline_core::Timestamp;
use leaseline_hub::upkeep::{ClockReset, Clocks, clocks, reset_clock};
use leaseline_service::{DatabaseUrl, Problem, rfc3339};
use serde::Serialize;

use super::command::Clock;
use super::trouble::problem;
use crate::answer::Answers;

pub(super) fn clock(url: &DatabaseUrl, ask: Clock, answers: Answers) -> Result<(), Problem> {
    if ask.reset {
        let reset = reset_clock(url.as_str(), ask.force);
        let reset =
            reset.map_err(|error| problem(format!("reset the clock of {url}"), error, ""))?;
        answers.print(&Reset::from(reset))
    } else {
        let clocks = clocks(url.as_str());
        let clocks =
            clocks.map_err(|error| problem(format!("read the clocks of {url}"), error, ""))?;
        answers.print(&Shown::from(clocks))
    }
}

/// The clocks as they are printed; RFC 3339, UTC.
#[derive(Serialize)]
struct Shown {
    clock: String,
    seen: Option<String>,
    database_clock: Option<String>,
    /// How far the clock is behind the latest instant seen.
    behind_seconds: u64,
}

#[derive(Serialize)]
struct Reset {
    before: Shown,
    writers_set_back: usize,
}

impl From<Clocks> for Shown {
    fn from(clocks: Clocks) -> Self {
        let shown = |at: Option<Timestamp>| at.map(rfc3339::format);
        let behind = clocks.seen.map_or(0, |seen| seen.micros() - clocks.here.micros());
        Self {
            clock: rfc3339::format(clocks.here),
            seen: shown(clocks.seen),
            database_clock: shown(clocks.database),
            behind_seconds: u64::try_from(behind).unwrap_or(0) / 1_000_000,
        }
    }
}

impl From<ClockReset> for Reset {
    fn from(reset: ClockReset) -> Self {
        Self { before: reset.before.into(), writers_set_back: reset.writers }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "this machine's clock: {}", self.clock)?;
        writeln!(f, "latest instant seen:  {}", self.seen.as_deref().unwrap_or("none"))?;
        if let Some(clock) = &self.database_clock {
            writeln!(f, "the database's clock: {clock}")?;
        }
        match self.behind_seconds {
            0 => Ok(()),
            behind => writeln!(f, "the clock is {behind} s behind what was seen"),
        }
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.before.fmt(f)?;
        match self.writers_set_back {
            0 => writeln!(f, "nothing to set back"),
            writers => writeln!(
                f,
                "set back to this machine's clock; writers that had seen more: {writers}\n\
                 processes that still run have to be started anew"
            ),
        }
    }
}
