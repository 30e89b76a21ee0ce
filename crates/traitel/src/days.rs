//! Days of an account's calendar, and what its clocks show.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::timestamp::Zone;
use time::{Date, PrimitiveDateTime, Time};

/// No zone's clocks are ever set back by more.
const LONGEST_REPEAT: Duration = Duration::from_secs(26 * 3_600);

/// Days in a row, the first and the last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    first: Date,
    last: Date,
    /// No instant of these days is earlier.
    pub(crate) from: Timestamp,
    /// All instants of these days are earlier.
    pub(crate) until: Timestamp,
}

impl Days {
    /// Days by their dates; `None` beyond the calendar. There are none when the last one is before
    /// the first.
    pub(crate) fn new(first: Date, last: Date, zone: &dyn Zone) -> Option<Self> {
        let from = zone.instant(midnight(first))?;
        let until = end(midnight(last.next_day()?), zone)?;
        Some(Self { first, last, from, until })
    }

    /// Whether what the clocks show is on one of these days. Where clocks are set back over
    /// midnight, instants of one day lie between those of another.
    pub(crate) fn include(&self, shown: PrimitiveDateTime) -> bool {
        (self.first..=self.last).contains(&shown.date())
    }
}

/// The day it is in a zone.
pub(crate) fn today(zone: &dyn Zone, now: Timestamp) -> Option<Date> {
    zone.local(now).map(PrimitiveDateTime::date)
}

/// `yyyy-mm-dd` and `hh:mm:ss`, begun seconds.
pub(crate) fn columns(shown: PrimitiveDateTime) -> [String; 2] {
    let (date, time) = (shown.date(), shown.time());
    let date = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
    [date, format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())]
}

/// When the clocks show this for the last time, or later.
fn end(shown: PrimitiveDateTime, zone: &dyn Zone) -> Option<Timestamp> {
    let first = zone.instant(shown)?;
    let later = first.checked_add(LONGEST_REPEAT)?;
    let is_even =
        zone.local(later) == shown.checked_add(time::Duration::try_from(LONGEST_REPEAT).ok()?);
    Some(if is_even { first } else { later })
}

fn midnight(day: Date) -> PrimitiveDateTime {
    PrimitiveDateTime::new(day, Time::MIDNIGHT)
}

#[cfg(test)]
mod tests;
