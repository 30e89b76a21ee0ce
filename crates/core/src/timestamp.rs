//! Instants, and the zones in which people read them.

use std::fmt::Write;
use std::time::Duration;

use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z, which is before anything we remember.
    pub const EPOCH: Self = Self(0);

    /// The instant that many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant that many seconds after the epoch; `None` outside of what can be counted.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(MICROS_PER_SECOND) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// That much later; `None` outside of what can be counted.
    pub fn checked_add(self, span: Duration) -> Option<Self> {
        let micros = i64::try_from(span.as_micros()).ok()?;
        self.0.checked_add(micros).map(Self)
    }

    /// That much later, at most the last instant there is.
    pub fn saturating_add(self, span: Duration) -> Self {
        self.checked_add(span).unwrap_or(Self(i64::MAX))
    }

    /// That much earlier, at least the first instant there is.
    pub fn saturating_sub(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// This instant, or the next one that is a whole second.
    pub fn ceil_to_second(self) -> Option<Self> {
        match self.0.rem_euclid(MICROS_PER_SECOND) {
            0 => Some(self),
            past => self.0.checked_add(MICROS_PER_SECOND - past).map(Self),
        }
    }
}

/// A zone's calendar. UTC is here ([`Utc`]); the zones of the IANA database come from outside,
/// because their rules are data that change.
pub trait Zone: Send + Sync {
    /// What the clocks of the zone show at an instant; `None` outside the years 1 to 9999.
    fn local(&self, at: Timestamp) -> Option<PrimitiveDateTime>;

    /// The instant at which the clocks of the zone show this. A local time that does not exist
    /// is moved forward by the gap, one that exists twice is the earlier.
    fn instant(&self, local: PrimitiveDateTime) -> Option<Timestamp>;
}

/// Coordinated universal time.
#[derive(Clone, Copy, Debug)]
pub struct Utc;

impl Zone for Utc {
    fn local(&self, at: Timestamp) -> Option<PrimitiveDateTime> {
        let nanos = i128::from(at.micros()) * 1_000;
        let utc = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        Some(PrimitiveDateTime::new(utc.date(), utc.time()))
    }

    fn instant(&self, local: PrimitiveDateTime) -> Option<Timestamp> {
        let nanos = local.assume_offset(UtcOffset::UTC).unix_timestamp_nanos();
        i64::try_from(nanos.div_euclid(1_000)).ok().map(Timestamp)
    }
}

/// `2026-11-25 09:30:00`: a local time as all our protocols write it, to the second.
pub fn local_text(local: PrimitiveDateTime) -> String {
    let (date, time) = (local.date(), local.time());
    let mut text = String::with_capacity("2026-11-25 09:30:00".len());
    write!(text, "{:04}", date.year()).expect("a text takes every text");
    let two_digits = [
        ('-', date.month().into()),
        ('-', date.day()),
        (' ', time.hour()),
        (':', time.minute()),
        (':', time.second()),
    ];
    for (before, value) in two_digits {
        text.extend([before, digit(value / 10), digit(value % 10)]);
    }
    text
}

fn digit(value: u8) -> char {
    char::from(b'0' + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_written_to_the_second() {
        let check = |micros, expected: &str| {
            let local = Utc.local(Timestamp::from_micros(micros));
            assert_eq!(local.map(local_text).as_deref(), Some(expected), "{micros}");
        };
        check(1_795_599_000_000_000, "2026-11-25 09:30:00");
        check(-61_946_208_001_000_001, "0007-01-01 23:59:58");
        check(253_402_214_830_999_999, "9999-12-31 00:07:10");
    }

    #[test]
    fn utc_goes_there_and_back() {
        for micros in [0, 1, -1, 1_795_293_800_123_456, -62_135_596_800_000_000] {
            let at = Timestamp::from_micros(micros);
            let local = Utc.local(at).expect("within the calendar");
            assert_eq!(Utc.instant(local), Some(at));
        }
        assert_eq!(Utc.local(Timestamp::from_micros(i64::MAX)), None);
    }

    #[test]
    fn rounding_up_stops_at_whole_seconds() {
        let check = |micros, expected| {
            let up = Timestamp::from_micros(micros).ceil_to_second();
            assert_eq!(up.map(Timestamp::micros), expected, "{micros}");
        };
        check(0, Some(0));
        check(1, Some(1_000_000));
        check(1_000_000, Some(1_000_000));
        check(-1, Some(0));
        check(i64::MAX, None);
    }
}
